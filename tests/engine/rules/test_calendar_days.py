"""Days that come again every month or every year."""

from datetime import UTC, datetime

import pytest

from app.engine.facts import Situation
from app.engine.reason import Reason
from app.engine.remedy import Act, Change
from app.engine.rules.calendar_days import CalendarDays
from app.engine.unit import UnitError
from tests.engine.shop import NOW, situation


def noon(year: int, month: int, day: int) -> Situation:
    return situation(now=datetime(year, month, day, 12, tzinfo=UTC))


def test_on_another_day_a_shopper_is_told_when_the_next_one_begins() -> None:
    assert CalendarDays((1, 15, -1)).refusals(situation()) == (
        Reason(
            "OUTSIDE_CALENDAR_DAYS",
            "This offer is valid on day 1 or day 15 or the last day of every month (Europe/Warsaw); "
            "it is 22 July 2026 there.",
            subject="now",
            expected=datetime(2026, 7, 30, 22, tzinfo=UTC),
            actual=NOW,
            remedy="Valid from Friday 31 July 2026 00:00 Europe/Warsaw.",
            change=Change(Act.COME_AT, at=datetime(2026, 7, 30, 22, tzinfo=UTC)),
        ),
    )


def test_certain_months_are_told_too() -> None:
    (reason,) = CalendarDays((6,), (12, 1)).refusals(situation())
    assert reason.message.startswith("This offer is valid on day 6 of January or December (")
    assert reason.expected == datetime(2026, 12, 5, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("rule", "moment", "holds"),
    [
        (CalendarDays((22,)), noon(2026, 7, 22), True),
        (CalendarDays((22,), (7,)), noon(2026, 7, 22), True),
        (CalendarDays((22,), (8,)), noon(2026, 7, 22), False),
        (CalendarDays((-1,)), noon(2026, 2, 28), True),
        (CalendarDays((-1,)), noon(2028, 2, 28), False),
        (CalendarDays((-1,)), noon(2028, 2, 29), True),
        (CalendarDays((31,)), noon(2026, 4, 30), False),
    ],
)
def test_a_day_is_right_or_wrong(rule: CalendarDays, moment: Situation, holds: bool) -> None:
    assert (rule.refusals(moment) == ()) is holds


def test_the_day_is_that_of_the_zone() -> None:
    first = CalendarDays((1,))
    last_hour = datetime(2026, 7, 31, 22, 30, tzinfo=UTC)
    assert first.refusals(situation(now=last_hour)) == ()
    assert first.refusals(situation(now=last_hour, zone="UTC")) != ()


def test_months_without_the_day_are_passed_over() -> None:
    (reason,) = CalendarDays((31,)).refusals(noon(2026, 8, 31 - 1))
    assert reason.expected == datetime(2026, 8, 30, 22, tzinfo=UTC)
    (reason,) = CalendarDays((31,)).refusals(noon(2026, 9, 1))
    assert reason.expected == datetime(2026, 10, 30, 23, tzinfo=UTC)


def test_a_leap_day_may_be_eight_years_away() -> None:
    leap_day = CalendarDays((29,), (2,))
    (reason,) = leap_day.refusals(noon(2096, 3, 1))
    assert reason.expected == datetime(2104, 2, 28, 23, tzinfo=UTC)
    assert leap_day.refusals(noon(2104, 2, 29)) == ()


@pytest.mark.parametrize(
    ("days", "months", "path"),
    [
        ((), (), "days"),
        ((1, 1), (), "days"),
        ((0,), (), "days[0]"),
        ((1, 32), (), "days[1]"),
        ((-2,), (), "days[0]"),
        ((1,), (1, 1), "months"),
        ((1,), (13,), "months[0]"),
        ((30, 31), (2,), "days"),
    ],
)
def test_faulty_days_are_refused_with_their_path(
    days: tuple[int, ...], months: tuple[int, ...], path: str
) -> None:
    with pytest.raises(UnitError) as refused:
        CalendarDays(days, months)
    assert refused.value.path == path


def test_the_moment_is_what_it_looks_at() -> None:
    assert CalendarDays((22,)).actual(situation()) == NOW
