"""items_quantity: units are counted, not lines."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from app.engine.facts import Need, Situation
from app.engine.json_data import JSONValue
from app.engine.reason import Reason, Value
from app.engine.remedy import Act, Change
from app.engine.selection import Items
from app.engine.shelf import rules
from app.engine.unit import NOTHING, Family, UnitError, says

MOST_UNITS = 2**31 - 1  # as many as GraphQL's Int carries


@rules.add
@dataclass(frozen=True, slots=True)
class ItemsQuantity:
    """The cart must hold a certain number of items, of all or of certain ones."""

    items: Items = field(metadata=says("The items that count; {} for all."))
    at_least: int | None = field(
        default=None, metadata=says("How many there must be, 1 or more.", unit="items")
    )
    at_most: int | None = field(
        default=None, metadata=says("How many there may be; 0 for none at all.", unit="items")
    )

    needs: ClassVar[frozenset[Need]] = NOTHING
    family: ClassVar[Family] = Family.ITEMS
    example: ClassVar[Mapping[str, JSONValue]] = {
        "kind": "items_quantity",
        "items": {"categories": ["wine"], "excluded_skus": ["WINE-0.2"]},
        "at_least": 6,
        "at_most": 24,
    }

    def __post_init__(self) -> None:
        if self.at_least is None and self.at_most is None:
            raise UnitError("at_least", "Must be given, unless there is an upper limit.")
        for name, limit, lowest in (("at_least", self.at_least, 1), ("at_most", self.at_most, 0)):
            if limit is not None and not lowest <= limit <= MOST_UNITS:
                raise UnitError(name, f"Must be from {lowest} to {MOST_UNITS}.")
        if self.at_least is not None and self.at_most is not None and self.at_most < self.at_least:
            raise UnitError("at_most", "Must not be below the lower limit.")

    def refusals(self, situation: Situation) -> tuple[Reason, ...]:
        """ITEMS_QUANTITY_TOO_LOW or _TOO_HIGH; `missing` is how many to add or to take out. CURRENCY_MISMATCH."""
        cart, items = situation.cart, self.items
        undecided = items.refusals(cart)
        if undecided:
            return undecided
        there = self._there(situation)
        if self.at_least is not None and there < self.at_least:
            missing = self.at_least - there
            return (
                Reason(
                    "ITEMS_QUANTITY_TOO_LOW",
                    f"The cart holds {there} of at least {self.at_least} items{items.clause}.",
                    subject="cart.lines",
                    expected=self.at_least,
                    actual=there,
                    missing=missing,
                    remedy=f"Add {missing} more{items.clause}.",
                    change=Change(Act.ADD_ITEMS, quantity=missing, items=items.for_change),
                ),
            )
        if self.at_most is not None and there > self.at_most:
            over = there - self.at_most
            return (
                Reason(
                    "ITEMS_QUANTITY_TOO_HIGH",
                    f"The cart holds {there} of at most {self.at_most} items{items.clause}.",
                    subject="cart.lines",
                    expected=self.at_most,
                    actual=there,
                    missing=over,
                    remedy=f"Take out {over}{items.clause}.",
                    change=Change(Act.REMOVE_ITEMS, quantity=over, items=items.for_change),
                ),
            )
        return ()

    def actual(self, situation: Situation) -> Value | None:
        """How many there are; None where prices in another currency say which items count."""
        return None if self.items.refusals(situation.cart) else self._there(situation)

    def undoing(self, situation: Situation) -> tuple[str, Change] | None:
        """To go below the lower limit, or where there is none above the upper one."""
        there, clause, items = self._there(situation), self.items.clause, self.items.for_change
        if self.at_least is not None:
            over = there - self.at_least + 1
            return f"Take out {over}{clause}.", Change(Act.REMOVE_ITEMS, quantity=over, items=items)
        missing = (self.at_most or 0) - there + 1
        return f"Add {missing} more{clause}.", Change(Act.ADD_ITEMS, quantity=missing, items=items)

    def _there(self, situation: Situation) -> int:
        return sum(line.quantity for line in self.items.among(situation.cart))
