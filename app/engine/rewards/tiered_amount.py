"""tiered_amount: the amount of the highest tier, never more than the items still cost, split in proportion to that.

With 5.00 EUR from 3 mugs on and 20.00 EUR from 6 on, 7 mugs cost 20.00 EUR less, however much they are worth.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from app.engine.facts import Need, Situation
from app.engine.json_data import JSONValue
from app.engine.line_units import check_currency, costs_of_all
from app.engine.money import Money, split
from app.engine.reason import Reason, currency_mismatch
from app.engine.selection import Items
from app.engine.shelf import rewards
from app.engine.tiers import Tier, check_tiers, reached, refusals_of_tiers
from app.engine.unit import NOTHING, UnitError, says


@dataclass(frozen=True, slots=True, kw_only=True)
class AmountTier(Tier):
    """An amount, and from which spend or number of items on it is given."""

    amount: Money = field(metadata=says("What is taken off the items together."))

    words: ClassVar[tuple[str, str]] = ("amount tier", "amount tiers")

    def __post_init__(self) -> None:
        Tier.__post_init__(self)
        if self.amount.minor < 1:
            raise UnitError("amount", "Must be more than zero.")
        if self.currency not in (None, self.amount.currency):
            raise UnitError("amount", f"Must be in {self.currency}, as the spend.")


@rewards.add
@dataclass(frozen=True, slots=True)
class TieredAmount:
    """An amount is taken off certain items together, the higher the more they are, in money or in number."""

    tiers: tuple[AmountTier, ...] = field(
        metadata=says("From the lowest to the highest, 20 at most, all by spend or all by number of items.")
    )
    items: Items = field(metadata=says("The items that count and cost less; {} for all."))

    needs: ClassVar[frozenset[Need]] = NOTHING
    example: ClassVar[Mapping[str, JSONValue]] = {
        "kind": "tiered_amount",
        "tiers": [
            {"quantity_at_least": 3, "amount": {"minor": 500, "currency": "EUR"}},
            {"quantity_at_least": 6, "amount": {"minor": 2000, "currency": "EUR"}},
        ],
        "items": {"products": ["MUG-1"]},
    }

    def __post_init__(self) -> None:
        check_tiers(self.tiers, self.items)
        currency = self.tiers[0].amount.currency
        for place, tier in enumerate(self.tiers):
            if tier.amount.currency != currency:
                raise UnitError(f"tiers[{place}].amount", f"Must be in {currency}, as the first one.")
        check_currency(currency, self.items)

    def refusals(self, situation: Situation) -> tuple[Reason, ...]:
        """ITEMS_AMOUNT_TOO_LOW or NOT_ENOUGH_ITEMS below the first tier, CURRENCY_MISMATCH."""
        currency = self.tiers[0].amount.currency
        if currency != situation.cart.currency:
            return (currency_mismatch(currency, situation.cart.currency),)
        return refusals_of_tiers(self.tiers, self.items, situation.cart)

    def discount(self, situation: Situation, remaining: tuple[int, ...]) -> tuple[int, ...]:
        """The amount, or all that the items that are meant still cost."""
        tier = reached(self.tiers, self.items, situation.cart)
        meant = costs_of_all(self.items, situation.cart, remaining)
        return split(min(tier.amount.minor, sum(meant)), meant)
