"""What rules need to know of a customer, as rows of gather.sql; and what of it redemptions change."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from app.engine.facts import (
    CardOf,
    FreeCodes,
    Listed,
    Need,
    PastEvents,
    PastRedemptions,
    PastSpend,
    Profile,
)
from app.ids import earliest_at

FROM_THE_BEGINNING = UUID(int=0)
# An id is made a moment before or after the time that its redemption bears.
SLACK = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Asked:
    """A need of a rule or a reward, asked for one customer of a project; for nobody, where it is the same for all."""

    project: UUID
    customer: UUID | None
    need: Need

    def row(self, now: datetime) -> tuple[object, ...]:
        """The row of gather.sql; raises ValueError for a need that no statement answers."""
        kind, subject, name, since = _told(self.need, now)
        since_id = FROM_THE_BEGINNING if since is None else earliest_at(since - SLACK)
        return self.project, self.customer, kind, subject, name, since, since_id


def asked_for(project: UUID, customer: UUID | None, needs: Iterable[Need]) -> list[Asked]:
    """The needs as they are asked; about a customer whom nobody knows, nothing is."""
    return [
        Asked(project, None if isinstance(need, FreeCodes) else customer, need)
        for need in needs
        if customer is not None or isinstance(need, FreeCodes)
    ]


def begins(need: PastRedemptions | PastSpend | PastEvents, now: datetime) -> datetime | None:
    """From when on what happened counts; None is from the beginning."""
    within = None if need.within is None else now - need.within
    since = need.since if isinstance(need, PastRedemptions) else None
    return max([one for one in (within, since) if one is not None], default=None)


def depend_on_redemptions(needs: Iterable[Need]) -> bool:
    """Whether a redemption of the customer changes an answer: who judges by it holds the lock of the past."""
    return any(isinstance(need, PastRedemptions | PastSpend) for need in needs)


def added_by(
    need: Need, campaigns: Iterable[UUID | None], currency: str, paid: int, at: datetime, now: datetime
) -> int:
    """How much of the answer at `now` is one redemption, made `at` with codes of those campaigns and main ones.

    `paid` is its total less what was returned, in minor units of its `currency`.
    """
    if not isinstance(need, PastRedemptions | PastSpend):
        return 0
    since = begins(need, now)
    if since is not None and at < since:
        return 0
    if isinstance(need, PastSpend):
        return paid if need.currency == currency else 0
    return int(need.campaign is None or need.campaign in campaigns)


def _told(need: Need, now: datetime) -> tuple[str, UUID | None, str | None, datetime | None]:
    match need:
        case PastRedemptions():
            return "redemptions", need.campaign, None, begins(need, now)
        case PastSpend():
            return "spend", None, need.currency, begins(need, now)
        case PastEvents():
            return "events", None, need.name, begins(need, now)
        case Listed():
            return "listed", need.segment, None, None
        case Profile():
            return "profile", None, None, None
        case CardOf():
            return "card", need.campaign, None, None
        case FreeCodes():
            return "pool", need.pool, None, None
    raise ValueError(f"{need} is answered by nobody who keeps books")
