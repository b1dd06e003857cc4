"""New customers."""

from datetime import timedelta

import pytest

from app.engine.facts import Profile, Situation
from app.engine.reason import Reason
from app.engine.rules.new_customer import NewCustomer
from app.engine.shopper import Shopper
from app.engine.unit import UnitError
from tests.engine.shop import ANNA, NOW, situation

MONTH = NewCustomer(30)


def known_for(time: timedelta) -> Situation:
    """Anna, whose record is that old."""
    return situation(customer=ANNA, shopper=Shopper("anna", known_since=NOW - time))


def test_it_announces_that_it_needs_the_profile() -> None:
    assert MONTH.needs == {Profile()}


def test_whom_nobody_knew_before_is_new() -> None:
    assert MONTH.refusals(situation(customer=ANNA, shopper=Shopper("anna"))) == ()
    assert MONTH.actual(situation(customer=ANNA, shopper=Shopper("anna"))) is None


def test_the_last_day_ends_to_the_microsecond() -> None:
    month, moment = timedelta(days=30), timedelta(microseconds=1)
    assert MONTH.refusals(known_for(month)) == ()
    assert MONTH.refusals(known_for(month + moment)) == (
        Reason(
            "NOT_A_NEW_CUSTOMER",
            "This offer is for customers of the last 30 days; this one has been known for 30 days.",
            subject="customer.created_at",
            expected=30,
            actual=30,
        ),
    )
    assert MONTH.actual(known_for(month)) == NOW - month


def test_a_single_day_is_one() -> None:
    [reason] = NewCustomer(1).refusals(known_for(timedelta(days=400)))
    assert reason.message == (
        "This offer is for customers of the last day; this one has been known for 400 days."
    )


@pytest.mark.parametrize("who", [situation(), situation(customer=ANNA)])
def test_an_unknown_shopper_is_asked_who_they_are(who: Situation) -> None:
    assert [reason.code for reason in MONTH.refusals(who)] == ["CUSTOMER_REQUIRED"]
    assert MONTH.actual(who) is None


@pytest.mark.parametrize("days", [0, -1, 3651])
def test_a_time_that_is_none_is_refused(days: int) -> None:
    with pytest.raises(UnitError, match=r"^known_days: Must be from 1 to 3650\.$"):
        NewCustomer(days)
