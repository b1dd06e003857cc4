"""History: how the rules about a customer's past look back."""

from datetime import timedelta

import pytest

from app.engine.history import check_days, check_times, days_back, in_the_last, times
from app.engine.unit import UnitError


def test_days_are_told_in_words() -> None:
    assert [in_the_last(days) for days in (None, 1, 30)] == ["", " in the last day", " in the last 30 days"]
    assert [times(number) for number in (0, 1, 2)] == ["never", "once", "2 times"]


def test_all_the_past_has_no_beginning() -> None:
    assert (days_back(None), days_back(30)) == (None, timedelta(days=30))


def test_what_is_possible_is_let_through() -> None:
    check_days("within_days", None)
    check_days("within_days", 3650)
    check_times(1, None)
    check_times(None, 0)
    check_times(1_000_000, 1_000_000)


@pytest.mark.parametrize("days", [0, 3651])
def test_nobody_looks_back_so_far_or_so_little(days: int) -> None:
    with pytest.raises(UnitError, match=r"^within_days: Must be from 1 to 3650\.$"):
        check_days("within_days", days)
