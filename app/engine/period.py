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
    """The period of that kind which `at` falls into on the clock of the IANA zone; None for ever.

    Each instant is in exactly one period of a kind, and one ends where the next begins, whatever the clocks do.
    """
    if period is Period.EVER:
        return None
    day = at.astimezone(_place(zone)).date()
    window = _window(period, day, zone)
    # Some clocks went back, or were put forward, across midnight: for minutes they showed a day that was over, or had
    # not begun.
    if at >= window.ends:
        return _window(period, day + timedelta(days=1), zone)
    if at < window.starts:
        return _window(period, day - timedelta(days=1), zone)
    return window


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
    """The instant at which the day begins: the first, where midnight comes twice.

    Where the clock jumps from midnight on, Python reads midnight by the clock before the jump: the instant of it.
    """
    return datetime.combine(day, time(), _place(zone)).astimezone(UTC)


@lru_cache(maxsize=1024)
def _place(zone: str) -> ZoneInfo:
    return ZoneInfo(zone)
