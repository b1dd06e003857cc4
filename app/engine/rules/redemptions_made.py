"""redemptions_made: several codes redeemed together are one redemption; one that was rolled back does not count."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar
from uuid import UUID

from app.engine.facts import Need, PastRedemptions, Situation
from app.engine.history import check_days, check_times, days_back, in_the_last, times
from app.engine.json_data import JSONValue
from app.engine.reason import Reason, Value, customer_required
from app.engine.shelf import rules
from app.engine.unit import Family, says


@rules.add
@dataclass(frozen=True, slots=True)
class RedemptionsMade:
    """The customer must have redeemed a certain number of times before, of anything or of one campaign."""

    at_least: int | None = field(
        default=None, metadata=says("How often at least, 1 or more.", unit="redemptions")
    )
    at_most: int | None = field(
        default=None, metadata=says("How often at most; 0 for never.", unit="redemptions")
    )
    within_days: int | None = field(
        default=None,
        metadata=says("How many days of 24 hours back; all the past when left out.", unit="days"),
    )
    campaign: UUID | None = field(
        default=None,
        metadata=says(
            "The campaign whose codes count, or the main campaign of theirs; all when left out.",
            of="campaign",
        ),
    )

    family: ClassVar[Family] = Family.CUSTOMER
    example: ClassVar[Mapping[str, JSONValue]] = {
        "kind": "redemptions_made",
        "at_least": 3,
        "within_days": 90,
    }

    def __post_init__(self) -> None:
        check_times(self.at_least, self.at_most)
        check_days("within_days", self.within_days)

    @property
    def needs(self) -> frozenset[Need]:
        """How often the customer has redeemed, in that time and of that campaign."""
        return frozenset({self._asked})

    def refusals(self, situation: Situation) -> tuple[Reason, ...]:
        """CUSTOMER_REQUIRED, TOO_FEW_REDEMPTIONS with how many are missing, or TOO_MANY_ with how many are too many."""
        if situation.facts.customer is None:
            return (customer_required(),)
        made = situation.facts.answers[self._asked]
        if self.at_least is not None and made < self.at_least:
            return (self._refusal("TOO_FEW_REDEMPTIONS", "at least", self.at_least, made),)
        if self.at_most is not None and made > self.at_most:
            return (self._refusal("TOO_MANY_REDEMPTIONS", "at most", self.at_most, made),)
        return ()

    def actual(self, situation: Situation) -> Value | None:
        """How often the customer has redeemed, in that time and of that campaign."""
        facts = situation.facts
        return None if facts.customer is None else facts.answers[self._asked]

    @property
    def _asked(self) -> PastRedemptions:
        return PastRedemptions(campaign=self.campaign, within=days_back(self.within_days))

    def _refusal(self, code: str, words: str, limit: int, made: int) -> Reason:
        when = in_the_last(self.within_days)
        what = "codes" if self.campaign is None else "codes of a certain campaign"
        wanted = "never" if limit == 0 else f"{words} {times(limit)}"
        return Reason(
            code,
            f"This offer is for who has redeemed {what} {wanted}{when}; this customer has {times(made)}.",
            subject="customer.redemptions",
            expected=limit,
            actual=made,
            missing=abs(limit - made),
        )
