"""Calendar periods on the clock of a place: the day, week, month or year that an instant falls into."""

from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo


class Period(StrEnum):
    """How long something counts before it starts again at nought; weeks begin on Monday (ISO 8601)."""

    EVER = "EVER"
    DAY = "DAY"
    WEEK = "WEEK"
    MONTH = "MONTH"
    YEAR = "YEAR"


class Window(NamedTuple):
    """One such period: from `starts` up to, not including, `ends`; both UTC."""

    period: Period
    starts: datetime
    ends: datetime


def window_of(period: Period, at: datetime, zone: str) -> Window | None:
    """The period of that kind which `at` falls into on the clock of the IANA zone; None for ever."""
    if period is Period.EVER:
        return None
    return _window(period, at.astimezone(_place(zone)).date(), zone)


@lru_cache(maxsize=4096)
def _window(period: Period, day: date, zone: str) -> Window:
    match period:
        case Period.WEEK:
            first = day - timedelta(days=day.weekday())
            after = first + timedelta(days=7)
        case Period.MONTH:
            first = day.replace(day=1)
            after = (first + timedelta(days=32)).replace(day=1)
        case Period.YEAR:
            first = day.replace(month=1, day=1)
            after = first.replace(year=first.year + 1)
        case _:
            first, after = day, day + timedelta(days=1)
    return Window(period, _midnight(first, zone), _midnight(after, zone))


def _midnight(day: date, zone: str) -> datetime:
    """The instant at which the day begins.

    Where the clock jumps over midnight, Python reads midnight by the clock before the jump: the very instant of it. A
    midnight that comes twice is read as the first, so that no instant lies between two days.
    """
    return datetime.combine(day, time(), _place(zone)).astimezone(UTC)


@lru_cache(maxsize=1024)
def _place(zone: str) -> ZoneInfo:
    return ZoneInfo(zone)
