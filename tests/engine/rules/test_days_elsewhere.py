"""Days begin and end at midnight of the campaign's zone, to the microsecond, also those of 23 and of 25 hours."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from app.engine.facts import Situation
from app.engine.rules.birthday import Birthday
from app.engine.rules.calendar_days import CalendarDays
from app.engine.rules.date_window import DateWindow
from app.engine.rules.nth_weekday import NthWeekday
from app.engine.rules.recurring_window import RecurringWindow
from app.engine.rules.time_window import TimeWindow
from app.engine.shopper import Shopper
from app.engine.unit import Rule
from tests.engine.shop import ANNA, situation

TICK = timedelta(microseconds=1)
# A day of a zone, the instants when it begins and when the next one does, and how the first is told.
DAYS = [
    ("Asia/Tokyo", "2026-07-22", "2026-07-21T15:00Z", "2026-07-22T15:00Z", "Wednesday 22 July 2026"),
    ("Asia/Tokyo", "2026-12-31", "2026-12-30T15:00Z", "2026-12-31T15:00Z", "Thursday 31 December 2026"),
    ("America/New_York", "2026-07-22", "2026-07-22T04:00Z", "2026-07-23T04:00Z", "Wednesday 22 July 2026"),
    ("America/New_York", "2026-03-08", "2026-03-08T05:00Z", "2026-03-09T04:00Z", "Sunday 8 March 2026"),
    ("America/New_York", "2026-11-01", "2026-11-01T04:00Z", "2026-11-02T05:00Z", "Sunday 1 November 2026"),
]


def rules_of(day: date) -> list[Rule]:
    """Each rule that a whole day can be said with."""
    return [
        DateWindow(day.isoformat(), day.isoformat()),
        CalendarDays((day.day,), (day.month,)),
        NthWeekday((day.isoweekday(),), ((day.day + 6) // 7,)),
        TimeWindow((day.isoweekday(),), "00:00", "24:00"),
        Birthday(),
    ]


def at(moment: datetime, zone: str, born: date) -> Situation:
    here = situation(now=moment, zone=zone, customer=ANNA)
    return replace(here, facts=replace(here.facts, shopper=Shopper("anna", birthday=born.replace(year=1990))))


@pytest.mark.parametrize(("zone", "day", "begins", "ends", "words"), DAYS)
def test_a_day_is_a_day_of_the_zone_from_its_first_instant_to_its_last(
    zone: str, day: str, begins: str, ends: str, words: str
) -> None:
    on, first, over = date.fromisoformat(day), datetime.fromisoformat(begins), datetime.fromisoformat(ends)
    for rule in rules_of(on):
        holds = [rule.refusals(at(when, zone, on)) == () for when in (first, over - TICK, over)]
        assert holds == [True, True, False], rule
        (reason,) = rule.refusals(at(first - TICK, zone, on))
        assert (reason.expected, reason.change and reason.change.at) == (first, first), rule
        assert reason.remedy in (f"Valid from {words} 00:00 {zone}.", f"Valid from 00:00 {zone}."), rule


@pytest.mark.parametrize(("zone", "day", "begins", "ends", "words"), DAYS)
def test_a_window_that_comes_again_opens_at_midnight_and_stays_open_as_long_as_it_says(
    zone: str, day: str, begins: str, ends: str, words: str
) -> None:
    on, first = date.fromisoformat(day), datetime.fromisoformat(begins)
    rule = RecurringWindow(day, 7, "00:00", 24 * 60)
    closes = first + timedelta(hours=24)  # an hour before or after the day, when that is one of 25 or of 23
    holds = [rule.refusals(at(when, zone, on)) == () for when in (first - TICK, first, closes - TICK, closes)]
    assert holds == [False, True, True, False]


@pytest.mark.parametrize(("day", "off"), [("2026-03-07", -5), ("2026-03-08", -4), ("2026-11-01", -5)])
def test_the_last_hour_of_a_day_is_that_of_the_clock_on_the_wall(day: str, off: int) -> None:
    late = TimeWindow((6, 7), "23:00", "24:00")
    opens = datetime.fromisoformat(f"{day}T23:00").replace(tzinfo=UTC) - timedelta(hours=off)
    moments = (opens - TICK, opens, opens + timedelta(hours=1) - TICK, opens + timedelta(hours=1))
    holds = [late.refusals(situation(now=moment, zone="America/New_York")) == () for moment in moments]
    assert holds == [False, True, True, False]
