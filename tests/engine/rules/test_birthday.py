"""Birthdays, and the days around them, on the calendar of the campaign."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.engine.facts import Profile, Situation
from app.engine.reason import Reason
from app.engine.remedy import Act, Change
from app.engine.rules.birthday import Birthday, birthday_in
from app.engine.shopper import Shopper
from app.engine.unit import UnitError
from tests.engine.shop import ANNA, situation
from tests.engine.test_rule_laws import MOMENTS, ZONES

ON_THE_DAY, AROUND = Birthday(), Birthday(3, 7)


def born(day: date | None, now: datetime, zone: str = "Europe/Warsaw") -> Situation:
    """Anna, who was born on that day."""
    return situation(customer=ANNA, shopper=Shopper("anna", birthday=day), now=now, zone=zone)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_it_announces_that_it_needs_the_profile() -> None:
    assert AROUND.needs == {Profile()}


def test_the_day_is_that_of_the_campaign() -> None:
    day = date(1990, 7, 22)
    # Midnight in Warsaw is 22:00 in UTC.
    assert ON_THE_DAY.refusals(born(day, at("2026-07-21T22:00"))) == ()
    assert ON_THE_DAY.refusals(born(day, at("2026-07-22T21:59:59"))) == ()
    assert ON_THE_DAY.refusals(born(day, at("2026-07-22T22:00"))) != ()
    assert ON_THE_DAY.refusals(born(day, at("2026-07-22T22:00"), "America/New_York")) == ()


def test_a_refusal_says_from_when() -> None:
    now, opens = at("2026-07-22T15:00"), at("2026-07-24T22:00")
    assert AROUND.refusals(born(date(1990, 7, 28), now)) == (
        Reason(
            "NOT_BIRTHDAY",
            "This offer is for the customer's birthday and 3 days before it and 7 days after it, "
            "on the calendar of Europe/Warsaw.",
            subject="customer.birthday",
            expected=opens,
            actual=now,
            remedy="Valid from Saturday 25 July 2026 00:00 Europe/Warsaw.",
            change=Change(Act.COME_AT, at=opens),
        ),
    )


def test_days_around_a_birthday_reach_over_new_year() -> None:
    assert AROUND.refusals(born(date(1990, 1, 2), at("2026-12-30T12:00"))) == ()
    assert AROUND.refusals(born(date(1990, 12, 30), at("2027-01-06T12:00"))) == ()
    assert AROUND.refusals(born(date(1990, 12, 30), at("2027-01-07T12:00"))) != ()


@pytest.mark.parametrize(("year", "day"), [(2024, 29), (2026, 28), (2028, 29), (2100, 28)])
def test_who_was_born_on_29_february_has_a_birthday_every_year(year: int, day: int) -> None:
    leap = date(1992, 2, 29)
    assert birthday_in(year, leap) == date(year, 2, day)
    assert ON_THE_DAY.refusals(born(leap, datetime(year, 2, day, 12, tzinfo=UTC))) == ()
    assert ON_THE_DAY.refusals(born(leap, datetime(year, 3, 1, 12, tzinfo=UTC))) != ()


def test_a_birthday_that_nobody_knows_is_none() -> None:
    assert ON_THE_DAY.refusals(born(None, at("2026-07-22T15:00"))) == (
        Reason(
            "BIRTHDAY_UNKNOWN",
            "This offer is for birthdays; nobody knows when this customer was born.",
            subject="customer.birthday",
        ),
    )
    assert ON_THE_DAY.actual(born(None, at("2026-07-22T15:00"))) is None


def test_the_birthday_is_shown() -> None:
    assert ON_THE_DAY.actual(born(date(1990, 7, 28), at("2026-07-22T15:00"))) == "1990-07-28"


@pytest.mark.parametrize("who", [situation(), situation(customer=ANNA)])
def test_an_unknown_shopper_is_asked_who_they_are(who: Situation) -> None:
    assert [reason.code for reason in ON_THE_DAY.refusals(who)] == ["CUSTOMER_REQUIRED"]
    assert ON_THE_DAY.actual(who) is None


@pytest.mark.parametrize(
    ("before", "after", "error"),
    [
        (-1, 0, "days_before: Must be from 0 to 180."),
        (0, 181, "days_after: Must be from 0 to 180."),
    ],
)
def test_days_that_make_no_sense_are_refused(before: int, after: int, error: str) -> None:
    with pytest.raises(UnitError) as caught:
        Birthday(before, after)
    assert str(caught.value) == error


@given(
    st.builds(Birthday, st.integers(0, 180), st.integers(0, 180)),
    st.dates(date(1920, 1, 1), date(2026, 1, 1)) | st.just(date(2000, 2, 29)),
    MOMENTS,
    ZONES,
)
def test_a_moment_that_is_promised_is_the_first_one(
    rule: Birthday, day: date, now: datetime, zone: str
) -> None:
    for reason in rule.refusals(born(day, now, zone)):
        opens = reason.expected
        assert isinstance(opens, datetime)
        assert opens > now
        assert rule.refusals(born(day, opens, zone)) == ()
        assert rule.refusals(born(day, opens - timedelta(microseconds=1), zone)) != ()
