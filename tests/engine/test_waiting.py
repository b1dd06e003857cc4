"""When conditions about time hold together, and when all is over by then."""

import dataclasses
from datetime import UTC, date, datetime, timedelta

from app.engine.counter import Measure, Scope
from app.engine.facts import Facts
from app.engine.period import Period
from app.engine.reason import Reason
from app.engine.remedy import Act, Change
from app.engine.rules.all_of import AllOf
from app.engine.rules.any_of import AnyOf
from app.engine.rules.birthday import Birthday
from app.engine.rules.calendar_days import CalendarDays
from app.engine.rules.date_window import DateWindow
from app.engine.rules.minimum_spend import MinimumSpend
from app.engine.rules.time_window import TimeWindow
from app.engine.shopper import Shopper
from app.engine.unit import Rule
from app.engine.waiting import without_late_remedies
from tests.engine.shop import ANNA, CAMPAIGN, MAIN, NOW, eur, judge, key_of, presented, situation, with_budget

MONDAYS = TimeWindow((1,), "18:00", "19:00")
FRIDAYS = TimeWindow((5,), "00:00", "24:00")
SPEND = MinimumSpend(eur("25.00"))
MONDAY = datetime(2026, 7, 27, 16, tzinfo=UTC)


def told(*rules: Rule, now: datetime = NOW) -> list[tuple[str, Change | None, str | None]]:
    reasons = AllOf(rules).refusals(situation(now=now))
    return [(reason.code, reason.change, reason.remedy) for reason in reasons]


def test_who_waits_for_one_condition_waits_until_all_of_them_let_in() -> None:
    # The first 3rd of a month that is a Monday, and not before 18:00: the 3rd of August 2026.
    at = Change(Act.COME_AT, at=datetime(2026, 8, 3, 16, tzinfo=UTC))
    words = "Valid from Monday 3 August 2026 18:00 Europe/Warsaw."
    assert told(MONDAYS, SPEND, CalendarDays((3,))) == [
        ("OUTSIDE_TIME_WINDOW", at, words),
        ("MINIMUM_SPEND_NOT_REACHED", Change(Act.ADD_AMOUNT, eur("4.10")), "Add 4.10 EUR more."),
        ("OUTSIDE_CALENDAR_DAYS", at, words),
    ]


def test_a_condition_that_holds_now_must_hold_then_too() -> None:
    # It is the 22nd; the next Monday is not, and the next 22nd that is a Monday is in February.
    at = datetime(2027, 2, 22, 17, tzinfo=UTC)
    assert told(CalendarDays((22,)), MONDAYS) == [
        (
            "OUTSIDE_TIME_WINDOW",
            Change(Act.COME_AT, at=at),
            "Valid from Monday 22 February 2027 18:00 Europe/Warsaw.",
        )
    ]


def test_conditions_deeper_inside_count_as_well() -> None:
    inner = AllOf((MONDAYS, SPEND))
    at = datetime(2026, 8, 3, 16, tzinfo=UTC)
    assert [change for _, change, _ in told(inner, CalendarDays((3,)))] == [
        Change(Act.COME_AT, at=at),
        Change(Act.ADD_AMOUNT, eur("4.10")),
        Change(Act.COME_AT, at=at),
    ]


def test_friday_the_thirteenth_is_found_across_a_change_of_clocks() -> None:
    [reason, other] = told(FRIDAYS, CalendarDays((13,)), now=datetime(2026, 3, 14, 12, tzinfo=UTC))
    assert reason[1] == other[1] == Change(Act.COME_AT, at=datetime(2026, 11, 12, 23, tzinfo=UTC))


def test_where_conditions_never_meet_waiting_is_no_remedy() -> None:
    over_before = DateWindow(last_day="2026-07-26")
    assert told(MONDAYS, over_before) == [("OUTSIDE_TIME_WINDOW", None, None)]
    tuesdays = TimeWindow((2,), "18:00", "19:00")
    assert told(MONDAYS, tuesdays) == [("OUTSIDE_TIME_WINDOW", None, None)] * 2


def test_who_is_to_come_when_code_or_campaign_are_over_is_not_told_to_come() -> None:
    reasons = (*MONDAYS.refusals(situation()), *SPEND.refusals(situation()))
    late = (dataclasses.replace(reasons[0], remedy=None, change=None), reasons[1])
    after = MONDAY + timedelta(seconds=1)
    for end, expected in ((MONDAY, late), (after, reasons)):
        ended = dataclasses.replace(CAMPAIGN, ends_at=end)
        for code in (
            presented(expires_at=end),
            presented(campaign=ended),
            presented(main=dataclasses.replace(MAIN, ends_at=end), expires_at=after),
        ):
            assert without_late_remedies(code, reasons) == expected
    assert without_late_remedies(presented(), reasons) == reasons


def test_of_several_ways_those_that_are_too_late_are_not_told() -> None:
    [reason] = AnyOf((MONDAYS, SPEND)).refusals(situation())
    assert reason.remedy == "Valid from Monday 27 July 2026 18:00 Europe/Warsaw. Or: Add 4.10 EUR more."
    [told_now] = without_late_remedies(presented(expires_at=MONDAY), (reason,))
    assert told_now.remedy == "Add 4.10 EUR more."
    assert told_now.change == Change(Act.ADD_AMOUNT, eur("4.10"))
    assert told_now.alternatives[0][0] == Reason(
        "OUTSIDE_TIME_WINDOW",
        MONDAYS.refusals(situation())[0].message,
        subject="now",
        expected=MONDAY,
        actual=NOW,
    )


def test_waiting_for_a_budget_that_will_not_cover_the_cart_either_is_no_remedy() -> None:
    key = key_of(Scope.CAMPAIGN, Measure.DISCOUNT, Period.DAY)
    tomorrow = Change(Act.COME_AT, at=datetime(2026, 7, 22, 22, tzinfo=UTC))
    for most, change in ((1000, tomorrow), (999, None)):
        # Ten per cent of 100.00 EUR.
        [reason] = judge(with_budget(Measure.DISCOUNT, most, period=Period.DAY), used={key: most}).reasons
        assert (reason.change, reason.remedy is None) == (change, change is None)
        over = judge(with_budget(Measure.DISCOUNT, most, period=Period.DAY), used={key: 1}).reasons
        assert over[0].change == change


def test_a_code_that_is_over_before_its_next_period_does_not_wait_for_it() -> None:
    key = key_of(Scope.CAMPAIGN, Measure.DISCOUNT, Period.DAY)
    code = with_budget(Measure.DISCOUNT, 1000, period=Period.DAY)
    ends = dataclasses.replace(code, expires_at=NOW + timedelta(hours=1))
    assert [judge(each, used={key: 1}).reasons[0].change is None for each in (code, ends)] == [False, True]


def test_a_birthday_is_waited_for_together_with_the_hour() -> None:
    # The next 3rd of August that is a Monday, not before 18:00: this year's.
    born = Shopper("anna", birthday=date(1990, 8, 3))
    looked_at = dataclasses.replace(situation(), facts=Facts(ANNA, shopper=born))
    reasons = AllOf((Birthday(), MONDAYS)).refusals(looked_at)
    at = datetime(2026, 8, 3, 16, tzinfo=UTC)
    assert [reason.change for reason in reasons] == [Change(Act.COME_AT, at=at)] * 2
