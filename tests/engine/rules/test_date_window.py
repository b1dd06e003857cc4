"""Days from a first to a last one."""

from datetime import UTC, datetime

import pytest

from app.engine.reason import Reason
from app.engine.remedy import Act, Change
from app.engine.rules.date_window import DateWindow
from app.engine.unit import UnitError
from tests.engine.shop import NOW, situation

ADVENT = DateWindow("2026-12-01", "2026-12-24")


def test_a_shopper_who_comes_too_early_is_told_when_it_begins() -> None:
    assert ADVENT.refusals(situation()) == (
        Reason(
            "OUTSIDE_DATE_WINDOW",
            "This offer is valid from 1 December 2026 to 24 December 2026 (Europe/Warsaw); "
            "it is 22 July 2026 there.",
            subject="now",
            expected=datetime(2026, 11, 30, 23, tzinfo=UTC),
            actual=NOW,
            remedy="Valid from Tuesday 1 December 2026 00:00 Europe/Warsaw.",
            change=Change(Act.COME_AT, at=datetime(2026, 11, 30, 23, tzinfo=UTC)),
        ),
    )


def test_a_shopper_who_comes_too_late_can_do_nothing() -> None:
    assert DateWindow(last_day="2026-07-21").refusals(situation()) == (
        Reason(
            "OUTSIDE_DATE_WINDOW",
            "This offer was valid to 21 July 2026 (Europe/Warsaw); it is 22 July 2026 there.",
            subject="now",
            actual=NOW,
        ),
    )


@pytest.mark.parametrize(
    ("moment", "holds"),
    [
        (datetime(2026, 11, 30, 22, 59, 59, 999999, tzinfo=UTC), False),
        (datetime(2026, 11, 30, 23, tzinfo=UTC), True),
        (datetime(2026, 12, 24, 22, 59, 59, 999999, tzinfo=UTC), True),
        (datetime(2026, 12, 24, 23, tzinfo=UTC), False),
    ],
)
def test_both_days_belong_to_it_as_wholes_on_the_clock_of_the_zone(moment: datetime, holds: bool) -> None:
    assert (ADVENT.refusals(situation(now=moment)) == ()) is holds


def test_one_end_may_be_open() -> None:
    assert DateWindow(first_day="2026-07-22").refusals(situation()) == ()
    assert DateWindow(last_day="2026-07-22").refusals(situation()) == ()
    assert DateWindow(first_day="2026-07-23").refusals(situation())[0].message == (
        "This offer is valid from 23 July 2026 (Europe/Warsaw); it is 22 July 2026 there."
    )


def test_a_day_that_the_clock_begins_at_one_begins_then() -> None:
    # In Beirut the clock jumps from midnight to one o'clock on the last Sunday of March.
    spring = DateWindow(first_day="2026-03-29")
    before = situation(now=datetime(2026, 3, 28, 21, 59, tzinfo=UTC), zone="Asia/Beirut")
    (reason,) = spring.refusals(before)
    assert reason.expected == datetime(2026, 3, 28, 22, tzinfo=UTC)
    assert reason.remedy == "Valid from Sunday 29 March 2026 01:00 Asia/Beirut."
    opened = situation(now=datetime(2026, 3, 28, 22, tzinfo=UTC), zone="Asia/Beirut")
    assert spring.refusals(opened) == ()


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_the_last_day_of_all_calendars_does_no_harm(zone: str) -> None:
    assert DateWindow(last_day="9999-12-31").refusals(situation(zone=zone)) == ()
    assert DateWindow(first_day="9999-12-31").refusals(situation(zone=zone)) != ()


@pytest.mark.parametrize(
    ("first", "last", "path"),
    [
        (None, None, "first_day"),
        ("2026-02-29", None, "first_day"),
        ("20260228", None, "first_day"),
        ("1969-12-31", None, "first_day"),
        (None, "tomorrow", "last_day"),
        (None, "", "last_day"),
        ("2026-12-02", "2026-12-01", "last_day"),
    ],
)
def test_faulty_days_are_refused_with_their_path(first: str | None, last: str | None, path: str) -> None:
    with pytest.raises(UnitError) as refused:
        DateWindow(first, last)
    assert refused.value.path == path


def test_the_moment_is_what_it_looks_at() -> None:
    assert ADVENT.actual(situation()) == NOW
