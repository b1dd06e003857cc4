"""Windows that open every so many days."""

from datetime import UTC, datetime, timedelta

import pytest

from app.engine.facts import Situation
from app.engine.reason import Reason
from app.engine.remedy import Act, Change
from app.engine.rules.recurring_window import RecurringWindow
from app.engine.unit import UnitError
from tests.engine.shop import NOW, situation

HAPPY_HOUR = RecurringWindow("2026-07-21", 2, "18:00", 60)  # 16:00 UTC in summer


def at(*moment: int, zone: str = "Europe/Warsaw") -> Situation:
    return situation(now=datetime(*moment, tzinfo=UTC), zone=zone)  # type: ignore[misc]  # year, month, day, …


def opens(rule: RecurringWindow, when: Situation) -> datetime | None:
    """When it opens next; None while it is open."""
    reasons = rule.refusals(when)
    assert not reasons or isinstance(reasons[0].expected, datetime)
    return reasons[0].expected if reasons else None  # type: ignore[return-value]  # asserted above


def test_it_is_open_for_an_hour_every_other_day() -> None:
    for day in (21, 23, 25):
        assert opens(HAPPY_HOUR, at(2026, 7, day, 16)) is None
        assert opens(HAPPY_HOUR, at(2026, 7, day, 16, 59, 59)) is None
        assert opens(HAPPY_HOUR, at(2026, 7, day, 17)) == datetime(2026, 7, day + 2, 16, tzinfo=UTC)
        assert opens(HAPPY_HOUR, at(2026, 7, day, 15, 59, 59)) == datetime(2026, 7, day, 16, tzinfo=UTC)


def test_outside_it_is_told_when_it_opens() -> None:
    next_time = datetime(2026, 7, 23, 16, tzinfo=UTC)
    assert HAPPY_HOUR.refusals(situation()) == (
        Reason(
            "OUTSIDE_RECURRING_WINDOW",
            "This offer is valid every 2 days from 21 July 2026 on, for 60 minutes from 18:00 (Europe/Warsaw).",
            subject="now",
            expected=next_time,
            actual=NOW,
            remedy="Valid from Thursday 23 July 2026 18:00 Europe/Warsaw.",
            change=Change(Act.COME_AT, at=next_time),
        ),
    )


def test_before_the_from_day_it_waits_for_that() -> None:
    assert opens(HAPPY_HOUR, at(2020, 1, 1)) == datetime(2026, 7, 21, 16, tzinfo=UTC)


def test_a_window_may_last_for_days() -> None:
    long = RecurringWindow("2026-07-01", 7, "12:00", 3 * 24 * 60)
    assert opens(long, at(2026, 7, 4, 9, 59)) is None
    assert opens(long, at(2026, 7, 4, 10)) == datetime(2026, 7, 8, 10, tzinfo=UTC)


def test_when_clocks_change_it_opens_by_the_clock_and_lasts_as_long() -> None:
    evening = RecurringWindow("2026-03-28", 1, "18:00", 60)
    assert opens(evening, at(2026, 3, 28)) == datetime(2026, 3, 28, 17, tzinfo=UTC)
    assert opens(evening, at(2026, 3, 29)) == datetime(2026, 3, 29, 16, tzinfo=UTC)


def test_a_time_that_the_clock_jumps_over_opens_at_the_jump() -> None:
    night = RecurringWindow("2026-03-29", 1, "02:30", 60)
    assert opens(night, at(2026, 3, 29)) == datetime(2026, 3, 29, 1, tzinfo=UTC)
    assert opens(night, at(2026, 3, 29, 1, 59)) is None
    assert opens(night, at(2026, 3, 29, 2)) == datetime(2026, 3, 30, 0, 30, tzinfo=UTC)


def test_a_time_that_comes_twice_opens_at_the_first() -> None:
    night = RecurringWindow("2026-10-25", 1, "02:30", 60)
    assert opens(night, at(2026, 10, 25)) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert opens(night, at(2026, 10, 25, 1, 29)) is None
    assert opens(night, at(2026, 10, 25, 1, 30)) == datetime(2026, 10, 26, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize("zone", ["America/Santiago", "Asia/Beirut", "Pacific/Apia", "Australia/Lord_Howe"])
def test_every_day_of_a_year_it_is_open_once(zone: str) -> None:
    midnight = RecurringWindow("2026-01-01", 1, "00:00", 30)
    when, openings = datetime(2026, 1, 1, 12, tzinfo=UTC), 0
    while when < datetime(2027, 1, 1, 12, tzinfo=UTC):
        following = opens(midnight, situation(now=when, zone=zone))
        assert following is not None
        openings, when = openings + 1, following + timedelta(minutes=30)
    assert openings in (365, 366)


def test_the_moment_is_shown() -> None:
    assert HAPPY_HOUR.actual(situation()) == NOW


@pytest.mark.parametrize(
    ("parameters", "path"),
    [
        (("2026-2-1", 1, "18:00", 60), "from_day"),
        (("3000-01-01", 1, "18:00", 60), "from_day"),
        (("2026-07-01", 0, "18:00", 60), "every_days"),
        (("2026-07-01", 367, "18:00", 60), "every_days"),
        (("2026-07-01", 1, "24:00", 60), "starts"),
        (("2026-07-01", 1, "18:00", 0), "minutes"),
        (("2026-07-01", 1, "18:00", 1261), "minutes"),
    ],
)
def test_faulty_parameters_are_refused_with_their_path(
    parameters: tuple[str, int, str, int], path: str
) -> None:
    with pytest.raises(UnitError) as refused:
        RecurringWindow(*parameters)
    assert refused.value.path == path
