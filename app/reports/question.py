"""What is asked of a report, and from which figures it is answered; what they cannot answer exactly is refused."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from app.reports.periods import Comparison, Interval, Period, PeriodError, earlier, period
from app.reports.values import Subject

MOST_GROUPS = 100
# Groups times intervals, per currency.
MOST_POINTS = 2_000
# Of all currencies together: strangers with a public key may have validated in every one there is.
MOST_POINTS_OF_ALL = 6_000


class GroupBy(StrEnum):
    """By what a report is divided; by currency it always is."""

    NONE = "NONE"
    CAMPAIGN = "CAMPAIGN"
    MAIN_CAMPAIGN = "MAIN_CAMPAIGN"
    PARTNER = "PARTNER"
    CATEGORY = "CATEGORY"
    REWARD = "REWARD"
    CHANNEL = "CHANNEL"
    REDEMPTION_POINT = "REDEMPTION_POINT"
    REASON = "REASON"


class Top(StrEnum):
    """Which groups come first: those with most of it, in the whole period."""

    ORDER_VALUE = "ORDER_VALUE"
    DISCOUNT = "DISCOUNT"
    REDEMPTIONS = "REDEMPTIONS"
    REJECTED = "REJECTED"
    COMMISSION = "COMMISSION"


class ReportError(ValueError):
    """The figures cannot answer that; its text says what they can."""


@dataclass(frozen=True, slots=True)
class Only:
    """What is counted; all given conditions must hold. Of the first four the figures know one at a time."""

    campaign: UUID | None = None  # with its sub-campaigns
    partner: UUID | None = None
    category: str | None = None
    reward: str | None = None
    channel: str | None = None
    redemption_point: str | None = None
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """A report that is wanted. `first` groups of each currency; `buyers`: count unique customers as well."""

    project: UUID
    zone: ZoneInfo
    start: datetime
    end: datetime
    interval: Interval = Interval.DAY
    group_by: GroupBy = GroupBy.NONE
    only: Only = Only()
    compared: Comparison | None = None
    first: int = 10
    top: Top = Top.ORDER_VALUE
    buyers: bool = False


@dataclass(frozen=True, slots=True)
class Family:
    """A campaign that is asked for: with its sub-campaigns if it is a main one."""

    id: UUID
    is_main: bool
    subs: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """Rows that answer a question: figures about these subjects (None: all of the kind)."""

    kind: Subject
    subjects: tuple[str, ...] | None


_OF_GROUPS = {
    GroupBy.CAMPAIGN: Subject.CAMPAIGN,
    GroupBy.MAIN_CAMPAIGN: Subject.MAIN_CAMPAIGN,
    GroupBy.PARTNER: Subject.PARTNER,
    GroupBy.CATEGORY: Subject.CATEGORY,
    GroupBy.REWARD: Subject.REWARD,
}


def periods_of(question: Question) -> tuple[Period, Period | None]:
    """The period in intervals, and the one it is compared with. Raises ReportError."""
    if not 1 <= question.first <= MOST_GROUPS:
        raise ReportError(f"A report has 1 to {MOST_GROUPS} groups; {question.first} were asked for.")
    groups = 1 if question.group_by is GroupBy.NONE else question.first
    try:
        present = period(
            question.start, question.end, question.interval, question.zone, MOST_POINTS // groups
        )
    except PeriodError as fault:
        raise ReportError(str(fault)) from None
    if question.compared is None:
        return present, None
    return present, earlier(present, question.compared, question.interval, question.zone)


def most_currencies(question: Question, present: Period) -> int:
    """How many currencies there is room for, whatever happened in how many; at least one."""
    groups = 1 if question.group_by is GroupBy.NONE else question.first
    return max(1, MOST_POINTS_OF_ALL // (groups * present.count))


def source_of(question: Question, family: Family | None) -> Source:
    """Which figures answer it; `family` is that of the campaign it is narrowed to. Raises ReportError."""
    only, wanted = question.only, _OF_GROUPS.get(question.group_by)
    subjects = {
        Subject.PARTNER: None if only.partner is None else only.partner.hex,
        Subject.CATEGORY: only.category,
        Subject.REWARD: only.reward,
    }
    given = [(kind, subject) for kind, subject in subjects.items() if subject is not None]
    if len(given) + (family is not None) > 1:
        raise ReportError(
            "Figures are kept by campaign, by partner, by category and by reward, not by several of these together:"
            " narrow the report to one of them, and to channel, redemptionPoint and currency as you like."
        )
    if family is not None:
        return _of_family(family, wanted)
    if not given:
        return Source(Subject.TOTAL if wanted is None else wanted, None if wanted is not None else ("",))
    [(kind, subject)] = given
    if wanted not in {None, kind}:
        raise _not_by(kind)
    return Source(kind, (subject,))


def _of_family(family: Family, wanted: Subject | None) -> Source:
    if wanted is Subject.CAMPAIGN:
        return Source(Subject.CAMPAIGN, tuple(one.hex for one in (family.id, *family.subs)))
    if wanted is Subject.MAIN_CAMPAIGN and not family.is_main:
        raise ReportError("Only a main campaign, or one that stands alone, can be shown by MAIN_CAMPAIGN.")
    if wanted not in {None, Subject.MAIN_CAMPAIGN}:
        raise _not_by(Subject.CAMPAIGN)
    kind = Subject.MAIN_CAMPAIGN if family.is_main else Subject.CAMPAIGN
    return Source(kind, (family.id.hex,))


def _not_by(kind: Subject) -> ReportError:
    also = " CAMPAIGN, MAIN_CAMPAIGN," if kind is Subject.CAMPAIGN else f" {kind.name},"
    return ReportError(
        f"A report that is narrowed to one {kind.name.lower()} can be divided by{also} CHANNEL, REDEMPTION_POINT or"
        " REASON only: figures are not kept by several subjects together."
    )
