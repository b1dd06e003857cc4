"""How fast things go in a pulse, and when limits and budgets will be at their end."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from app.engine.counter import Measure
from app.engine.period import Period
from app.events.cursor import BEGINNING
from app.ids import new_id
from app.reports.pulse_pace import conversion, estimated_end, per_minute, success_rate
from app.reports.pulse_values import Amounts, Beat, Ceiling, Pulse, PulseOf, PulseWindow
from tests.conftest import NOW

OF = PulseOf(new_id(), new_id(), False, PulseWindow.FIVE_MINUTES, "UTC")


def a_pulse(length: timedelta = timedelta(minutes=5)) -> Pulse:
    return Pulse(
        of=OF,
        starts=(NOW - length,),
        changes_at=NOW + timedelta(minutes=1),
        beats=(Beat(),),
        reasons=(),
        ceilings=(),
        at=NOW,
        cursor=BEGINNING,
    )


def a_ceiling(used: int, moved: int | None, most: int = 1000, **more: Any) -> Ceiling:
    return replace(Ceiling(OF.campaign, Measure.DISCOUNT, Period.EVER, most, used, moved, "EUR"), **more)


@pytest.mark.parametrize(
    ("amount", "currency", "pace"),
    [
        (10, None, "2.0000"),
        (1, None, "0.2000"),
        (-5, None, "-1.0000"),
        (1234, "EUR", "2.4680"),
        (7, "JPY", "1.4000"),
    ],
)
def test_a_pace_is_exact_to_four_decimals_and_in_major_units(
    amount: int, currency: str | None, pace: str
) -> None:
    assert str(per_minute(amount, a_pulse(), currency)) == pace


def test_a_window_that_has_just_begun_has_no_pace() -> None:
    assert per_minute(3, a_pulse(timedelta(0))) == 0


def test_shares_are_of_what_there_was_and_of_nothing_there_is_none() -> None:
    assert success_rate(Beat(redemptions=1, rejected=2)) == Decimal("0.3333")
    assert success_rate(Beat()) is None
    assert conversion(Beat(redemptions=3, validations_granted=4, validations_rejected=9)) == Decimal("0.7500")
    assert conversion(Beat(redemptions=3)) is None


def test_what_is_left_lasts_as_long_as_it_does_at_the_pace_of_the_window() -> None:
    # 50 a minute: the 400 that are left last for eight minutes.
    assert estimated_end(a_ceiling(600, 250), a_pulse()) == NOW + timedelta(minutes=8)
    assert estimated_end(a_ceiling(600, 250), a_pulse(timedelta(minutes=10))) == NOW + timedelta(minutes=16)


@pytest.mark.parametrize("moved", [0, -3, None])
def test_what_does_not_move_or_moves_back_has_no_end(moved: int | None) -> None:
    assert estimated_end(a_ceiling(600, moved), a_pulse()) is None


def test_where_nothing_is_left_it_has_ended() -> None:
    for used in (1000, 1200):
        assert estimated_end(a_ceiling(used, 0), a_pulse()) == NOW
        assert a_ceiling(used, 0).left == 0


def test_a_budget_that_starts_anew_before_does_not_end() -> None:
    end = NOW + timedelta(minutes=8)
    day = a_ceiling(600, 250, period=Period.DAY, renews_at=end)
    assert estimated_end(day, a_pulse()) is None
    assert estimated_end(replace(day, renews_at=end + timedelta(seconds=1)), a_pulse()) == end


def test_nobody_is_told_of_an_end_in_ten_years() -> None:
    assert estimated_end(a_ceiling(0, 1, most=10**15), a_pulse()) is None


def test_beats_are_added_currency_by_currency() -> None:
    euros, yen = Beat(1, 0, 2, 3, 4, {"EUR": Amounts(10, 1, 2, 3)}), Beat(1, 1, amounts={"JPY": Amounts(5)})
    whole = sum((euros, yen, euros), Beat())
    assert whole == Beat(3, 1, 4, 6, 8, {"EUR": Amounts(20, 2, 4, 6), "JPY": Amounts(5)})
    assert list(whole.amounts) == ["EUR", "JPY"]
