"""free_items: goods that cost nothing, put into the cart as new ones, or only as many as it lacks of them.

"Two mugs free" at a worth of 17.00 EUR each, for a cart with one mug at 15.00 EUR: as new ones, two more mugs are added
and the shopper pays for the first; with the missing ones added, the mug in the cart is free and one more is added, so
the discount is 15.00 + 17.00 EUR. Of mugs at several prices the cheapest are the free ones.

What is added costs the company its worth: it counts as discount and in budgets, and it makes the order larger. The
shopper pays for it neither more nor less.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from app.engine.cart import Cart, Line
from app.engine.facts import Need, Situation
from app.engine.json_data import JSONValue
from app.engine.line_units import check_quantity, costs, price_of_one, take
from app.engine.money import LARGEST, Money
from app.engine.parameter import Choice, Compound
from app.engine.reason import Reason, currency_mismatch
from app.engine.remedy import Act, Change
from app.engine.shelf import rewards
from app.engine.unit import LONGEST_TEXT, NOTHING, AddsLines, UnitError, says

MOST_GOODS = 10
MOST_WORTH = 10**12
# For what a thousand codes may add at most: with so much room no order comes to more than can be counted.
ROOM = 10**15
CART_TOO_LARGE = "CART_TOO_LARGE"


class Effect(Choice):
    """How goods come to be free."""

    ADD_NEW = "ADD_NEW", "So many are put into the cart, whatever is in it already."
    ADD_MISSING = "ADD_MISSING", "Those in the cart are free, up to so many; what is missing is put into it."


@dataclass(frozen=True, slots=True)
class FreeItem(Compound):
    """So many of one product that are free."""

    worth: Money = field(metadata=says("What one of them would cost, zero or more."))
    product: str | None = field(
        default=None, metadata=says("The shop's own id of the product; or the SKU, or both.")
    )
    sku: str | None = field(
        default=None, metadata=says("The SKU; where there is one, goods in the cart are told by it alone.")
    )
    name: str | None = field(default=None, metadata=says("The name that the shopper reads."))
    quantity: int = field(default=1, metadata=says("How many of them are free.", unit="items"))
    effect: Effect = field(
        default=Effect.ADD_MISSING, metadata=says("Whether those in the cart count among them.")
    )

    words: ClassVar[tuple[str, str]] = ("free item", "free items")

    def __post_init__(self) -> None:
        if self.product is None and self.sku is None:
            raise UnitError("product", "Must be given, or the SKU.")
        for name in ("product", "sku", "name"):
            text = getattr(self, name)
            if text is not None and not 0 < len(text) <= LONGEST_TEXT:
                raise UnitError(name, f"Must be 1 to {LONGEST_TEXT} characters long.")
        check_quantity("quantity", self.quantity)
        if self.worth.minor < 0:
            raise UnitError("worth", "Must not be negative.")

    @property
    def known_by(self) -> tuple[str | None, str | None]:
        """What tells it from others: its SKU, or else its product."""
        return (self.sku, None) if self.sku is not None else (None, self.product)

    def line(self, quantity: int) -> Line:
        """So many of it as a line of a cart."""
        return Line(quantity, self.worth.minor, self.sku, self.product, self.name)


@rewards.add
@dataclass(frozen=True, slots=True)
class FreeItems(AddsLines):
    """Certain goods are free, and are put into the cart where they are not in it yet."""

    goods: tuple[FreeItem, ...] = field(
        metadata=says("What is free, 10 different products at most, all in one currency.")
    )

    needs: ClassVar[frozenset[Need]] = NOTHING
    example: ClassVar[Mapping[str, JSONValue]] = {
        "kind": "free_items",
        "goods": [{"worth": {"minor": 900, "currency": "EUR"}, "sku": "MUG-1-RED", "name": "Red mug"}],
    }

    def __post_init__(self) -> None:
        if not 1 <= len(self.goods) <= MOST_GOODS:
            raise UnitError("goods", f"Must be from 1 to {MOST_GOODS}.")
        currency, seen, worth = self.goods[0].worth.currency, set[tuple[str | None, str | None]](), 0
        for place, good in enumerate(self.goods):
            if good.worth.currency != currency:
                raise UnitError(f"goods[{place}].worth", f"Must be in {currency}, as the first one.")
            if good.known_by in seen:
                raise UnitError(f"goods[{place}]", "Is there already.")
            seen.add(good.known_by)
            worth += good.quantity * good.worth.minor
        if worth > MOST_WORTH:
            most = Money(MOST_WORTH, currency)
            raise UnitError("goods", f"Must not be worth more than {most} altogether.")

    def refusals(self, situation: Situation) -> tuple[Reason, ...]:
        """CURRENCY_MISMATCH; CART_TOO_LARGE where an order with the goods could not be counted exactly."""
        cart, currency = situation.cart, self.goods[0].worth.currency
        if currency != cart.currency:
            return (currency_mismatch(currency, cart.currency),)
        over = cart.total - (LARGEST - ROOM)
        if over <= 0:
            return ()
        most, actual, too_much = (Money(minor, currency) for minor in (LARGEST - ROOM, cart.total, over))
        return (
            Reason(
                CART_TOO_LARGE,
                "The cart is too large for goods to be added.",
                subject="cart.lines",
                expected=most,
                actual=actual,
                missing=too_much,
                remedy=f"Take goods for {too_much} out of the cart.",
                change=Change(Act.REMOVE_AMOUNT, too_much),
            ),
        )

    def discount(self, situation: Situation, remaining: tuple[int, ...]) -> tuple[int, ...]:
        """What those in the cart still cost that are free."""
        cart = situation.cart
        taken = [0] * len(cart.lines)
        for good, places in zip(self.goods, self._places(cart), strict=True):
            if good.effect is Effect.ADD_MISSING and places:
                cheapest = sorted(places, key=lambda place: price_of_one(cart, remaining, place))
                free = take(cheapest, good.quantity, cart)
                taken = [before or more for before, more in zip(taken, free, strict=True)]
        return costs(taken, cart, remaining)

    def added(self, situation: Situation) -> tuple[Line, ...]:
        """The new ones, and those that are missing."""
        cart, lines = situation.cart, []
        for good, places in zip(self.goods, self._places(cart), strict=True):
            there = 0
            if good.effect is Effect.ADD_MISSING:
                there = sum([cart.lines[place].quantity for place in places])
            if there < good.quantity:
                lines.append(good.line(good.quantity - there))
        return tuple(lines)

    def _places(self, cart: Cart) -> Sequence[Sequence[int]]:
        """The lines of each of the goods: its SKU's, and of goods without one those of the product that are left."""
        by_name = {good.known_by: place for place, good in enumerate(self.goods)}
        places: list[list[int]] = [[] for _ in self.goods]
        for place, line in enumerate(cart.lines):
            found = by_name.get((line.sku, None)) if line.sku is not None else None
            if found is None and line.product is not None:
                found = by_name.get((None, line.product))
            if found is not None:
                places[found].append(place)
        return places
