"""tiered_percent: the percentage of the highest tier, rounded once for all items that are meant, then split.

With 5 % from 50.00 EUR and 10 % from 100.00 EUR, a cart of 120.00 EUR costs 12.00 EUR less: the whole cart is in the
higher tier, not only the part above 100.00 EUR.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import ClassVar

from app.engine.facts import Need, Situation
from app.engine.json_data import JSONValue
from app.engine.line_units import costs_of_all
from app.engine.money import split
from app.engine.percentage import check_percent, percent_of
from app.engine.reason import Reason
from app.engine.selection import Items
from app.engine.shelf import rewards
from app.engine.tiers import Tier, check_tiers, reached, refusals_of_tiers
from app.engine.unit import NOTHING, says


@dataclass(frozen=True, slots=True, kw_only=True)
class PercentTier(Tier):
    """A percentage, and from which spend or number of items on it is given."""

    percent: Decimal = field(
        metadata=says("More than 0, at most 100, with at most 4 decimals.", unit="percent")
    )

    words: ClassVar[tuple[str, str]] = ("percentage tier", "percentage tiers")

    def __post_init__(self) -> None:
        Tier.__post_init__(self)
        check_percent("percent", self.percent)


@rewards.add
@dataclass(frozen=True, slots=True)
class TieredPercent:
    """A percentage is taken off certain items, the higher the more they are, in money or in number."""

    tiers: tuple[PercentTier, ...] = field(
        metadata=says("From the lowest to the highest, 20 at most, all by spend or all by number of items.")
    )
    items: Items = field(metadata=says("The items that count and cost less; {} for all."))

    needs: ClassVar[frozenset[Need]] = NOTHING
    example: ClassVar[Mapping[str, JSONValue]] = {
        "kind": "tiered_percent",
        "tiers": [
            {"spend_at_least": {"minor": 5000, "currency": "EUR"}, "percent": "5"},
            {"spend_at_least": {"minor": 10000, "currency": "EUR"}, "percent": "10"},
        ],
        "items": {},
    }

    def __post_init__(self) -> None:
        check_tiers(self.tiers, self.items)

    def refusals(self, situation: Situation) -> tuple[Reason, ...]:
        """ITEMS_AMOUNT_TOO_LOW or NOT_ENOUGH_ITEMS below the first tier, CURRENCY_MISMATCH."""
        return refusals_of_tiers(self.tiers, self.items, situation.cart)

    def discount(self, situation: Situation, remaining: tuple[int, ...]) -> tuple[int, ...]:
        """The percentage of what the items that are meant still cost, half up."""
        tier = reached(self.tiers, self.items, situation.cart)
        meant = costs_of_all(self.items, situation.cart, remaining)
        return split(percent_of(tier.percent, sum(meant)), meant)
