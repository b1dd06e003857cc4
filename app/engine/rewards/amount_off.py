"""amount_off: never more than the lines still cost, spread over them in proportion to that."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from app.engine.facts import Need, Situation
from app.engine.json_data import JSONValue
from app.engine.money import Money, split
from app.engine.reason import Reason, currency_mismatch
from app.engine.shelf import rewards
from app.engine.unit import NOTHING, UnitError, says


@rewards.add
@dataclass(frozen=True, slots=True)
class AmountOff:
    """An amount is taken off the cart, but never more than the lines cost."""

    amount: Money = field(metadata=says("What is taken off the whole cart; shipping is not discounted."))

    needs: ClassVar[frozenset[Need]] = NOTHING
    example: ClassVar[Mapping[str, JSONValue]] = {
        "kind": "amount_off",
        "amount": {"minor": 500, "currency": "EUR"},
    }

    def __post_init__(self) -> None:
        if self.amount.minor < 1:
            raise UnitError("amount", "Must be more than zero.")

    def refusals(self, situation: Situation) -> tuple[Reason, ...]:
        """CURRENCY_MISMATCH when the amount is in another currency than the cart."""
        if self.amount.currency != situation.cart.currency:
            return (currency_mismatch(self.amount.currency, situation.cart.currency),)
        return ()

    def discount(self, situation: Situation, remaining: tuple[int, ...]) -> tuple[int, ...]:
        """The amount, or all that remains, split over the lines by largest remainder."""
        return split(min(self.amount.minor, sum(remaining)), remaining)
