"""Minutes, hours and days where clocks are half hours apart, jump, or go through an hour twice."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.reports.calendar import following, midnight, starts
from app.reports.values import Grain


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "instant", "hour", "day"),
    [
        ("Europe/Warsaw", "2026-06-01T22:31:07", "2026-06-01T22:00", "2026-06-01T22:00"),
        ("Asia/Kolkata", "2026-06-01T18:29:59", "2026-06-01T17:30", "2026-05-31T18:30"),
        ("Asia/Kolkata", "2026-06-01T18:30:00", "2026-06-01T18:30", "2026-06-01T18:30"),
        ("Asia/Kathmandu", "2026-06-01T18:14:59", "2026-06-01T17:15", "2026-05-31T18:15"),
        # The clock goes through 02:00 to 03:00 twice: two hours of one day.
        ("Europe/Warsaw", "2026-10-25T00:59:00", "2026-10-25T00:00", "2026-10-24T22:00"),
        ("Europe/Warsaw", "2026-10-25T01:01:00", "2026-10-25T01:00", "2026-10-24T22:00"),
        # It is set back by half an hour at 02:00: from 01:00 to 02:00 lasts ninety minutes.
        ("Australia/Lord_Howe", "2026-04-04T15:29:00", "2026-04-04T14:00", "2026-04-04T13:00"),
        # It jumps over midnight: the day begins at one.
        ("Africa/Cairo", "2026-04-23T22:10:00", "2026-04-23T22:00", "2026-04-23T22:00"),
        # It goes through the hour after midnight twice: the day begins with the first.
        ("America/Havana", "2026-11-01T05:10:00", "2026-11-01T05:00", "2026-11-01T04:00"),
    ],
)
def test_an_instant_belongs_to_the_hour_and_the_day_of_the_clock(
    zone: str, instant: str, hour: str, day: str
) -> None:
    found = starts(at(instant), ZoneInfo(zone))
    assert found == (at(instant).replace(second=0), at(hour), at(day))


@pytest.mark.parametrize("grain", [Grain.HOUR, Grain.DAY])
@pytest.mark.parametrize(
    "zone",
    [
        "Europe/Warsaw",
        "Australia/Lord_Howe",
        "Africa/Cairo",
        "America/Havana",
        "Asia/Kathmandu",
        "Pacific/Apia",
    ],
)
def test_stretches_follow_each_other_without_a_gap_through_two_years(zone: str, grain: Grain) -> None:
    clock = ZoneInfo(zone)
    begin = midnight(date(2011, 1, 1), clock)
    after = begin
    while after < begin + timedelta(days=730):
        start, after = after, following(after, grain, clock)
        assert timedelta(minutes=30) <= after - start <= timedelta(hours=25)
        assert starts(start, clock)[grain] == start
        assert starts(after - timedelta(minutes=1), clock)[grain] == start
        assert starts(after, clock)[grain] == after


def test_a_minute_follows_a_minute() -> None:
    assert following(at("2026-06-01T22:31"), Grain.MINUTE, ZoneInfo("UTC")) == at("2026-06-01T22:32")
