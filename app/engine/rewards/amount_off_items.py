"""amount_off_items: nothing is rounded; of what costs less than its part of the amount, all is taken off.

With 2.00 EUR off each of 3 mugs that cost 5.00 EUR and 2 teas that cost 1.50 EUR each, the mugs cost 6.00 EUR less and
the teas 3.00 EUR. Off each line, the mugs cost 2.00 EUR less and the teas 2.00 EUR. Once, in proportion to what they
cost (15.00 : 3.00), the mugs cost 1.67 EUR less and the teas 0.33 EUR; in proportion to how many they are (3 : 2), 1.20
and 0.80 EUR. What a line is too cheap for is then taken off the others.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from app.engine.facts import Need, Situation
from app.engine.json_data import JSONValue
from app.engine.line_units import (
    FINENESS,
    WhichFirst,
    check_amount,
    check_units,
    chosen,
    costs,
    refusals_of_items,
)
from app.engine.money import Money, split
from app.engine.parameter import Choice
from app.engine.reason import Reason
from app.engine.selection import Items
from app.engine.shelf import rewards
from app.engine.unit import NOTHING, says


class Spread(Choice):
    """What the amount is taken off."""

    EACH_ITEM = "EACH_ITEM", "The amount is taken off every single item."
    EACH_LINE = "EACH_LINE", "The amount is taken off every line of the cart, however many items it has."
    BY_AMOUNT = (
        "BY_AMOUNT",
        "The amount is taken off once, of each line in proportion to what its items cost.",
    )
    BY_QUANTITY = (
        "BY_QUANTITY",
        "The amount is taken off once, of each line in proportion to how many items it has.",
    )


@rewards.add
@dataclass(frozen=True, slots=True)
class AmountOffItems:
    """An amount is taken off certain items, each or together, all or only so many, never more than they cost."""

    amount: Money = field(metadata=says("What is taken off: of each item, unless `spread` says otherwise."))
    items: Items = field(metadata=says("The items that cost less; {} for all."))
    units_at_most: int | None = field(
        default=None, metadata=says("How many of them cost less at most.", unit="items")
    )
    first: WhichFirst | None = field(
        default=None, metadata=says("Which of them come first, where not all cost less.")
    )
    spread: Spread = field(
        default=Spread.EACH_ITEM, metadata=says("Whether the amount is taken off each of them, or once.")
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
        """The amount for each item or line that is meant, or once for all; or what they still cost."""
        taken = chosen(self.items, self.units_at_most, self.first, situation.cart, remaining)
        meant, amount = costs(taken, situation.cart, remaining), self.amount.minor
        match self.spread:
            case Spread.EACH_ITEM:
                # The items of a line differ by one minor unit at most: all are worth the amount, or none is worth more.
                return tuple([min(units * amount, cost) for units, cost in zip(taken, meant, strict=True)])
            case Spread.EACH_LINE:
                return tuple([min(amount, cost) for cost in meant])
            case Spread.BY_AMOUNT:
                return split(min(amount, sum(meant)), meant)
            case Spread.BY_QUANTITY:
                return _by_quantity(min(amount, sum(meant)), taken, meant)


def _by_quantity(whole: int, taken: Sequence[int], meant: Sequence[int]) -> tuple[int, ...]:
    """The amount in proportion to the numbers of items; what a line cannot bear is borne by the others."""
    weights, parts, left = list(taken), [0] * len(taken), whole
    # Lines whose items cost least are the first that cannot bear their part; when one can, so can all dearer ones.
    cheapest = [place for place, units in enumerate(taken) if units]
    cheapest.sort(key=lambda place: (meant[place] << FINENESS) // taken[place])
    for place in cheapest:
        if meant[place] * sum(weights) > left * weights[place]:
            break
        left, parts[place], weights[place] = left - meant[place], meant[place], 0
    return tuple([had + more for had, more in zip(parts, split(left, weights), strict=True)])
