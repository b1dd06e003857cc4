"""Who is in which segments, and why not: judged in memory by the segments' own rules, as the till judges codes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.database import fetch
from app.engine.cart import Cart
from app.engine.facts import Facts, Situation
from app.engine.reason import Reason
from app.engine.rules.in_segment import InSegment
from app.engine.segment import Segment
from app.redemptions.counters import gather
from app.redemptions.needs import Asked


@dataclass(frozen=True, slots=True)
class Place:
    """Where nobody buys anything: the project, with its currency and the IANA time zone on whose clock it judges."""

    project: UUID
    zone: str
    currency: str


async def why_not_in(
    place: Place, wanted: Sequence[tuple[UUID, Segment]], now: datetime
) -> dict[tuple[UUID, UUID], tuple[Reason, ...]]:
    """For each customer and segment, by their ids, why the customer is not in it; nothing where the customer is.

    The customers must be the project's. One statement for any number of customers and segments.
    """
    asked = {
        Asked(place.project, customer, need): None for customer, segment in wanted for need in segment.needs
    }
    found = await gather(fetch, (), list(asked), now)
    facts = found.facts({customer: None for customer, _ in wanted})
    return {
        (customer, segment.id): _why_not(
            _situation(place, facts[customer], {segment.id: segment}, now), segment
        )
        for customer, segment in wanted
    }


def _situation(place: Place, facts: Facts, segments: Mapping[UUID, Segment], now: datetime) -> Situation:
    return Situation(Cart(place.currency, ()), facts, now, place.zone, segments=segments)


def _why_not(situation: Situation, segment: Segment) -> tuple[Reason, ...]:
    """A live segment's own reasons say more than that one is not in it."""
    rule = InSegment(segment.id) if segment.rule is None else segment.rule
    return rule.refusals(situation)
