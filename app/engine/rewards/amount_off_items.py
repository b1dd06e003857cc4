"""amount_off_items: nothing is rounded; of a unit that costs less than the amount, all is taken off.

With 2.00 EUR off each of 3 mugs that cost 5.00 EUR and 2 teas that cost 1.50 EUR each, the mugs cost 6.00 EUR less and
the teas 3.00 EUR.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from app.engine.facts import Need, Situation
from app.engine.json_data import JSONValue
from app.engine.line_units import WhichFirst, check_amount, check_units, chosen, costs, refusals_of_items
from app.engine.money import Money
from app.engine.reason import Reason
from app.engine.selection import Items
from app.engine.shelf import rewards
from app.engine.unit import NOTHING, says


@rewards.add
@dataclass(frozen=True, slots=True)
class AmountOffItems:
    """An amount is taken off each of certain items, off all of them or only so many, never more than it costs."""

    amount: Money = field(metadata=says("What is taken off each item."))
    items: Items = field(metadata=says("The items that cost less; {} for all."))
    units_at_most: int | None = field(
        default=None, metadata=says("How many of them cost less at most.", unit="items")
    )
    first: WhichFirst | None = field(
        default=None, metadata=says("Which of them come first, where not all cost less.")
    )

    needs: ClassVar[frozenset[Need]] = NOTHING
    example: ClassVar[Mapping[str, JSONValue]] = {
        "kind": "amount_off_items",
        "amount": {"minor": 200, "currency": "EUR"},
        "items": {"products": ["MUG-1"]},
    }

    def __post_init__(self) -> None:
        check_amount("amount", self.amount, self.items)
        check_units(self.units_at_most, self.first)

    def refusals(self, situation: Situation) -> tuple[Reason, ...]:
        """NOT_ENOUGH_ITEMS when nothing in the cart is meant, CURRENCY_MISMATCH."""
        return refusals_of_items(self.items, situation.cart, self.amount)

    def discount(self, situation: Situation, remaining: tuple[int, ...]) -> tuple[int, ...]:
        """The amount for each unit that is meant, or what they still cost."""
        taken = chosen(self.items, self.units_at_most, self.first, situation.cart, remaining)
        # The units of a line differ by one minor unit at most, so all are worth the amount, or none is worth more.
        return tuple(
            [
                min(units * self.amount.minor, cost)
                for units, cost in zip(taken, costs(taken, situation.cart, remaining), strict=True)
            ]
        )
