"""amount_spent: what the customer has paid for orders with codes: goods and shipping less discounts, in one currency.

What was rolled back was not paid. Orders without a code are unknown here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from app.engine.facts import Need, PastSpend, Situation
from app.engine.history import check_days, days_back, in_the_last
from app.engine.json_data import JSONValue
from app.engine.money import LARGEST, Money
from app.engine.reason import Reason, Value, customer_required
from app.engine.selection import check_limits
from app.engine.shelf import rules
from app.engine.unit import Family, says


@rules.add
@dataclass(frozen=True, slots=True)
class AmountSpent:
    """The customer must have spent a certain amount before, in one currency."""

    amount_at_least: Money | None = field(default=None, metadata=says("How much at least."))
    amount_at_most: Money | None = field(default=None, metadata=says("How much at most."))
    within_days: int | None = field(
        default=None,
        metadata=says("How many days of 24 hours back; all the past when left out.", unit="days"),
    )

    family: ClassVar[Family] = Family.CUSTOMER
    example: ClassVar[Mapping[str, JSONValue]] = {
        "kind": "amount_spent",
        "amount_at_least": {"minor": 50000, "currency": "EUR"},
        "within_days": 365,
    }

    def __post_init__(self) -> None:
        check_limits(self.amount_at_least, self.amount_at_most)
        check_days("within_days", self.within_days)

    @property
    def needs(self) -> frozenset[Need]:
        """What the customer has paid in that currency and that time."""
        return frozenset({self._asked})

    def refusals(self, situation: Situation) -> tuple[Reason, ...]:
        """CUSTOMER_REQUIRED, SPENT_TOO_LITTLE with how much is missing, or SPENT_TOO_MUCH with how much is too much."""
        if situation.facts.customer is None:
            return (customer_required(),)
        spent = self._spent(situation)
        if self.amount_at_least is not None and spent.minor < self.amount_at_least.minor:
            return (self._refusal("SPENT_TOO_LITTLE", "at least", self.amount_at_least, spent),)
        if self.amount_at_most is not None and spent.minor > self.amount_at_most.minor:
            return (self._refusal("SPENT_TOO_MUCH", "at most", self.amount_at_most, spent),)
        return ()

    def actual(self, situation: Situation) -> Value | None:
        """What the customer has paid in that currency and that time."""
        return None if situation.facts.customer is None else self._spent(situation)

    @property
    def _asked(self) -> PastSpend:
        known = self.amount_at_least or self.amount_at_most
        if known is None:
            raise ValueError("one of the two is given")
        return PastSpend(known.currency, days_back(self.within_days))

    def _spent(self, situation: Situation) -> Money:
        asked = self._asked
        # Beyond what money may be, more is only more.
        return Money(min(situation.facts.answers[asked], LARGEST), asked.currency)

    def _refusal(self, code: str, words: str, limit: Money, spent: Money) -> Reason:
        when = in_the_last(self.within_days)
        return Reason(
            code,
            f"This offer is for who has spent {words} {limit}{when}; this customer has spent {spent}.",
            subject="customer.spent",
            expected=limit,
            actual=spent,
            missing=Money(abs(limit.minor - spent.minor), limit.currency),
        )
