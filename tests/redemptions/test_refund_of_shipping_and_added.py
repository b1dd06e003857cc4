"""Refunds of what is no plain line: shipping with a discount, and goods that a reward has added."""

from decimal import Decimal

import pytest

from app.engine.facts import Balance
from app.engine.money import Money
from app.engine.offer import Offer
from app.engine.rewards.amount_off import AmountOff
from app.engine.rewards.free_items import Effect, FreeItem, FreeItems
from app.engine.rewards.free_shipping import FreeShipping
from app.engine.rewards.gift_balance import GiftBalance
from app.engine.rules.minimum_spend import MinimumSpend
from app.redemptions.rollback import ReturnedLine, ReturnedShipping, RollbackPolicy
from app.redemptions.values import RedemptionState
from tests.redemptions.purchase import Purchase, basket

KEEP, CLAW, ANEW = RollbackPolicy
FROM_50 = MinimumSpend(Money(50_00, "EUR"))
FREIGHT = Offer(1, FROM_50, FreeShipping())
TEA = FreeItem(Money(4_50, "EUR"), sku="tea", quantity=2, effect=Effect.ADD_NEW)
TEAS = Offer(1, FROM_50, FreeItems((TEA,)))
MUG = FreeItem(Money(9_00, "EUR"), sku="sku 800", quantity=3)
MUGS = Offer(1, None, FreeItems((MUG,)))


def test_a_discount_on_the_shipping_goes_when_the_shipping_does() -> None:
    bought = Purchase(basket((1, 40_00), (1, 20_00), shipping=4_90), FREIGHT)
    assert bought.paid == 60_00
    first, last = bought.give((0, 1)), bought.give()
    assert (first.amount, first.discount, first.shipping_discount) == (40_00, 0, None)
    assert (last.subtotal, last.shipping, last.discount, last.amount) == (20_00, 4_90, 4_90, 20_00)
    assert last.shipping_discount == ReturnedShipping((4_90,))
    assert bought.redemption.state is RedemptionState.ROLLED_BACK
    assert bought.redemption.returned_discount == bought.redemption.discount == 4_90


@pytest.mark.parametrize("policy", [CLAW, ANEW])
def test_free_shipping_that_the_rest_does_not_qualify_for_is_paid_after_all(policy: RollbackPolicy) -> None:
    bought = Purchase(basket((1, 40_00), (1, 20_00), shipping=4_90), FREIGHT)
    refund = bought.give((1, 1), policy=policy)
    assert (refund.subtotal, refund.shipping, refund.discount, refund.amount) == (20_00, 0, 4_90, 15_10)
    assert (refund.lines, refund.given_back) == ((ReturnedLine(1, 1, (0,)),), (True,))
    assert bought.redemption.rollbacks[0].shipping == ReturnedShipping((4_90,))
    # 40.00 and the shipping are what is left, and what is left to give back.
    assert bought.give().amount == 44_90


@pytest.mark.parametrize("policy", [CLAW, ANEW])
def test_shipping_that_the_returned_goods_cannot_pay_for_is_taken_from_the_next_return(
    policy: RollbackPolicy,
) -> None:
    bought = Purchase(basket((1, 46_00), (2, 2_00), shipping=4_90), FREIGHT)
    first, second = bought.give((1, 1), policy=policy), bought.give((1, 1), policy=policy)
    assert (first.amount, first.shipping_discount, first.given_back) == (
        0,
        ReturnedShipping((2_00,), not_recovered=2_90),
        (False,),
    )
    assert (second.amount, second.shipping_discount) == (0, ReturnedShipping((2_00,), not_recovered=90))
    assert [rollback.not_recovered for rollback in bought.redemption.rollbacks] == [2_90, 90]
    assert bought.give().amount == 50_00


