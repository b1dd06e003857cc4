"""Periods of a report in the project's zone, cut into intervals: pure."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from app.reports.calendar import following, midnight, starts
from app.reports.values import Grain

# Beyond these years calendars are guesses, and so are the reports.
FIRST_YEAR, LAST_YEAR = 1971, 2999


class Interval(StrEnum):
    """The stretches of time into which a report cuts its period."""

    MINUTE = "MINUTE"
    HOUR = "HOUR"
    DAY = "DAY"
    WEEK = "WEEK"
    MONTH = "MONTH"

    @property
    def grain(self) -> Grain:
        """The figures it is added up from: weeks and months from days."""
        return Grain[self.name] if self.name in Grain.__members__ else Grain.DAY

    @property
    def shortest(self) -> timedelta:
        """It never lasts less, but for hours and days on which a clock is set."""
        return _SHORTEST[self]


_SHORTEST = {
    Interval.MINUTE: timedelta(minutes=1),
    Interval.HOUR: timedelta(hours=1),
    Interval.DAY: timedelta(days=1),
    Interval.WEEK: timedelta(days=7),
    Interval.MONTH: timedelta(days=28),
}


class Comparison(StrEnum):
    """With which earlier period a report compares."""

    PREVIOUS_PERIOD = "PREVIOUS_PERIOD"
    PREVIOUS_YEAR = "PREVIOUS_YEAR"


class PeriodError(ValueError):
    """There is no such period; its text says why."""


@dataclass(frozen=True, slots=True)
class Period:
    """A period in intervals: each begins at one of the `bounds` and ends at the next."""

    bounds: tuple[datetime, ...]

    @property
    def count(self) -> int:
        """How many intervals there are."""
        return len(self.bounds) - 1


def period(start: datetime, end: datetime, interval: Interval, zone: ZoneInfo, most: int) -> Period:
    """The whole intervals that any part of [start, end) lies in. Raises PeriodError, also for more than `most`."""
    if not (FIRST_YEAR <= start.year <= LAST_YEAR and FIRST_YEAR <= end.year <= LAST_YEAR):
        raise PeriodError(f"A report covers years from {FIRST_YEAR} to {LAST_YEAR}.")
    if start >= end:
        raise PeriodError("The period must end later than it starts.")
    if (end - start) / interval.shortest > most + 2:
        raise _too_many(most)
    bounds = [_first(start, interval, zone)]
    while bounds[-1] < end:
        bounds.append(_next(bounds[-1], interval, zone))
    if len(bounds) - 1 > most:
        raise _too_many(most)
    return Period(tuple(bounds))


def earlier(present: Period, compared: Comparison, interval: Interval, zone: ZoneInfo) -> Period:
    """As many intervals before the period, or a year before it: the first compares with the first, and so on.

    A week is compared with the one 52 weeks before, so that weekdays stand side by side; where a year has no such
    day, its last day of that month stands for it.
    """
    if compared is Comparison.PREVIOUS_YEAR:
        bounds = [_year_before(present.bounds[0], interval, zone)]
    else:
        bounds = [_back(present, interval, zone)]
    while len(bounds) <= present.count:
        bounds.append(_next(bounds[-1], interval, zone))
    return Period(tuple(bounds))


def _too_many(most: int) -> PeriodError:
    return PeriodError(
        f"A series has at most {most} points: choose a longer interval or a shorter period, or fewer groups."
    )


def _first(instant: datetime, interval: Interval, zone: ZoneInfo) -> datetime:
    if interval in {Interval.MINUTE, Interval.HOUR, Interval.DAY}:
        return starts(instant, zone)[interval.grain]
    day = instant.astimezone(zone).date()
    return midnight(_week_of(day) if interval is Interval.WEEK else day.replace(day=1), zone)


def _next(start: datetime, interval: Interval, zone: ZoneInfo) -> datetime:
    if interval in {Interval.MINUTE, Interval.HOUR, Interval.DAY}:
        return following(start, interval.grain, zone)
    day = start.astimezone(zone).date()
    return midnight(_week_of(day) + timedelta(days=7) if interval is Interval.WEEK else _month(day, 1), zone)


def _back(present: Period, interval: Interval, zone: ZoneInfo) -> datetime:
    begin, count = present.bounds[0], present.count
    if interval in {Interval.MINUTE, Interval.HOUR}:
        return starts(begin - count * interval.shortest, zone)[interval.grain]
    day = begin.astimezone(zone).date()
    if interval is Interval.MONTH:
        return midnight(_month(day, -count), zone)
    return midnight(day - timedelta(days=count * (7 if interval is Interval.WEEK else 1)), zone)


def _year_before(begin: datetime, interval: Interval, zone: ZoneInfo) -> datetime:
    if interval is Interval.WEEK:
        return midnight(begin.astimezone(zone).date() - timedelta(weeks=52), zone)
    local = begin.astimezone(zone)
    is_leap_day = (local.month, local.day) == (2, 29)
    before = local.replace(year=local.year - 1, day=28 if is_leap_day else local.day)
    return _first(before, interval, zone)


def _week_of(day: date) -> date:
    """The Monday of its week."""
    return day - timedelta(days=day.weekday())


def _month(day: date, months: int) -> date:
    """The first day of the month so many months later."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, 1)
