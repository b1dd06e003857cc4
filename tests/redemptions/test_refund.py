"""Refunds: to the cent, under every policy, in whatever parts the goods come back."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine.cart import Cart
from app.engine.facts import Balance
from app.engine.money import Money
from app.engine.offer import Offer
from app.engine.rewards.amount_off import AmountOff
from app.engine.rewards.free_items import Effect, FreeItem, FreeItems
from app.engine.rewards.free_shipping import FreeShipping
from app.engine.rewards.gift_balance import GiftBalance
from app.engine.rewards.percent_off import PercentOff
from app.engine.rules.minimum_spend import MinimumSpend
from app.engine.unit import Reward, Rule
from app.redemptions.returns import units_left
from app.redemptions.rollback import ReturnedLine, RollbackPolicy
from app.redemptions.values import RedemptionState
from tests.redemptions.purchase import Purchase, basket

KEEP, CLAW, ANEW = RollbackPolicy
FROM_50 = MinimumSpend(Money(50_00, "EUR"))


def percent(number: str, rule: Rule | None = None) -> Offer:
    return Offer(1, rule, PercentOff(Decimal(number)))


def off(minor: int, currency: str = "EUR", rule: Rule | None = None) -> Offer:
    return Offer(1, rule, AmountOff(Money(minor, currency)))


def test_ten_units_with_three_codes_come_back_one_by_one() -> None:
    # vendure#4811: prorated anew at each refund, the parts of a discount do not sum to it.
    bought = Purchase(basket((10, 9_99)), percent("10"), off(5_00), percent("20"))
    assert (bought.redemption.discount, bought.paid) == (31_97, 67_93)
    refunds = [bought.give((0, 1)) for _ in range(10)]
    assert [refund.amount for refund in refunds] == [679, 680, 679, 679, 679, 680, 679, 679, 680, 679]
    by_code = zip(*[refund.discounts for refund in refunds], strict=True)
    assert [sum(code) for code in by_code] == [9_99, 5_00, 16_98]
    assert bought.redemption.state is RedemptionState.ROLLED_BACK


def test_three_units_at_once_carry_what_three_single_ones_carry() -> None:
    once, singly = [Purchase(basket((10, 9_99)), percent("10"), off(5_00)) for _ in range(2)]
    for _ in range(3):
        singly.give((0, 1))
    returned = tuple([voucher.returned_discount for voucher in singly.redemption.vouchers])
    assert once.give((0, 3)).discounts == returned == (3_00, 1_50)


@pytest.mark.parametrize(
    ("currency", "price", "discounts", "refunds"),
    [
        ("JPY", 100, (100, 113), [79, 78, 551, 84]),
        ("EUR", 3_33, (3_33, 3_75), [2_62, 2_63, 18_35, 2_67]),
        ("KWD", 1_250, (1_250, 1_406), [984, 985, 6_891, 989]),
    ],
)
def test_parts_sum_to_what_was_paid_in_currencies_with_and_without_decimals(
    currency: str, price: int, discounts: tuple[int, ...], refunds: list[int]
) -> None:
    bought = Purchase(
        basket((3, price), (1, price * 7), currency=currency, shipping=5),
        off(price, currency),
        percent("12.5"),
    )
    assert tuple([voucher.discount for voucher in bought.redemption.vouchers]) == discounts
    given_ = [bought.give((line, 1)).amount for line in (0, 0, 1, 0)]
    assert given_ == refunds  # the last one with the shipping
    assert sum(given_) == bought.paid == price * 10 + 5 - sum(discounts)


def test_a_code_that_the_rest_does_not_qualify_for_loses_all_of_its_discount() -> None:
    bought = Purchase(basket((1, 40_00), (1, 20_00)), percent("10", FROM_50), off(3_00))
    refund = bought.give((1, 1), policy=CLAW)
    assert refund.lines == (ReturnedLine(0, 0, (4_00, 0)), ReturnedLine(1, 1, (2_00, 1_00)))
    assert (refund.subtotal, refund.discounts, refund.amount) == (20_00, (6_00, 1_00), 13_00)
    assert refund.given_back == (True, False)
    # 40.00 with 2.00 off is what the rest costs, and what the rest is worth.
    assert bought.give().amount == 38_00


def test_recalculating_gives_the_rest_what_it_would_have_been_given_alone() -> None:
    bought = Purchase(basket((1, 40_00), (1, 20_00)), percent("10", FROM_50), off(3_00))
    refund = bought.give((1, 1), policy=ANEW)
    # The 3.00 off the whole cart now come off the line that is left.
    assert refund.lines == (ReturnedLine(0, 0, (4_00, -1_00)), ReturnedLine(1, 1, (2_00, 1_00)))
    assert (refund.discounts, refund.amount, refund.given_back) == ((6_00, 0), 14_00, (True, False))
    assert bought.give().amount == 37_00


def test_recalculating_never_gives_a_code_more_than_stands_of_it() -> None:
    bought = Purchase(basket((3, 10_00)), off(6_00))
    assert bought.give((0, 1)).discount == 2_00
    # Alone the last unit would be given 6.00 off; but only 4.00 stand.
    refund = bought.give((0, 1), policy=ANEW)
    assert (refund.discount, refund.amount) == (0, 10_00)
    assert bought.give().amount == 6_00


@pytest.mark.parametrize("policy", [CLAW, ANEW])
def test_what_the_returned_goods_cannot_pay_for_is_not_taken_back_and_said(policy: RollbackPolicy) -> None:
    bought = Purchase(basket((1, 40_00), (1, 10_00)), percent("50", FROM_50))
    assert bought.paid == 25_00
    refund = bought.give((1, 1), policy=policy)
    # All of 25.00 off is lost, but 10.00 is what came back.
    assert (refund.subtotal, refund.discount, refund.amount) == (10_00, 10_00, 0)
    assert refund.lines == (ReturnedLine(0, 0, (5_00,), not_recovered=15_00), ReturnedLine(1, 1, (5_00,)))
    assert refund.given_back == (False,)
    assert bought.redemption.rollbacks[0].not_recovered == 15_00
    assert bought.give().amount == 25_00


def test_what_was_not_recovered_is_taken_back_from_the_next_return() -> None:
    bought = Purchase(basket((4, 10_00), (1, 10_00)), percent("50", FROM_50))
    amounts = [bought.give((line, 1), policy=CLAW).amount for line in (1, 0, 0, 0)]
    assert amounts == [0, 0, 5_00, 10_00]
    assert bought.redemption.vouchers[0].given_back
    assert bought.give().amount == 10_00


def test_shares_after_a_claw_back_are_reckoned_from_what_it_left() -> None:
    bought = Purchase(basket((3, 10_00), (1, 30_00)), percent("10", FROM_50), off(1_00))
    assert bought.redemption.line_discounts == (3_50, 3_50)
    bought.give((1, 1), policy=CLAW)
    assert [bought.give((0, 1)).discounts for _ in range(3)] == [(0, 17), (0, 16), (0, 17)]


def test_a_balance_gets_back_its_part_and_with_the_last_goods_the_rest() -> None:
    bought = Purchase(basket((3, 10_00)), off(10_00))
    [voucher] = bought.redemption.vouchers
    paid_with_points = replace(voucher, spent=100, spent_unit="points")
    bought.redemption = replace(bought.redemption, vouchers=(paid_with_points,))
    refunds = [bought.give((0, 1)) for _ in range(3)]
    assert [(refund.discounts, refund.spents) for refund in refunds] == [
        ((3_33,), (33,)),
        ((3_34,), (33,)),
        ((3_33,), (34,)),
    ]
    assert bought.redemption.vouchers[0].returned_spent == 100


def test_a_gift_balance_keeps_paying_for_the_rest_when_it_is_recalculated() -> None:
    gift = Offer(1, None, GiftBalance())
    shared, anew = [
        Purchase(basket((1, 60_00), (1, 40_00)), gift, balances={0: Balance("EUR", 50_00)}) for _ in range(2)
    ]
    refund = shared.give((1, 1))
    assert (refund.amount, refund.spents) == (20_00, (20_00,))
    refund = anew.give((1, 1), policy=ANEW)
    assert (refund.amount, refund.spents) == (40_00, (0,))
    refund = anew.give()
    assert (refund.amount, refund.spents) == (10_00, (50_00,))


def test_shipping_comes_back_with_the_last_goods_only() -> None:
    bought = Purchase(basket((2, 10_00), shipping=4_90), percent("10"))
    first, last = bought.give((0, 1)), bought.give()
    assert [(one.subtotal, one.shipping, one.amount) for one in (first, last)] == [
        (10_00, 0, 9_00),
        (10_00, 4_90, 13_90),
    ]
    assert [rollback.refund for rollback in bought.redemption.rollbacks] == [9_00, 13_90]


def test_a_cart_without_lines_gives_its_shipping_back() -> None:
    bought = Purchase(basket(shipping=4_90), percent("10"))
    refund = bought.give()
    assert (refund.lines, refund.amount, refund.given_back) == ((), 4_90, (True,))


def test_what_was_free_is_nothing_to_refund() -> None:
    bought = Purchase(basket((2, 1)), off(1), off(1))
    assert (bought.paid, bought.give((0, 1)).amount, bought.give((0, 1)).amount) == (0, 0, 0)


MINOR = st.integers(0, 5_000)
CARTS = st.builds(
    lambda lines, currency, shipping: basket(*lines, currency=currency, shipping=shipping),
    st.lists(st.tuples(st.integers(1, 12), MINOR), min_size=1, max_size=4),
    st.sampled_from(["JPY", "EUR", "KWD"]),
    MINOR,
)


def offers_for(cart: Cart) -> st.SearchStrategy[list[Offer]]:
    """Codes that the whole cart qualifies for, some of them only just."""
    worth = st.integers(1, max(1, cart.subtotal))
    rule = (
        st.none()
        if cart.subtotal == 0
        else st.none() | st.builds(lambda minor: MinimumSpend(Money(minor, cart.currency)), worth)
    )
    reward: st.SearchStrategy[Reward] = st.builds(
        lambda minor: AmountOff(Money(minor, cart.currency)), worth
    ) | st.builds(PercentOff, st.decimals(Decimal("0.01"), Decimal(100), places=2))
    reward |= st.builds(FreeShipping, st.decimals(Decimal("0.01"), Decimal(100), places=2))
    skus = st.sampled_from([str(line.sku) for line in cart.lines])
    money = st.builds(Money, MINOR, st.just(cart.currency))
    good = st.builds(
        FreeItem, money, st.none(), skus, quantity=st.integers(1, 5), effect=st.sampled_from(Effect)
    )
    reward |= good.map(lambda one: FreeItems((one,)))
    return st.lists(st.builds(Offer, st.just(1), rule, reward), min_size=1, max_size=4)


@given(st.data())
@settings(max_examples=150)
def test_whatever_comes_back_when_and_how_all_that_was_paid_comes_back(data: st.DataObject) -> None:
    cart = data.draw(CARTS)
    bought = Purchase(cart, *data.draw(offers_for(cart)))
    policies = data.draw(st.sampled_from([[KEEP], [CLAW], [ANEW], [KEEP, CLAW, ANEW]]))
    paid = bought.paid
    while any(left := units_left(bought.redemption)):
        back = [(line, data.draw(st.integers(0, units))) for line, units in enumerate(left)]
        refund = bought.give(*[pair for pair in back if pair[1]], policy=data.draw(st.sampled_from(policies)))
        assert refund.amount >= 0
        assert all(discount >= 0 for discount in refund.discounts)
        paid -= refund.amount
        assert paid >= 0
        check_what_stands(bought)
    assert paid == 0
    check_that_all_is_back(bought, keeps=policies == [KEEP])


def check_what_stands(bought: Purchase) -> None:
    """Nothing has lost more than it was given, no line costs less than nothing, sums are sums."""
    after = bought.redemption
    assert (
        after.returned_subtotal
        + sum(
            units * line.unit_price for units, line in zip(units_left(after), after.cart.lines, strict=True)
        )
        == after.subtotal
    )
    assert after.returned_discount == sum(voucher.returned_discount for voucher in after.vouchers)
    taken = [[0] * len(after.vouchers) for _ in after.cart.lines]
    for rollback in after.rollbacks:
        for one in rollback.lines:
            taken[one.line] = [had + more for had, more in zip(taken[one.line], one.discounts, strict=True)]
    for place, line in enumerate(after.cart.lines):
        stands = [
            voucher.line_discounts[place] - gone
            for voucher, gone in zip(after.vouchers, taken[place], strict=True)
        ]
        assert min(stands) >= 0
        assert sum(stands) <= units_left(after)[place] * line.unit_price


def check_that_all_is_back(bought: Purchase, *, keeps: bool) -> None:
    """Subtotal and discount are back to the last minor unit; with KEEP_SHARE on every line, never less than 0."""
    after = bought.redemption
    assert (after.returned_subtotal, after.returned_discount) == (after.subtotal, after.discount)
    for place, voucher in enumerate(after.vouchers):
        assert (voucher.returned_discount, voucher.given_back) == (voucher.discount, True)
        parts = [(one.line, one.discounts[place]) for rollback in after.rollbacks for one in rollback.lines]
        for line, discount in enumerate(voucher.line_discounts):
            assert sum(part for where, part in parts if where == line) == discount
        shipping = [rollback.shipping.discounts[place] for rollback in after.rollbacks if rollback.shipping]
        assert sum(shipping) == voucher.shipping_discount
        assert not keeps or min([part for _, part in parts]) >= 0
