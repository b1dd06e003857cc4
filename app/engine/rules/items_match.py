"""items_match: whether the lines of the cart are the right ones; what they cost is their price before discounts.

The cheapest and the most expensive item are told by the price of one unit. Where several cost the same, it is enough
that one of them is right, so the order of the lines changes nothing. An empty cart holds nothing that is wrong: ALL and
NONE hold; it has no cheapest item: the others do not.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import ClassVar

from app.engine.cart import Cart, Line
from app.engine.facts import Need, Situation
from app.engine.json_data import JSONValue
from app.engine.metadata import MOST_NAMED
from app.engine.money import Money
from app.engine.parameter import Choice
from app.engine.reason import Reason, Value
from app.engine.remedy import Act, Change
from app.engine.selection import Items, listed, name_of, naming
from app.engine.shelf import rules
from app.engine.unit import NOTHING, Family, UnitError, says

CHEAPEST_ITEM_DIFFERS = "CHEAPEST_ITEM_DIFFERS"
MOST_EXPENSIVE_ITEM_DIFFERS = "MOST_EXPENSIVE_ITEM_DIFFERS"


class WhichItems(Choice):
    """Which items of a cart are looked at."""

    ANY = "ANY", "At least one item must match."
    ALL = "ALL", "Every item must match."
    NONE = "NONE", "No item may match."
    CHEAPEST = "CHEAPEST", "The item with the lowest price per unit must match; of several such, one."
    MOST_EXPENSIVE = (
        "MOST_EXPENSIVE",
        "The item with the highest price per unit must match; of several such, one.",
    )


@rules.add
@dataclass(frozen=True, slots=True)
class ItemsMatch:
    """Any, all, none, the cheapest or the most expensive of the cart's items must be certain items."""

    items: Items = field(metadata=says("The items that match; something must be said about them."))
    which: WhichItems = field(metadata=says("Which items of the cart must match."))

    needs: ClassVar[frozenset[Need]] = NOTHING
    family: ClassVar[Family] = Family.ITEMS
    example: ClassVar[Mapping[str, JSONValue]] = {
        "kind": "items_match",
        "items": {"categories": ["gift cards"]},
        "which": "NONE",
    }

    def __post_init__(self) -> None:
        if self.items.everything:
            raise UnitError("items", "Must say which items match.")

    def refusals(self, situation: Situation) -> tuple[Reason, ...]:
        """ITEMS_MISSING, ITEMS_NOT_ALLOWED, CHEAPEST_ITEM_DIFFERS, MOST_EXPENSIVE_ITEM_DIFFERS or CURRENCY_MISMATCH."""
        cart = situation.cart
        if undecided := self.items.refusals(cart):
            return undecided
        there = self._looked_at(cart)
        match self.which:
            case WhichItems.ALL:
                return self._not_allowed(
                    there, cart, f"This offer is only for: {self.items}. The cart also holds:"
                )
            case WhichItems.NONE:
                return self._not_allowed(there, cart, f"This offer is not for: {self.items}. The cart holds:")
            case WhichItems.ANY:
                return () if there else self._missing()
            case WhichItems.CHEAPEST:
                return self._extreme(there, cart, CHEAPEST_ITEM_DIFFERS, "cheapest")
            case WhichItems.MOST_EXPENSIVE:
                return self._extreme(there, cart, MOST_EXPENSIVE_ITEM_DIFFERS, "most expensive")

    def actual(self, situation: Situation) -> Value | None:
        """How many match of ANY; else the first names of those that decide: the wrong ones, the cheapest ones, …"""
        if self.items.refusals(situation.cart):
            return None
        there = self._looked_at(situation.cart)
        if self.which is WhichItems.ANY:
            return sum(line.quantity for line in there)
        return _names(there)[:MOST_NAMED] or None

    def undoing(self, situation: Situation) -> tuple[str, Change] | None:
        """To take out all that match, where any is enough; to add one, where none may."""
        match self.which:
            case WhichItems.ANY:
                cart = situation.cart
                [reason] = self._not_allowed(self._looked_at(cart), cart, "")
            case WhichItems.NONE:
                [reason] = self._missing()
            case _:
                return None
        return None if reason.change is None else (str(reason.remedy), reason.change)

    def _looked_at(self, cart: Cart) -> tuple[Line, ...]:
        """The lines that decide: those that match, those that do not, the cheapest or the most expensive ones."""
        if self.which is WhichItems.ALL:
            return tuple(line for line in cart.lines if not self.items.matches(line))
        if self.which in (WhichItems.ANY, WhichItems.NONE):
            return self.items.among(cart)
        prices = [line.unit_price for line in cart.lines]
        price = (min if self.which is WhichItems.CHEAPEST else max)(prices, default=None)
        return tuple(line for line in cart.lines if line.unit_price == price)

    def _missing(self) -> tuple[Reason, ...]:
        return (
            Reason(
                "ITEMS_MISSING",
                f"The cart holds nothing from: {self.items}.",
                subject="cart.lines",
                expected=1,
                actual=0,
                missing=1,
                remedy=f"Add 1 from: {self.items}.",
                change=Change(Act.ADD_ITEMS, quantity=1, items=self.items.for_change),
            ),
        )

    def _not_allowed(self, wrong: tuple[Line, ...], cart: Cart, sentence: str) -> tuple[Reason, ...]:
        if not wrong:
            return ()
        names, items = _names(wrong), naming(wrong, cart)
        if items is None and self.which is not WhichItems.ALL:
            items = self.items
        units = sum(line.quantity for line in wrong)
        return (
            Reason(
                "ITEMS_NOT_ALLOWED",
                f"{sentence} {listed([*names])}.",
                subject="cart.lines",
                actual=names[:MOST_NAMED],
                remedy=f"Take out: {listed([*names])}.",
                change=None
                if items is None
                else Change(Act.REMOVE_ITEMS, quantity=units, items=items.for_change),
            ),
        )

    def _extreme(self, there: tuple[Line, ...], cart: Cart, code: str, told: str) -> tuple[Reason, ...]:
        if not there:
            return self._missing()
        if any(map(self.items.matches, there)):
            return ()
        names, added = _names(there), self._as_extreme(Money(there[0].unit_price, cart.currency))
        return (
            Reason(
                code,
                f"The {told} item must be from: {self.items}. It is: {listed([*names])}.",
                subject="cart.lines",
                expected=str(self.items),
                actual=names[:MOST_NAMED],
                remedy=None if added is None else f"Add 1 from: {added}.",
                change=None if added is None else Change(Act.ADD_ITEMS, quantity=1, items=added.for_change),
            ),
        )

    def _as_extreme(self, price: Money) -> Items | None:
        """Those of the right items that would be the cheapest, or most expensive, where such a one costs `price`."""
        least, most = self.items.price_at_least, self.items.price_at_most
        if self.which is WhichItems.CHEAPEST:
            if least is not None and least.minor > price.minor:
                return None
            return replace(self.items, price_at_most=min(most or price, price, key=lambda each: each.minor))
        if most is not None and most.minor < price.minor:
            return None
        return replace(self.items, price_at_least=max(least or price, price, key=lambda each: each.minor))


def _names(lines: tuple[Line, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(name_of, lines)))
