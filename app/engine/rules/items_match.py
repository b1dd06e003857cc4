"""items_match: whether the lines of the cart are the right ones; what they cost is their price before discounts.

The cheapest and the most expensive item are told by the price of one unit. Where several cost the same, it is enough
that one of them is right, so the order of the lines changes nothing. An empty cart holds nothing that is wrong: ALL and
NONE hold; it has no cheapest item: the others do not.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from app.engine.cart import Line
from app.engine.facts import Need, Situation
from app.engine.json_data import JSONValue
from app.engine.metadata import MOST_NAMED
from app.engine.parameter import Choice
from app.engine.reason import Reason
from app.engine.selection import Items, listed, name_of
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
        undecided, lines = self.items.refusals(situation.cart), situation.cart.lines
        if undecided:
            return undecided
        match self.which:
            case WhichItems.ALL:
                wrong = [line for line in lines if not self.items.matches(line)]
                return self._not_allowed(wrong, f"This offer is only for: {self.items}. The cart also holds:")
            case WhichItems.NONE:
                wrong = [line for line in lines if self.items.matches(line)]
                return self._not_allowed(wrong, f"This offer is not for: {self.items}. The cart holds:")
            case WhichItems.ANY:
                return () if any(map(self.items.matches, lines)) else self._missing()
            case WhichItems.CHEAPEST:
                return self._extreme(lines, min, CHEAPEST_ITEM_DIFFERS, "cheapest")
            case WhichItems.MOST_EXPENSIVE:
                return self._extreme(lines, max, MOST_EXPENSIVE_ITEM_DIFFERS, "most expensive")

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
            ),
        )

    def _not_allowed(self, wrong: list[Line], sentence: str) -> tuple[Reason, ...]:
        if not wrong:
            return ()
        names = list(dict.fromkeys(map(name_of, wrong)))
        return (
            Reason(
                "ITEMS_NOT_ALLOWED",
                f"{sentence} {listed(names)}.",
                subject="cart.lines",
                actual=tuple(names[:MOST_NAMED]),
                remedy=f"Take out: {listed(names)}.",
            ),
        )

    def _extreme(
        self, lines: tuple[Line, ...], extreme: Callable[[list[int]], int], code: str, told: str
    ) -> tuple[Reason, ...]:
        if not lines:
            return self._missing()
        price = extreme([line.unit_price for line in lines])
        there = [line for line in lines if line.unit_price == price]
        if any(map(self.items.matches, there)):
            return ()
        names = list(dict.fromkeys(map(name_of, there)))
        return (
            Reason(
                code,
                f"The {told} item must be from: {self.items}. It is: {listed(names)}.",
                subject="cart.lines",
                expected=str(self.items),
                actual=tuple(names[:MOST_NAMED]),
            ),
        )
