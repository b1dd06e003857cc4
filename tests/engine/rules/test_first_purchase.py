"""First purchases."""

import pytest

from app.engine.facts import PastRedemptions
from app.engine.reason import Reason
from app.engine.remedy import Act, Change
from app.engine.rules.first_purchase import FirstPurchase
from tests.engine.shop import ANNA, situation

RULE, EVER = FirstPurchase(), PastRedemptions()


def test_it_announces_that_it_needs_the_past_redemptions() -> None:
    assert RULE.needs == {EVER}


def test_a_customer_without_redemptions_is_welcome() -> None:
    assert RULE.refusals(situation(customer=ANNA, answers={EVER: 0})) == ()


@pytest.mark.parametrize(("before", "times"), [(1, "once"), (3, "3 times")])
def test_a_returning_customer_is_told_how_often_they_were_here(before: int, times: str) -> None:
    assert RULE.refusals(situation(customer=ANNA, answers={EVER: before})) == (
        Reason(
            "NOT_FIRST_PURCHASE",
            f"This offer is for a first purchase; the customer has redeemed {times} before.",
            subject="customer.redemptions",
            expected=0,
            actual=before,
        ),
    )


def test_an_unknown_shopper_is_asked_who_they_are() -> None:
    assert RULE.refusals(situation()) == (
        Reason(
            "CUSTOMER_REQUIRED",
            "This code needs to know the customer.",
            subject="customer",
            remedy="Say who the customer is.",
            change=Change(Act.SIGN_IN),
        ),
    )


def test_how_often_they_were_here_is_shown_whether_it_matters_or_not() -> None:
    assert RULE.actual(situation(customer=ANNA, answers={EVER: 0})) == 0
    assert RULE.actual(situation()) is None
