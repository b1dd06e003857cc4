"""free_shipping: what the shipping still costs, or a percentage of it, up to a cap; no line costs less.

With 50 % off up to 3.00 EUR, shipping at 4.90 EUR costs 2.45 EUR less and shipping at 9.90 EUR 3.00 EUR less. Where the
shipping costs nothing, nothing is taken off; that is no reason to refuse the code.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import ClassVar

from app.engine.facts import Need, Situation
from app.engine.json_data import JSONValue
from app.engine.money import Money
from app.engine.percentage import check_percent, percent_of
from app.engine.reason import Reason, currency_mismatch
from app.engine.shelf import rewards
from app.engine.unit import NOTHING, OffShipping, UnitError, says


@rewards.add
@dataclass(frozen=True, slots=True)
class FreeShipping(OffShipping):
    """The shipping is free or costs less, up to a cap if there is one."""

    percent: Decimal = field(
        default=Decimal(100),
        metadata=says("What is taken off the shipping; 100 makes it free.", unit="percent"),
    )
    up_to: Money | None = field(default=None, metadata=says("The most that is taken off one cart."))

    needs: ClassVar[frozenset[Need]] = NOTHING
    example: ClassVar[Mapping[str, JSONValue]] = {
        "kind": "free_shipping",
        "up_to": {"minor": 500, "currency": "EUR"},
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
        """Nothing: lines cost what they did."""
        return (0,) * len(remaining)

    def shipping_discount(self, situation: Situation, remaining: int) -> int:
        """The percentage of what the shipping still costs, half up, at most `up_to`."""
        whole = percent_of(self.percent, remaining)
        return whole if self.up_to is None else min(whole, self.up_to.minor)
