"""The first Monday, the last Friday of a month."""

from datetime import UTC, datetime

import pytest

from app.engine.facts import Situation
from app.engine.reason import Reason
from app.engine.remedy import Act, Change
from app.engine.rules.nth_weekday import NthWeekday
from app.engine.unit import UnitError
from tests.engine.shop import NOW, situation

FIRST_MONDAY = NthWeekday((1,), (1,))


def on(month: int, day: int, hour: int = 12, year: int = 2026) -> Situation:
    return situation(now=datetime(year, month, day, hour, tzinfo=UTC))


@pytest.mark.parametrize("day", [1, 8, 15, 22, 29])
def test_each_monday_of_june_2026_is_the_nth_one(day: int) -> None:
    holds = [nth for nth in (1, 2, 3, 4, 5, -1) if not NthWeekday((1,), (nth,)).refusals(on(6, day))]
    assert holds == ([5, -1] if day == 29 else [(day + 6) // 7])


def test_another_day_is_told_with_the_next_right_one() -> None:
    opens = datetime(2026, 8, 2, 22, tzinfo=UTC)  # midnight in Warsaw
    assert FIRST_MONDAY.refusals(situation()) == (
        Reason(
            "OUTSIDE_NTH_WEEKDAY",
            "This offer is valid on the first Monday of a month (Europe/Warsaw); "
            "it is Wednesday 22 July 2026 there.",
            subject="now",
            expected=opens,
            actual=NOW,
            remedy="Valid from Monday 3 August 2026 00:00 Europe/Warsaw.",
            change=Change(Act.COME_AT, at=opens),
        ),
    )


def test_a_month_without_a_fifth_friday_is_passed_over() -> None:
    (reason,) = NthWeekday((5,), (5,)).refusals(on(2, 1))
    assert reason.expected == datetime(2026, 5, 28, 22, tzinfo=UTC)


def test_the_last_one_may_be_the_fourth_or_the_fifth() -> None:
    last = NthWeekday((5, 6), (-1,))
    assert last.refusals(on(7, 31)) == ()
    assert last.refusals(on(7, 25)) == ()
    assert last.refusals(on(7, 24)) != ()
    assert "on the last Friday or Saturday of a month" in last.refusals(on(7, 24))[0].message


def test_the_day_is_that_of_the_campaigns_calendar() -> None:
    # In Warsaw Monday has begun two hours before.
    assert FIRST_MONDAY.refusals(situation(now=datetime(2026, 7, 5, 22, 30, tzinfo=UTC))) == ()
    assert FIRST_MONDAY.refusals(situation(now=datetime(2026, 7, 6, 22, 30, tzinfo=UTC))) != ()


def test_the_moment_is_shown() -> None:
    assert FIRST_MONDAY.actual(situation()) == NOW


@pytest.mark.parametrize(
    ("weekdays", "nth", "path"),
    [
        ((), (1,), "weekdays"),
        ((1, 1), (1,), "weekdays"),
        ((1, 8), (1,), "weekdays[1]"),
        ((1,), (), "nth"),
        ((1,), (0,), "nth[0]"),
        ((1,), (1, 6), "nth[1]"),
    ],
)
def test_faulty_parameters_are_refused_with_their_path(
    weekdays: tuple[int, ...], nth: tuple[int, ...], path: str
) -> None:
    with pytest.raises(UnitError) as refused:
        NthWeekday(weekdays, nth)
    assert refused.value.path == path
