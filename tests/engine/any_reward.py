"""Any reward of any kind that takes something off, in any of three currencies, with a cart for it."""

from decimal import Decimal

from hypothesis import strategies as st

from app.engine.cart import Cart, Line
from app.engine.line_units import WhichFirst
from app.engine.money import Money
from app.engine.rewards.amount_off import AmountOff
from app.engine.rewards.amount_off_items import AmountOffItems, Spread
from app.engine.rewards.bundle_price import BundlePart, BundlePrice
from app.engine.rewards.buy_x_get_y import BuyXGetY
from app.engine.rewards.fixed_price import FixedPrice, PriceOf
from app.engine.rewards.formula import Formula
from app.engine.rewards.free_items import Effect, FreeItem, FreeItems
from app.engine.rewards.free_shipping import FreeShipping
from app.engine.rewards.gift_balance import GiftBalance
from app.engine.rewards.nth_item import NthItem
from app.engine.rewards.percent_off import PercentOff
from app.engine.rewards.percent_off_items import PercentOffItems
from app.engine.rewards.points_payment import PointsPayment
from app.engine.rewards.tiered_amount import AmountTier, TieredAmount
from app.engine.rewards.tiered_percent import PercentTier, TieredPercent
from app.engine.selection import Items
from app.engine.shelf import rewards
from app.engine.unit import GivesMore, Reward

CURRENCY = st.sampled_from(["EUR", "JPY", "KWD"])
PRODUCTS = ("mug", "tea", "cup")
PERCENT = st.decimals(Decimal("0.01"), Decimal(100), places=2)
FEW = st.integers(1, 4)
FORMULAS = st.sampled_from(
    [
        *["cart.subtotal * 0.1", "cart.remaining / 3", "cart.lines.map(l, l.amount * 0.25).sum()"],
        *["double(cart.metadata.gone)", "2 - 3"],
    ]
)
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
            caps = [draw(st.none() | money) for _ in range(2)]
            return PercentOffItems(percent, items, most, first, *caps)
        case "amount_off_items":
            return AmountOffItems(draw(money), items, most, first, draw(st.sampled_from(Spread)))
        case "fixed_price":
            return FixedPrice(draw(money), items, most, first, draw(st.sampled_from(PriceOf)))
        case "free_shipping":
            return FreeShipping(percent, draw(st.none() | money))
        case "free_items":
            names = draw(st.lists(st.sampled_from(PRODUCTS), min_size=1, max_size=3, unique=True))
            effects = st.sampled_from(Effect)
            return FreeItems(
                tuple(
                    [FreeItem(draw(money), name, quantity=draw(FEW), effect=draw(effects)) for name in names]
                )
            )
        case "nth_item":
            skip, from_ = draw(st.none() | st.integers(0, 5)), draw(st.none() | st.sampled_from(WhichFirst))
            return NthItem(draw(FEW), items, percent, skip, from_, most)
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
        case "formula":
            return Formula(draw(FORMULAS), draw(money), draw(st.none() | money))
    raise AssertionError(f"{kind} wants a line here")


LINES = st.lists(
    st.builds(Line, st.integers(1, 6), st.integers(0, 1000), product=st.sampled_from(PRODUCTS)), max_size=6
).map(tuple)
# Of those that only give something else, nothing is taken off; they have a customer's cards or a pool to ask for.
KINDS = sorted(kind for kind, cls in rewards.by_kind.items() if not issubclass(cls, GivesMore))
# To these any cart is good enough, unless its currency is another.
EASY = {
    "amount_off",
    "formula",
    "free_items",
    "free_shipping",
    "gift_balance",
    "percent_off",
    "points_payment",
}


def cases(kinds: list[str]) -> st.SearchStrategy[tuple[Reward, Cart]]:
    """A reward of one of these kinds, and a cart in its currency."""
    return st.tuples(CURRENCY, st.sampled_from(kinds)).flatmap(
        lambda chosen: st.tuples(
            reward_in(*chosen), st.builds(Cart, st.just(chosen[0]), LINES, st.integers(0, 900))
        )
    )


CASES = cases(KINDS)
DEMANDING = cases([kind for kind in KINDS if kind not in EASY])
