"""percent_off: rounded once, for the whole cart, then split over the lines.

Rounding line by line would let ten lines of 0.05 EUR at 10 % off cost 0.10 EUR or nothing, depending on the
direction. So the percentage of what all lines still cost is rounded half up to the minor unit, once; the result is
split over the lines by largest remainder on what each still costs. The parts sum to the whole, and 100 % leaves 0.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import ClassVar

from app.engine.facts import Need, Situation
from app.engine.json_data import JSONValue
from app.engine.money import Money, split
from app.engine.percentage import check_percent, percent_of
from app.engine.reason import Reason, currency_mismatch
from app.engine.shelf import rewards
from app.engine.unit import NOTHING, UnitError, says


@rewards.add
@dataclass(frozen=True, slots=True)
class PercentOff:
    """A percentage is taken off the cart, up to a cap if there is one."""

    percent: Decimal = field(
        metadata=says("More than 0, at most 100, with at most 4 decimals.", unit="percent")
    )
    up_to: Money | None = field(default=None, metadata=says("The most that is taken off one cart."))

    needs: ClassVar[frozenset[Need]] = NOTHING
    example: ClassVar[Mapping[str, JSONValue]] = {
        "kind": "percent_off",
        "percent": "10",
        "up_to": {"minor": 2000, "currency": "EUR"},
    }

    def __post_init__(self) -> None:
        check_percent("percent", self.percent)
        if self.up_to is not None and self.up_to.minor < 1:
            raise UnitError("up_to", "Must be more than zero.")

    def refusals(self, situation: Situation) -> tuple[Reason, ...]:
        """CURRENCY_MISMATCH when the cap is in another currency than the cart."""
        if self.up_to is not None and self.up_to.currency != situation.cart.currency:
            return (currency_mismatch(self.up_to.currency, situation.cart.currency),)
        return ()

    def discount(self, situation: Situation, remaining: tuple[int, ...]) -> tuple[int, ...]:
        """The percentage of all that remains, half up, at most `up_to`, split over the lines."""
        whole = percent_of(self.percent, sum(remaining))
        if self.up_to is not None:
            whole = min(whole, self.up_to.minor)
        return split(whole, remaining)
