"""custom_events: what the company has told of the customer by trackCustomEvents: reviews, visits, newsletters read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from app.engine.facts import Need, PastEvents, Situation
from app.engine.history import check_days, check_times, days_back, in_the_last, times
from app.engine.json_data import JSONValue
from app.engine.reason import Reason, Value, customer_required
from app.engine.shelf import rules
from app.engine.unit import LONGEST_TEXT, Family, UnitError, says


@rules.add
@dataclass(frozen=True, slots=True)
class CustomEvents:
    """The company must have told of the customer a certain number of custom events."""

    name: str = field(metadata=says("The name of the events, as they were told."))
    at_least: int | None = field(default=None, metadata=says("How many at least, 1 or more.", unit="events"))
    at_most: int | None = field(
        default=None, metadata=says("How many at most; 0 for none at all.", unit="events")
    )
    within_days: int | None = field(
        default=None,
        metadata=says("How many days of 24 hours back; all the past when left out.", unit="days"),
    )

    family: ClassVar[Family] = Family.CUSTOMER
    example: ClassVar[Mapping[str, JSONValue]] = {
        "kind": "custom_events",
        "name": "review",
        "at_least": 1,
        "within_days": 30,
    }

    def __post_init__(self) -> None:
        if not 0 < len(self.name) <= LONGEST_TEXT:
            raise UnitError("name", f"Must be 1 to {LONGEST_TEXT} characters long.")
        check_times(self.at_least, self.at_most)
        check_days("within_days", self.within_days)

    @property
    def needs(self) -> frozenset[Need]:
        """How many there have been in that time."""
        return frozenset({self._asked})

    def refusals(self, situation: Situation) -> tuple[Reason, ...]:
        """CUSTOMER_REQUIRED, TOO_FEW_CUSTOM_EVENTS or TOO_MANY_CUSTOM_EVENTS."""
        if situation.facts.customer is None:
            return (customer_required(),)
        told = situation.facts.answers[self._asked]
        if self.at_least is not None and told < self.at_least:
            return (self._refusal("TOO_FEW_CUSTOM_EVENTS", "at least", self.at_least, told),)
        if self.at_most is not None and told > self.at_most:
            return (self._refusal("TOO_MANY_CUSTOM_EVENTS", "at most", self.at_most, told),)
        return ()

    def actual(self, situation: Situation) -> Value | None:
        """How many there have been in that time."""
        facts = situation.facts
        return None if facts.customer is None else facts.answers[self._asked]

    @property
    def _asked(self) -> PastEvents:
        return PastEvents(self.name, days_back(self.within_days))

    def _refusal(self, code: str, words: str, limit: int, told: int) -> Reason:
        when = in_the_last(self.within_days)
        wanted = "never" if limit == 0 else f"{words} {times(limit)}"
        return Reason(
            code,
            f"This offer is for customers of whom {self.name} was told {wanted}{when}; "
            f"of this one it was told {times(told)}.",
            subject="customer.custom_events",
            expected=limit,
            actual=told,
            missing=abs(limit - told),
        )
