"""fixed_price: nothing is rounded; what costs less than the price stays as it is.

At a price of 4.00 EUR, 3 mugs that cost 5.00 EUR each cost 3.00 EUR less together, and 2 teas at 1.50 EUR nothing less;
when the mugs cost 14.00 EUR after an earlier discount, they cost 2.00 EUR less. At a price of 4.00 EUR for all of them
together, mugs and teas cost 14.00 EUR less than their 18.00 EUR, in proportion to what they cost.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from app.engine.facts import Need, Situation
from app.engine.json_data import JSONValue
from app.engine.line_units import WhichFirst, check_currency, check_units, chosen, costs, refusals_of_items
from app.engine.money import Money, split
from app.engine.parameter import Choice
from app.engine.reason import Reason
from app.engine.selection import Items
from app.engine.shelf import rewards
from app.engine.unit import NOTHING, UnitError, says


class PriceOf(Choice):
    """What costs the price."""

    EACH_ITEM = "EACH_ITEM", "Every single item costs the price."
    ALL_TOGETHER = "ALL_TOGETHER", "All of them together cost the price, however many they are."


@rewards.add
@dataclass(frozen=True, slots=True)
class FixedPrice:
    """Certain items cost so much, each or together, all of them or only so many, but never more than they did."""

    price: Money = field(metadata=says("What it costs, zero or more."))
    items: Items = field(metadata=says("The items that cost less; {} for all."))
    units_at_most: int | None = field(
        default=None, metadata=says("How many of them cost less at most.", unit="items")
    )
    first: WhichFirst | None = field(
        default=None, metadata=says("Which of them come first, where not all cost less.")
    )
    price_of: PriceOf = field(
        default=PriceOf.EACH_ITEM, metadata=says("Whether each costs the price, or all of them together.")
    )

    needs: ClassVar[frozenset[Need]] = NOTHING
    example: ClassVar[Mapping[str, JSONValue]] = {
        "kind": "fixed_price",
        "price": {"minor": 400, "currency": "EUR"},
        "items": {"skus": ["MUG-1-RED"]},
        "units_at_most": 2,
        "first": "MOST_EXPENSIVE",
    }

    def __post_init__(self) -> None:
        if self.price.minor < 0:
            raise UnitError("price", "Must not be negative.")
        check_currency(self.price.currency, self.items)
        check_units(self.units_at_most, self.first)

    def refusals(self, situation: Situation) -> tuple[Reason, ...]:
        """NOT_ENOUGH_ITEMS when nothing in the cart is meant, CURRENCY_MISMATCH."""
        return refusals_of_items(self.items, situation.cart, self.price)

    def discount(self, situation: Situation, remaining: tuple[int, ...]) -> tuple[int, ...]:
        """What the items that are meant still cost above their new price."""
        taken = chosen(self.items, self.units_at_most, self.first, situation.cart, remaining)
        meant = costs(taken, situation.cart, remaining)
        if self.price_of is PriceOf.ALL_TOGETHER:
            return split(max(0, sum(meant) - self.price.minor), meant)
        # The items of a line differ by one minor unit at most, so none costs less than the price, or none costs more.
        return tuple(
            [max(0, cost - units * self.price.minor) for units, cost in zip(taken, meant, strict=True)]
        )
