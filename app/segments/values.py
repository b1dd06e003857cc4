"""Values of this room: a segment, a draft of one, changes to one, and what became of each customer of a list."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from app.engine.segment import Segment as JudgedSegment
from app.engine.unit import Rule
from app.unset import UNSET, Unset

MOST_SEGMENTS = 200  # of a project: for each customer it may be asked in which of them they are
MOST_MEMBERS_AT_ONCE = 1000


class SegmentKind(StrEnum):
    """How a segment knows who is in it; it is one or the other for good."""

    LIST = "LIST"
    LIVE = "LIVE"


@dataclass(frozen=True, slots=True)
class Segment:
    """A set of customers: those on its list, or those for whom `rule` holds now. `version` rises with every change."""

    id: UUID
    name: str
    description: str
    rule: Rule | None
    version: int
    created_at: datetime
    updated_at: datetime

    @property
    def kind(self) -> SegmentKind:
        """A segment with a rule is live, one without is a list."""
        return SegmentKind.LIST if self.rule is None else SegmentKind.LIVE

    @property
    def judged(self) -> JudgedSegment:
        """The segment as the engine sees it."""
        return JudgedSegment(self.id, self.name, self.rule)


@dataclass(frozen=True, slots=True)
class SegmentDraft:
    """A segment to be made: live with a rule about customers, a list without."""

    name: str
    description: str = ""
    rule: Rule | None = None


@dataclass(frozen=True, slots=True)
class SegmentChanges:
    """New values for some fields; UNSET ones stay."""

    name: str | Unset = UNSET
    description: str | Unset = UNSET
    rule: Rule | Unset = UNSET

    def told_of(self, segment: Segment) -> Segment:
        """The segment with the given fields; equal to the one before when they say nothing new."""
        return replace(
            segment,
            name=segment.name if self.name is UNSET else self.name,
            description=segment.description if self.description is UNSET else self.description,
            rule=segment.rule if self.rule is UNSET else self.rule,
        )


class MemberOutcome(StrEnum):
    """What became of one customer who was put on a list, or taken off it."""

    ADDED = "ADDED"
    ALREADY_THERE = "ALREADY_THERE"
    REMOVED = "REMOVED"
    NOT_THERE = "NOT_THERE"
    UNKNOWN_CUSTOMER = "UNKNOWN_CUSTOMER"


@dataclass(frozen=True, slots=True)
class MemberResult:
    """What became of one customer; `customer` is None where there is none of that id or source id."""

    customer: UUID | None
    outcome: MemberOutcome


@dataclass(frozen=True, slots=True)
class MembersChanged:
    """The list as it stands now, and an answer for each customer in the order given."""

    segment: Segment
    results: Sequence[MemberResult]
