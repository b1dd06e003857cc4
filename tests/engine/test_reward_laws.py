"""Laws that every reward on the shelf obeys, tried on carts nobody would think of, after any other discounts."""

from dataclasses import replace
from decimal import Decimal
from uuid import UUID

from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from app.engine.cart import Cart, Line
from app.engine.evaluate import evaluate
from app.engine.facts import POINTS, Balance, Facts, Situation
from app.engine.line_units import WhichFirst
from app.engine.money import Money
from app.engine.reason import Reason
from app.engine.rewards.amount_off import AmountOff
from app.engine.rewards.amount_off_items import AmountOffItems
from app.engine.rewards.bundle_price import BundlePart, BundlePrice
from app.engine.rewards.buy_x_get_y import BuyXGetY
from app.engine.rewards.fixed_price import FixedPrice
from app.engine.rewards.gift_balance import GiftBalance
from app.engine.rewards.percent_off import PercentOff
from app.engine.rewards.percent_off_items import PercentOffItems
from app.engine.rewards.points_payment import PointsPayment
from app.engine.rewards.tiered_amount import AmountTier, TieredAmount
from app.engine.rewards.tiered_percent import PercentTier, TieredPercent
from app.engine.selection import Items
from app.engine.shelf import rewards
from app.engine.unit import Reward
from tests.engine.shop import NOW, offer, presented, situation

law = settings(max_examples=120, deadline=None)

CURRENCY = st.sampled_from(["EUR", "JPY", "KWD"])
PRODUCTS = ("mug", "tea", "cup")
PERCENT = st.decimals(Decimal("0.01"), Decimal(100), places=2)
FEW = st.integers(1, 4)
BEGINS = st.sets(st.integers(1, 8), min_size=1, max_size=3).map(sorted)


def items_in(currency: str) -> st.SearchStrategy[Items]:
    price = st.integers(0, 500).map(lambda minor: Items(price_at_least=Money(minor, currency)))
    some = st.sets(st.sampled_from(PRODUCTS), min_size=1).map(
        lambda names: Items(products=tuple(sorted(names)))
    )
    return st.just(Items()) | some | some | price


@st.composite
def reward_in(draw: st.DrawFn, currency: str, kind: str) -> Reward:
    """A reward of that kind with money in that currency."""
    money = st.integers(1, 3000).map(lambda minor: Money(minor, currency))
    items, percent = draw(items_in(currency)), draw(PERCENT)
    most, times = draw(st.none() | st.integers(1, 9)), draw(st.none() | st.integers(1, 3))
    first = None if most is None else draw(st.sampled_from(WhichFirst))
    match kind:
        case "amount_off":
            return AmountOff(draw(money))
        case "percent_off":
            return PercentOff(percent, draw(st.none() | money))
        case "gift_balance":
            return GiftBalance()
        case "points_payment":
            return PointsPayment(draw(FEW), draw(money))
        case "percent_off_items":
            return PercentOffItems(percent, items, most, first, draw(st.none() | money))
        case "amount_off_items":
            return AmountOffItems(draw(money), items, most, first)
        case "fixed_price":
            return FixedPrice(draw(money), items, most, first)
        case "buy_x_get_y":
            others = draw(st.none() | items_in(currency))
            return BuyXGetY(draw(FEW), draw(FEW), items, others, percent, times)
        case "bundle_price":
            parts = st.lists(st.builds(BundlePart, items_in(currency), FEW), min_size=1, max_size=3)
            return BundlePrice(tuple(draw(parts)), draw(money), times)
        case "tiered_percent":
            by_number = tuple(PercentTier(quantity_at_least=n, percent=draw(PERCENT)) for n in draw(BEGINS))
            return TieredPercent(by_number, items)
        case "tiered_amount":
            by_spend = tuple(
                AmountTier(spend_at_least=Money(n * 300, currency), amount=draw(money)) for n in draw(BEGINS)
            )
            return TieredAmount(by_spend, items)
    raise AssertionError(f"{kind} wants a line here")


LINES = st.lists(
    st.builds(Line, st.integers(1, 6), st.integers(0, 1000), product=st.sampled_from(PRODUCTS)), max_size=6
).map(tuple)
CASES = st.tuples(CURRENCY, st.sampled_from(sorted(rewards.by_kind))).flatmap(
    lambda chosen: st.tuples(reward_in(*chosen), st.builds(Cart, st.just(chosen[0]), LINES))
)


def looked_at(cart: Cart, balance: int = 700) -> Situation:
    return replace(situation(cart), balance=balance)


def prices(cart: Cart) -> tuple[int, ...]:
    return tuple(line.amount for line in cart.lines)


def depends_on_order(reward: Reward) -> bool:
    return getattr(reward, "first", None) is WhichFirst.AS_LISTED