def test_shipping_is_recalculated_for_the_codes_that_are_left() -> None:
    half = Offer(1, None, FreeShipping(Decimal(50)))
    bought = Purchase(
        basket((1, 40_00), (1, 20_00), shipping=4_00), Offer(1, FROM_50, FreeShipping(Decimal(50))), half
    )
    assert [voucher.shipping_discount for voucher in bought.redemption.vouchers] == [2_00, 1_00]
    refund = bought.give((1, 1), policy=ANEW)
    # Alone the second code would take 2.00 off; but it took 1.00, and no code gets more than before.
    assert (refund.shipping_discount, refund.given_back) == (ReturnedShipping((2_00, 0)), (True, False))


def test_goods_that_were_added_cost_nothing_and_nothing_is_paid_back_for_them() -> None:
    bought = Purchase(basket((1, 60_00)), TEAS)
    assert (bought.redemption.subtotal, bought.redemption.discount, bought.paid) == (69_00, 9_00, 60_00)
    assert [(line.sku, line.added_by) for line in bought.redemption.cart.lines] == [
        ("sku 6000", None),
        ("tea", "CODE0"),
    ]
    first = bought.give((1, 1))
    assert (first.subtotal, first.discount, first.amount) == (4_50, 4_50, 0)
    assert bought.give().amount == 60_00


@pytest.mark.parametrize("policy", [CLAW, ANEW])
def test_whoever_keeps_what_was_added_without_what_earned_it_pays_for_it(policy: RollbackPolicy) -> None:
    # The teas are worth 9.00, but with them the rest still does not come to 50.00 of the shopper's own choice.
    bought = Purchase(basket((1, 45_00), (1, 20_00)), TEAS)
    refund = bought.give((1, 1), policy=policy)
    assert (refund.amount, refund.given_back) == (11_00, (True,))
    assert refund.lines == (ReturnedLine(1, 1, (0,)), ReturnedLine(2, 0, (9_00,)))
    assert bought.give((2, 2)).amount == 9_00
    assert bought.give().amount == 45_00


@pytest.mark.parametrize("policy", [CLAW, ANEW])
def test_what_was_added_stays_free_as_long_as_the_rest_earns_it(policy: RollbackPolicy) -> None:
    bought = Purchase(basket((1, 60_00), (1, 20_00)), TEAS)
    refund = bought.give((1, 1), policy=policy)
    assert (refund.amount, refund.discount, refund.given_back) == (20_00, 0, (False,))


@pytest.mark.parametrize("policy", RollbackPolicy)
def test_of_free_goods_those_in_the_cart_and_those_added_stay_free_together(policy: RollbackPolicy) -> None:
    # Three are free: two mugs at 8.00, and one more is added at 9.00.
    bought = Purchase(basket((2, 8_00), (1, 30_00)), MUGS)
    assert (bought.redemption.discount, bought.paid) == (25_00, 30_00)
    assert [bought.give(pair, policy=policy).amount for pair in ((0, 1), (2, 1))] == [0, 0]
    assert bought.give().amount == 30_00


def test_a_gift_that_pays_for_the_rest_does_not_pay_for_what_was_added() -> None:
    gift = Offer(1, None, GiftBalance())
    bought = Purchase(basket((1, 60_00)), TEAS, gift, balances={1: Balance("EUR", 70_00)})
    assert [voucher.discount for voucher in bought.redemption.vouchers] == [9_00, 60_00]
    refund = bought.give((1, 2), policy=ANEW)
    assert (refund.amount, refund.spents) == (0, (0, 0))
    assert (bought.give().spents, bought.paid) == ((0, 60_00), 0)


def test_an_amount_off_never_moves_to_what_was_added() -> None:
    bought = Purchase(basket((1, 60_00), (1, 10_00)), TEAS, Offer(1, None, AmountOff(Money(7_00, "EUR"))))
    refund = bought.give((1, 1), policy=ANEW)
    assert refund.lines == (ReturnedLine(0, 0, (0, -1_00)), ReturnedLine(1, 1, (0, 1_00)))
    assert refund.amount == 10_00
