"""Periods in intervals, and what they are compared with."""

from datetime import UTC, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from app.reports.periods import Comparison, Interval, Period, PeriodError, earlier, period

WARSAW = ZoneInfo("Europe/Warsaw")


def at(text: str, zone: ZoneInfo = WARSAW) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def told(one: Period, zone: ZoneInfo = WARSAW) -> list[str]:
    """The bounds by the clock on the wall."""
    return [bound.astimezone(zone).strftime("%Y-%m-%d %H:%M") for bound in one.bounds]


@pytest.mark.parametrize(
    ("interval", "start", "end", "first", "last", "count"),
    [
        (
            Interval.MINUTE,
            "2026-06-01T12:00:30",
            "2026-06-01T12:02",
            "2026-06-01 12:00",
            "2026-06-01 12:02",
            2,
        ),
        (Interval.HOUR, "2026-06-01T12:10", "2026-06-01T14:01", "2026-06-01 12:00", "2026-06-01 15:00", 3),
        (Interval.DAY, "2026-06-01T00:00", "2026-06-03T00:00", "2026-06-01 00:00", "2026-06-03 00:00", 2),
        (Interval.WEEK, "2026-06-03T09:00", "2026-06-09T00:00", "2026-06-01 00:00", "2026-06-15 00:00", 2),
        (Interval.MONTH, "2025-12-31T23:00", "2026-02-01T00:01", "2025-12-01 00:00", "2026-03-01 00:00", 3),
    ],
)
def test_a_period_has_all_intervals_that_any_part_of_it_lies_in(
    interval: Interval, start: str, end: str, first: str, last: str, count: int
) -> None:
    found = period(at(start), at(end), interval, WARSAW, 100)
    assert (told(found)[0], told(found)[-1], found.count) == (first, last, count)


def test_the_day_on_which_the_clock_is_set_back_has_twenty_five_hours() -> None:
    found = period(at("2026-10-25T00:00"), at("2026-10-26T00:00"), Interval.HOUR, WARSAW, 100)
    assert found.count == 25
    assert {(after - before).total_seconds() for before, after in pairwise(found.bounds)} == {3600.0}


@pytest.mark.parametrize(
    ("interval", "start", "end", "compared", "first", "last"),
    [
        (Interval.DAY, "2026-06-08", "2026-06-15", "PREVIOUS_PERIOD", "2026-06-01 00:00", "2026-06-08 00:00"),
        # Over the change of clocks days stay days.
        (Interval.DAY, "2026-03-30", "2026-04-01", "PREVIOUS_PERIOD", "2026-03-28 00:00", "2026-03-30 00:00"),
        (
            Interval.MONTH,
            "2026-01-01",
            "2026-03-01",
            "PREVIOUS_PERIOD",
            "2025-11-01 00:00",
            "2026-01-01 00:00",
        ),
        (
            Interval.WEEK,
            "2026-06-08",
            "2026-06-15",
            "PREVIOUS_PERIOD",
            "2026-06-01 00:00",
            "2026-06-08 00:00",
        ),
        (
            Interval.HOUR,
            "2026-06-08",
            "2026-06-09",
            "PREVIOUS_PERIOD",
            "2026-06-07 00:00",
            "2026-06-08 00:00",
        ),
        (
            Interval.MINUTE,
            "2026-06-08T10:00",
            "2026-06-08T10:05",
            "PREVIOUS_PERIOD",
            "2026-06-08 09:55",
            "2026-06-08 10:00",
        ),
        (Interval.DAY, "2026-06-08", "2026-06-15", "PREVIOUS_YEAR", "2025-06-08 00:00", "2025-06-15 00:00"),
        (Interval.DAY, "2024-02-29", "2024-03-02", "PREVIOUS_YEAR", "2023-02-28 00:00", "2023-03-02 00:00"),
        # A Monday 52 weeks before.
        (Interval.WEEK, "2026-06-08", "2026-06-15", "PREVIOUS_YEAR", "2025-06-09 00:00", "2025-06-16 00:00"),
        (Interval.MONTH, "2026-01-01", "2026-03-01", "PREVIOUS_YEAR", "2025-01-01 00:00", "2025-03-01 00:00"),
        (
            Interval.HOUR,
            "2026-06-08T10:00",
            "2026-06-08T12:00",
            "PREVIOUS_YEAR",
            "2025-06-08 10:00",
            "2025-06-08 12:00",
        ),
    ],
)
def test_an_earlier_period_has_as_many_intervals(
    interval: Interval, start: str, end: str, compared: str, first: str, last: str
) -> None:
    present = period(at(start), at(end), interval, WARSAW, 100)
    before = earlier(present, Comparison(compared), interval, WARSAW)
    assert (told(before)[0], told(before)[-1], before.count) == (first, last, present.count)


@pytest.mark.parametrize(
    ("start", "end", "why"),
    [
        ("2026-06-01", "2026-06-01", "must end later"),
        ("2026-06-02", "2026-06-01", "must end later"),
        ("1970-06-01", "2026-06-01", "from 1971 to 2999"),
        ("2026-06-01", "9999-06-01", "from 1971 to 2999"),
        ("2026-06-01", "2026-09-10", "at most 100 points"),
        ("2026-06-01", "2999-09-10", "at most 100 points"),
    ],
)
def test_what_is_no_period_is_said(start: str, end: str, why: str) -> None:
    with pytest.raises(PeriodError, match=why):
        period(at(start), at(end), Interval.DAY, WARSAW, 100)


def test_a_hundred_points_are_not_too_many() -> None:
    assert period(at("2026-06-01"), at("2026-09-09"), Interval.DAY, WARSAW, 100).count == 100
