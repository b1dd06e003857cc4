"""formula: for discounts that no other reward can reckon; where something is missing that it asks for, the fallback."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import ClassVar

from app.engine.expression import Computation, NotEvaluated, amount
from app.engine.facts import Need, Situation
from app.engine.json_data import JSONValue
from app.engine.money import Money, split
from app.engine.reason import Reason, currency_mismatch
from app.engine.shelf import rewards
from app.engine.unit import UnitError, says


@rewards.add
@dataclass(frozen=True, slots=True)
class Formula:
    """An amount that an expression works out is taken off the cart, but never more than the lines cost."""

    formula: str = field(
        metadata=says(
            "What is taken off, in major units of the currency, up to 1000 characters; rounded half up.",
            unit="CEL",
        )
    )
    fallback: Money = field(
        metadata=says(
            "What is taken off where the expression has no value: something that it asks for is missing."
        )
    )
    up_to: Money | None = field(default=None, metadata=says("The most that is taken off."))
    # Compiled once: it is reckoned for every cart.
    _computation: Computation = field(init=False, repr=False, compare=False)

    example: ClassVar[Mapping[str, JSONValue]] = {
        "kind": "formula",
        "formula": "cart.subtotal * double(customer.metadata.loyalty_percent) / 100",
        "fallback": {"minor": 100, "currency": "EUR"},
        "up_to": {"minor": 5000, "currency": "EUR"},
    }

    def __post_init__(self) -> None:
        object.__setattr__(self, "_computation", amount("formula", self.formula))
        if self.fallback.minor < 0:
            raise UnitError("fallback", "Must not be negative.")
        if self.up_to is not None and self.up_to.minor < 1:
            raise UnitError("up_to", "Must be more than zero.")
        if self.up_to is not None and self.up_to.currency != self.fallback.currency:
            raise UnitError("up_to", f"Must be in {self.fallback.currency}, as the other amount.")

    @property
    def needs(self) -> frozenset[Need]:
        """The customer's own data, if it asks for the customer."""
        return self._computation.needs

    def refusals(self, situation: Situation) -> tuple[Reason, ...]:
        """CURRENCY_MISMATCH when the amounts are in another currency than the cart."""
        if self.fallback.currency != situation.cart.currency:
            return (currency_mismatch(self.fallback.currency, situation.cart.currency),)
        return ()

    def discount(self, situation: Situation, remaining: tuple[int, ...]) -> tuple[int, ...]:
        """The amount, or all that remains, split over the lines by largest remainder; nothing when it is negative."""
        try:
            most = self._computation.minor(replace(situation, remaining=remaining))
        except NotEvaluated:
            most = self.fallback.minor
        if self.up_to is not None:
            most = min(most, self.up_to.minor)
        return split(min(most, sum(remaining)), remaining)
