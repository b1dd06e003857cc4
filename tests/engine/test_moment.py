"""Moments are told on the campaign's clock, and clock changes are found to the minute."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from app.engine.moment import clock_changes, day_in_words, in_words, moments_of
from tests.engine.shop import NOW

WARSAW = ZoneInfo("Europe/Warsaw")


def test_a_moment_of_today_is_a_time_and_another_a_date() -> None:
    assert in_words(datetime(2026, 7, 22, 16, tzinfo=UTC), "Europe/Warsaw", NOW) == "18:00 Europe/Warsaw"
    assert (
        in_words(datetime(2026, 7, 22, 23, 0, 5, tzinfo=UTC), "Europe/Warsaw", NOW)
        == "Thursday 23 July 2026 01:00:05 Europe/Warsaw"
    )


def test_the_ends_of_the_calendar_are_told_in_utc() -> None:
    last = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    assert in_words(last, "Europe/Warsaw", NOW) == "Friday 31 December 9999 23:59:59 UTC"
    first = datetime(1, 1, 1, tzinfo=UTC)
    assert in_words(first, "America/New_York", NOW) == "Monday 1 January 1 00:00 UTC"


def test_a_time_that_comes_twice_has_two_moments() -> None:
    twice = moments_of(date(2026, 10, 25), time(2, 30), WARSAW)
    assert twice == (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC))
    assert moments_of(date(2026, 7, 22), time(2, 30), WARSAW) == (datetime(2026, 7, 22, 0, 30, tzinfo=UTC),)


def test_clock_changes_are_found_to_the_minute() -> None:
    assert clock_changes(date(2026, 7, 22), WARSAW) == ()
    assert clock_changes(date(2026, 3, 29), WARSAW) == (datetime(2026, 3, 29, 1, tzinfo=UTC),)
    assert clock_changes(date(2026, 10, 25), WARSAW) == (datetime(2026, 10, 25, 1, tzinfo=UTC),)
    # Cairo changes at midnight.
    assert clock_changes(date(2026, 4, 24), ZoneInfo("Africa/Cairo")) == (
        datetime(2026, 4, 23, 22, tzinfo=UTC),
    )


def test_a_day_is_told_without_its_weekday() -> None:
    assert day_in_words(date(2026, 7, 4)) == "4 July 2026"
