"""Periods begin and end on the clock of a place, and every instant is in exactly one."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine.period import Period, Window, window_of


def utc(text: str) -> datetime:
    """An instant written as `2026-07-22 15:00`, UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def window(period: str, starts: str, ends: str) -> Window:
    return Window(Period(period), utc(starts), utc(ends))


@pytest.mark.parametrize(
    ("zone", "at", "starts", "ends"),
    [
        ("UTC", "2026-07-22 15:00", "2026-07-22 00:00", "2026-07-23 00:00"),
        ("Asia/Tokyo", "2026-07-22 14:59:59", "2026-07-21 15:00", "2026-07-22 15:00"),
        ("Asia/Tokyo", "2026-07-22 15:00", "2026-07-22 15:00", "2026-07-23 15:00"),
        ("Asia/Kathmandu", "2026-07-22 18:14:59", "2026-07-21 18:15", "2026-07-22 18:15"),
        ("America/New_York", "2026-07-22 03:59", "2026-07-21 04:00", "2026-07-22 04:00"),
        # The clocks go forward: a day of 23 hours. And back: one of 25.
        ("America/New_York", "2026-03-08 12:00", "2026-03-08 05:00", "2026-03-09 04:00"),
        ("America/New_York", "2026-11-01 12:00", "2026-11-01 04:00", "2026-11-02 05:00"),
        ("Australia/Lord_Howe", "2026-10-03 20:00", "2026-10-03 13:30", "2026-10-04 13:00"),
    ],
)
def test_a_day_lasts_from_midnight_to_midnight_of_the_place(
    zone: str, at: str, starts: str, ends: str
) -> None:
    assert window_of(Period.DAY, utc(at), zone) == window("DAY", starts, ends)


def test_a_day_whose_midnight_is_missing_begins_when_the_clock_jumps() -> None:
    # São Paulo, 4 November 2018: after 23:59:59 came 01:00:00.
    before = window("DAY", "2018-11-03 03:00", "2018-11-04 03:00")
    after = window("DAY", "2018-11-04 03:00", "2018-11-05 02:00")
    assert window_of(Period.DAY, utc("2018-11-04 02:59:59"), "America/Sao_Paulo") == before
    assert window_of(Period.DAY, utc("2018-11-04 03:00"), "America/Sao_Paulo") == after


def test_a_day_whose_midnight_comes_twice_begins_with_the_first() -> None:
    # Havana, 1 November 2026: at 01:00 it is 00:00 again.
    day = window("DAY", "2026-11-01 04:00", "2026-11-02 05:00")
    for at in ("2026-11-01 04:00", "2026-11-01 04:59", "2026-11-01 05:00", "2026-11-02 04:59"):
        assert window_of(Period.DAY, utc(at), "America/Havana") == day
    assert window_of(Period.DAY, utc("2026-11-01 03:59"), "America/Havana") == window(
        "DAY", "2026-10-31 04:00", "2026-11-01 04:00"
    )


def test_a_day_that_has_begun_is_not_over_when_the_clock_goes_back_into_the_one_before() -> None:
    # Goose Bay, 30 October 2005: at 00:01 it was 23:01 of the 29th again.
    day = window("DAY", "2005-10-30 03:00", "2005-10-31 04:00")
    for at in ("2005-10-30 03:00", "2005-10-30 03:01", "2005-10-30 03:59"):
        assert window_of(Period.DAY, utc(at), "America/Goose_Bay") == day


def test_a_day_that_a_country_left_out_has_no_window() -> None:
    # Samoa crossed the date line: after Thursday 29 December 2011 came Saturday the 31st.
    thursday = window("DAY", "2011-12-29 10:00", "2011-12-30 10:00")
    saturday = window("DAY", "2011-12-30 10:00", "2011-12-31 10:00")
    assert window_of(Period.DAY, utc("2011-12-30 09:59"), "Pacific/Apia") == thursday
    assert window_of(Period.DAY, utc("2011-12-30 10:00"), "Pacific/Apia") == saturday


@pytest.mark.parametrize(
    ("period", "at", "starts", "ends"),
    [
        # Wednesday 22 July 2026, and the edges of its week.
        ("WEEK", "2026-07-22 12:00", "2026-07-19 22:00", "2026-07-26 22:00"),
        ("WEEK", "2026-07-19 21:59", "2026-07-12 22:00", "2026-07-19 22:00"),
        ("WEEK", "2026-07-19 22:00", "2026-07-19 22:00", "2026-07-26 22:00"),
        # ISO week 53 of 2026 reaches into January, week 1 of 2025 began in December.
        ("WEEK", "2027-01-01 12:00", "2026-12-27 23:00", "2027-01-03 23:00"),
        ("WEEK", "2024-12-31 12:00", "2024-12-29 23:00", "2025-01-05 23:00"),
        # The week in which the clocks go forward is an hour short.
        ("WEEK", "2026-03-29 12:00", "2026-03-22 23:00", "2026-03-29 22:00"),
        ("MONTH", "2026-01-31 22:59:59", "2025-12-31 23:00", "2026-01-31 23:00"),
        ("MONTH", "2026-01-31 23:00", "2026-01-31 23:00", "2026-02-28 23:00"),
        ("MONTH", "2028-02-29 12:00", "2028-01-31 23:00", "2028-02-29 23:00"),
        ("MONTH", "2026-12-31 22:59", "2026-11-30 23:00", "2026-12-31 23:00"),
        ("MONTH", "2026-07-22 12:00", "2026-06-30 22:00", "2026-07-31 22:00"),
        ("YEAR", "2026-12-31 22:59:59", "2025-12-31 23:00", "2026-12-31 23:00"),
        ("YEAR", "2026-12-31 23:00", "2026-12-31 23:00", "2027-12-31 23:00"),
        ("YEAR", "2028-02-29 12:00", "2027-12-31 23:00", "2028-12-31 23:00"),
    ],
)
def test_weeks_begin_on_monday_and_months_and_years_on_their_first_day(
    period: str, at: str, starts: str, ends: str
) -> None:
    assert window_of(Period(period), utc(at), "Europe/Warsaw") == window(period, starts, ends)


def test_for_ever_is_no_window() -> None:
    assert window_of(Period.EVER, utc("2026-07-22 12:00"), "Asia/Tokyo") is None


def test_the_instant_may_come_with_any_offset() -> None:
    elsewhere = datetime(2026, 7, 23, 0, 30, tzinfo=ZoneInfo("Asia/Tokyo"))
    assert window_of(Period.DAY, elsewhere, "Asia/Tokyo") == window_of(
        Period.DAY, elsewhere.astimezone(UTC), "Asia/Tokyo"
    )


INSTANTS = st.integers(0, 60 * 24 * 365 * 60).map(
    lambda minutes: utc("1978-01-01") + timedelta(minutes=minutes)
)
ZONES = st.sampled_from(sorted(name for name in available_timezones() if "/" in name))


@settings(max_examples=300)
@given(st.sampled_from([period for period in Period if period is not Period.EVER]), INSTANTS, ZONES)
def test_every_instant_is_in_one_period_and_periods_touch(period: Period, at: datetime, zone: str) -> None:
    found = window_of(period, at, zone)
    assert found is not None
    assert found.starts <= at < found.ends
    assert window_of(period, found.starts, zone) == found
    assert window_of(period, found.ends - timedelta(microseconds=1), zone) == found
    after = window_of(period, found.ends, zone)
    assert after is not None
    assert after.starts == found.ends
