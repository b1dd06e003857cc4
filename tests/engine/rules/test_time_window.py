"""Time windows, on the wall clock, over midnight and through clock changes."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.engine.reason import Reason
from app.engine.remedy import Act, Change
from app.engine.rules.time_window import TimeWindow
from app.engine.unit import UnitError
from tests.engine.shop import situation

EVENINGS = TimeWindow((1, 2, 3, 4, 5), "18:00", "23:00")
NIGHTS = TimeWindow((5,), "22:00", "02:00")
EVERY_DAY = (1, 2, 3, 4, 5, 6, 7)
WARSAW = "Europe/Warsaw"


def at(local: str, zone: str = WARSAW, fold: int = 0) -> datetime:
    """A local time as an instant in UTC."""
    return datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


def opens(rule: TimeWindow, now: datetime, zone: str = WARSAW) -> bool:
    return rule.refusals(situation(now=now, zone=zone)) == ()


def next_opening(rule: TimeWindow, now: datetime, zone: str = WARSAW) -> object:
    return rule.refusals(situation(now=now, zone=zone))[0].expected


@pytest.mark.parametrize(
    ("rule", "local", "is_open"),
    [
        (EVENINGS, "2026-07-22 17:59:59", False),
        (EVENINGS, "2026-07-22 18:00", True),
        (EVENINGS, "2026-07-22 22:59:59", True),
        (EVENINGS, "2026-07-22 23:00", False),
        (EVENINGS, "2026-07-25 19:00", False),  # a Saturday
        (NIGHTS, "2026-07-24 22:00", True),  # Friday night
        (NIGHTS, "2026-07-25 01:59", True),  # belongs to Friday
        (NIGHTS, "2026-07-25 02:00", False),
        (NIGHTS, "2026-07-25 23:00", False),  # Saturday night
        (NIGHTS, "2026-07-24 01:00", False),  # belongs to Thursday
        (TimeWindow((7,), "23:00", "01:00"), "2026-07-27 00:30", True),  # Sunday's, on Monday
        (TimeWindow((3,), "00:00", "24:00"), "2026-07-22 00:00", True),
        (TimeWindow((3,), "00:00", "24:00"), "2026-07-22 23:59:59", True),
        (TimeWindow((3,), "00:00", "24:00"), "2026-07-23 00:00", False),
        (TimeWindow((3,), "22:00", "24:00"), "2026-07-23 00:00", False),
        (TimeWindow((3,), "22:00", "00:00"), "2026-07-22 23:59", True),
        (TimeWindow((3,), "22:00", "00:00"), "2026-07-23 00:00", False),
    ],
)
def test_a_window_is_open_from_its_start_up_to_its_end(rule: TimeWindow, local: str, is_open: bool) -> None:
    assert opens(rule, at(local)) is is_open


def test_a_shopper_who_is_early_is_told_when_it_opens() -> None:
    now = at("2026-07-22 17:00")
    assert EVENINGS.refusals(situation(now=now)) == (
        Reason(
            "OUTSIDE_TIME_WINDOW",
            "This offer is valid on Monday, Tuesday, Wednesday, Thursday, Friday from 18:00 to 23:00 (Europe/Warsaw); "
            "it is Wednesday 17:00 there.",
            subject="now",
            expected=at("2026-07-22 18:00"),
            actual=now,
            remedy="Valid from 18:00 Europe/Warsaw.",
            change=Change(Act.COME_AT, at=at("2026-07-22 18:00")),
        ),
    )


def test_after_the_last_window_of_the_week_the_next_week_is_named() -> None:
    reason = EVENINGS.refusals(situation(now=at("2026-07-24 23:30")))[0]
    assert reason.remedy == "Valid from Monday 27 July 2026 18:00 Europe/Warsaw."
    assert next_opening(TimeWindow((5,), "18:00", "19:00"), at("2026-07-24 19:00")) == at("2026-07-31 18:00")


def test_the_clock_is_the_campaigns_and_not_utc() -> None:
    now = datetime(2026, 7, 22, 17, tzinfo=UTC)
    assert opens(EVENINGS, now)  # 19:00 in Warsaw
    assert EVENINGS.actual(situation(now=now)) == now
    assert not opens(EVENINGS, now, "UTC")
    assert not opens(EVENINGS, now, "America/New_York")  # 13:00


def test_the_same_evening_hour_holds_before_and_after_the_clock_change() -> None:
    sundays = TimeWindow((6, 7), "18:00", "19:00")
    for day in ("2026-03-28", "2026-03-29", "2026-10-24", "2026-10-25"):
        assert opens(sundays, at(f"{day} 18:00"))
        assert opens(sundays, at(f"{day} 18:59"))
        assert not opens(sundays, at(f"{day} 19:00"))
    assert next_opening(sundays, at("2026-03-28 20:00")) == datetime(2026, 3, 29, 16, tzinfo=UTC)


def test_a_window_inside_a_skipped_hour_never_opens_that_day() -> None:
    skipped = TimeWindow((7,), "02:15", "02:45")
    start = at("2026-03-29 00:00")
    assert not any(opens(skipped, start + timedelta(minutes=minutes)) for minutes in range(0, 300, 5))
    assert next_opening(skipped, at("2026-03-29 01:00")) == at("2026-04-05 02:15")


def test_a_window_that_starts_in_a_skipped_hour_opens_when_the_clock_has_jumped() -> None:
    rule = TimeWindow((7,), "02:30", "05:00")
    jump = datetime(2026, 3, 29, 1, tzinfo=UTC)
    assert not opens(rule, jump - timedelta(seconds=1))
    assert opens(rule, jump)
    assert next_opening(rule, at("2026-03-29 01:00")) == jump
    midnight = TimeWindow(EVERY_DAY, "00:30", "05:00")
    assert next_opening(midnight, at("2026-04-23 20:00", "Africa/Cairo"), "Africa/Cairo") == datetime(
        2026, 4, 23, 22, tzinfo=UTC
    )


def test_a_time_that_comes_twice_is_met_twice() -> None:
    rule = TimeWindow((7,), "02:15", "02:45")
    for fold in (0, 1):
        assert opens(rule, at("2026-10-25 02:30", fold=fold))
        assert not opens(rule, at("2026-10-25 02:50", fold=fold))
    assert next_opening(rule, at("2026-10-25 02:50", fold=0)) == at("2026-10-25 02:15", fold=1)
    # Opened at 01:00, closed at the first 02:30, and open again as the clock falls back to 02:00.
    early = TimeWindow((7,), "01:00", "02:30")
    assert next_opening(early, at("2026-10-25 02:45", fold=0)) == datetime(2026, 10, 25, 1, tzinfo=UTC)


@pytest.mark.parametrize("rule", [EVENINGS, NIGHTS, TimeWindow(EVERY_DAY, "02:15", "02:45")])
@pytest.mark.parametrize("day", ["2026-03-28", "2026-07-24", "2026-10-24"])
def test_the_named_opening_is_the_very_first_open_minute(rule: TimeWindow, day: str) -> None:
    now = at(f"{day} 12:00") + timedelta(seconds=30)
    told = next_opening(rule, now)
    minute = now.replace(second=0) + timedelta(minutes=1)
    while not opens(rule, minute):
        minute += timedelta(minutes=1)
    assert told == minute


@pytest.mark.parametrize(
    ("weekdays", "starts", "ends", "path"),
    [
        ((), "18:00", "23:00", "weekdays"),
        ((1, 1), "18:00", "23:00", "weekdays"),
        ((1, 8), "18:00", "23:00", "weekdays[1]"),
        ((0,), "18:00", "23:00", "weekdays[0]"),
        ((1,), "6pm", "23:00", "starts"),
        ((1,), "24:00", "23:00", "starts"),
        ((1,), "18:00", "23:60", "ends"),
        ((1,), "18:00", "18:00", "ends"),
        ((1,), "18:00\n", "19:00", "starts"),
    ],
)
def test_faulty_parameters_are_refused_with_their_path(
    weekdays: tuple[int, ...], starts: str, ends: str, path: str
) -> None:
    with pytest.raises(UnitError) as refused:
        TimeWindow(weekdays, starts, ends)
    assert refused.value.path == path