@law
@given(CASES, st.data())
def test_nothing_falls_below_zero_and_the_order_of_the_lines_changes_no_total(
    case: tuple[Reward, Cart], data: st.DataObject
) -> None:
    reward, cart = case
    refusals = reward.refusals(looked_at(cart))
    # What is left of each line after other codes: any part of it.
    remaining = tuple(data.draw(st.just(most) | st.integers(0, most)) for most in prices(cart))
    order = data.draw(st.permutations(range(len(cart.lines))))
    turned = Cart(cart.currency, tuple(cart.lines[place] for place in order))
    codes = [reason.code for reason in refusals]
    assert [reason.code for reason in reward.refusals(looked_at(turned))] == codes
    event("refused" if refusals else "given")
    assume(not refusals)
    parts = reward.discount(looked_at(cart), remaining)
    assert len(parts) == len(remaining)
    assert all(0 <= part <= left for part, left in zip(parts, remaining, strict=True))
    if not depends_on_order(reward):
        again = reward.discount(looked_at(turned), tuple(remaining[place] for place in order))
        assert sum(again) == sum(parts)


@law
@given(
    CURRENCY.flatmap(
        lambda currency: st.tuples(
            st.lists(
                st.sampled_from(sorted(rewards.by_kind)).flatmap(lambda kind: reward_in(currency, kind)),
                min_size=2,
                max_size=4,
            ),
            st.builds(Cart, st.just(currency), LINES),
        )
    )
)
def test_several_codes_in_a_row_take_from_what_those_before_have_left(
    case: tuple[list[Reward], Cart],
) -> None:
    promised, cart = case
    codes = [presented(f"CODE{n}", n, offer=offer(reward=reward)) for n, reward in enumerate(promised, 1)]
    units = [cart.currency if isinstance(reward, GiftBalance) else POINTS for reward in promised]
    balances = {UUID(int=n): Balance(unit, 50) for n, unit in enumerate(units, 1)}
    facts = Facts(balances=balances)
    evaluation = evaluate(codes, cart, facts, NOW)
    event("granted" if evaluation.granted else "refused")
    left = list(prices(cart))
    for verdict in evaluation.verdicts:
        assert sum(verdict.line_discounts) == verdict.discount
        left = [most - part for most, part in zip(left, verdict.line_discounts, strict=True)]
        assert min(left, default=0) >= 0
    if evaluation.granted:
        assert evaluation.total == sum(left)


@law
@given(CASES)
def test_a_line_of_many_is_worth_as_much_as_many_lines(case: tuple[Reward, Cart]) -> None:
    reward, cart = case
    assume(not reward.refusals(looked_at(cart)))
    single = Cart(
        cart.currency, tuple(replace(line, quantity=1) for line in cart.lines for _ in range(line.quantity))
    )
    parts = reward.discount(looked_at(cart), prices(cart))
    singles = reward.discount(looked_at(single), prices(single))
    assert sum(singles) == sum(parts)


@law
@given(CASES)
def test_every_reward_survives_its_json_and_can_be_told(case: tuple[Reward, Cart]) -> None:
    reward, cart = case
    again = rewards.from_json(rewards.to_json(reward))
    assert again == reward
    assert hash(again) == hash(reward)
    assert rewards.phrase(again).startswith(rewards.kind_of(reward))
    for reason in reward.refusals(looked_at(cart)):
        assert reason.message.endswith(".")
        assert reason.remedy is None or reason.remedy.endswith(".")
        assert Reason.from_json(reason.to_json()) == reason


@law
@given(CASES)
def test_in_another_currency_no_reward_with_money_says_that_it_can_be_given(
    case: tuple[Reward, Cart],
) -> None:
    reward, cart = case
    assume("currency" in str(rewards.to_json(reward)))
    other = Cart("USD", cart.lines)
    assert [reason.code for reason in reward.refusals(looked_at(other))] == ["CURRENCY_MISMATCH"]


@law
@given(CASES)
def test_doing_what_the_remedies_say_is_enough(case: tuple[Reward, Cart]) -> None:
    reward, cart = case
    reasons = reward.refusals(looked_at(cart))
    assume(reasons)
    added = list(cart.lines)
    for reason in reasons:
        assert reason.remedy is not None
        about = reason.remedy.partition(" from: ")[2].rstrip(".")
        product = next((name for name in PRODUCTS if name in about), "spoon")
        if reason.code == "NOT_ENOUGH_ITEMS":
            assert isinstance(reason.missing, int)
            added.append(Line(reason.missing, 5000, product=product))
        else:
            assert reason.code == "ITEMS_AMOUNT_TOO_LOW"
            assert isinstance(reason.missing, Money)
            added.append(Line(1, max(reason.missing.minor, 500), product=product))
    assert reward.refusals(looked_at(Cart(cart.currency, tuple(added)))) == ()
