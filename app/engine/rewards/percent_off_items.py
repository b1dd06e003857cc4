"""percent_off_items: rounded once for all units that are meant, then split over their lines.

With 50 % off the 2 cheapest of a cart of 3 mugs at 9.99 EUR and 1 tea at 4.45 EUR, the tea and one mug are meant: they
cost 14.44 EUR, so 7.22 EUR are taken off: 5.00 off the mugs, 2.22 off the tea (9.99 : 4.45, by largest remainder).
With at most 3.00 EUR off a line, 5.23 EUR are taken off: 3.00 off the mugs and all of 2.225 off the tea, half up.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import ClassVar

from app.engine.facts import Need, Situation
from app.engine.json_data import JSONValue
from app.engine.line_units import WhichFirst, check_amount, check_units, chosen, costs, refusals_of_items
from app.engine.money import Money, split
from app.engine.percentage import check_percent, percent_of, percent_of_each
from app.engine.reason import Reason
from app.engine.selection import Items
from app.engine.shelf import rewards
from app.engine.unit import NOTHING, UnitError, says


@rewards.add
@dataclass(frozen=True, slots=True)
class PercentOffItems:
    """A percentage is taken off certain items, off all of them or only so many, up to a cap if there is one."""

    percent: Decimal = field(
        metadata=says("More than 0, at most 100, with at most 4 decimals.", unit="percent")
    )
    items: Items = field(metadata=says("The items that cost less; {} for all."))
    units_at_most: int | None = field(
        default=None, metadata=says("How many of them cost less at most.", unit="items")
    )
    first: WhichFirst | None = field(
        default=None, metadata=says("Which of them come first, where not all cost less.")
    )
    up_to: Money | None = field(default=None, metadata=says("The most that is taken off one cart."))
    up_to_per_line: Money | None = field(
        default=None, metadata=says("The most that is taken off one line of the cart.")
    )

    needs: ClassVar[frozenset[Need]] = NOTHING
    example: ClassVar[Mapping[str, JSONValue]] = {
        "kind": "percent_off_items",
        "percent": "50",
        "items": {"categories": ["shoes"]},
        "units_at_most": 1,
        "first": "CHEAPEST",
    }

    def __post_init__(self) -> None:
        check_percent("percent", self.percent)
        check_units(self.units_at_most, self.first)
        if self.up_to is not None:
            check_amount("up_to", self.up_to, self.items)
        if self.up_to_per_line is not None:
            check_amount("up_to_per_line", self.up_to_per_line, self.items)
            if self.up_to is not None and self.up_to.currency != self.up_to_per_line.currency:
                raise UnitError("up_to_per_line", f"Must be in {self.up_to.currency}, as the other cap.")

    def refusals(self, situation: Situation) -> tuple[Reason, ...]:
        """NOT_ENOUGH_ITEMS when nothing in the cart is meant, CURRENCY_MISMATCH."""
        return refusals_of_items(self.items, situation.cart, self.up_to or self.up_to_per_line)

    def discount(self, situation: Situation, remaining: tuple[int, ...]) -> tuple[int, ...]:
        """The percentage of what the units that are meant still cost, half up, within the caps."""
        cart = situation.cart
        meant = costs(chosen(self.items, self.units_at_most, self.first, cart, remaining), cart, remaining)
        whole, weights = percent_of(self.percent, sum(meant)), meant
        if self.up_to_per_line is not None:
            weights = percent_of_each(self.percent, meant, self.up_to_per_line.minor)
            whole = sum(weights)
        return split(whole if self.up_to is None else min(whole, self.up_to.minor), weights)
