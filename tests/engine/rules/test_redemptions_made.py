"""How often a customer has redeemed before."""

from datetime import timedelta
from uuid import UUID

import pytest

from app.engine.facts import PastRedemptions, Situation
from app.engine.reason import Reason
from app.engine.rules.redemptions_made import RedemptionsMade
from app.engine.unit import UnitError
from tests.engine.shop import ANNA, situation

EVER = PastRedemptions()
SUMMER = UUID(int=0x77)


def after(times: int, need: PastRedemptions = EVER) -> Situation:
    """Anna, who has redeemed so often."""
    return situation(customer=ANNA, answers={need: times})


def test_both_limits_belong_to_what_is_wanted() -> None:
    rule = RedemptionsMade(2, 4)
    assert [times for times in range(7) if not rule.refusals(after(times))] == [2, 3, 4]


def test_too_few_are_told_with_what_is_missing() -> None:
    assert RedemptionsMade(3).refusals(after(1)) == (
        Reason(
            "TOO_FEW_REDEMPTIONS",
            "This offer is for who has redeemed codes at least 3 times; this customer has once.",
            subject="customer.redemptions",
            expected=3,
            actual=1,
            missing=2,
        ),
    )


def test_too_many_of_a_campaign_in_a_while_are_told() -> None:
    rule = RedemptionsMade(at_most=0, within_days=30, campaign=SUMMER)
    need = PastRedemptions(campaign=SUMMER, within=timedelta(days=30))
    assert rule.needs == {need}
    assert rule.refusals(after(0, need)) == ()
    assert rule.refusals(after(2, need)) == (
        Reason(
            "TOO_MANY_REDEMPTIONS",
            "This offer is for who has redeemed codes of a certain campaign never in the last 30 days; "
            "this customer has 2 times.",
            subject="customer.redemptions",
            expected=0,
            actual=2,
            missing=2,
        ),
    )


def test_how_often_is_shown_whether_it_matters_or_not() -> None:
    assert RedemptionsMade(1).actual(after(5)) == 5
    assert RedemptionsMade(1).actual(situation()) is None


def test_an_unknown_shopper_is_asked_who_they_are() -> None:
    assert [reason.code for reason in RedemptionsMade(1).refusals(situation())] == ["CUSTOMER_REQUIRED"]


@pytest.mark.parametrize(
    ("at_least", "at_most", "days", "error"),
    [
        (None, None, 1, "at_least: Must be given, unless there is an upper limit."),
        (0, None, None, "at_least: Must be from 1 to 1000000."),
        (None, -1, None, "at_most: Must be from 0 to 1000000."),
        (3, 2, None, "at_most: Must not be below the lower limit."),
        (1, None, 0, "within_days: Must be from 1 to 3650."),
    ],
)
def test_limits_that_make_no_sense_are_refused(
    at_least: int | None, at_most: int | None, days: int | None, error: str
) -> None:
    with pytest.raises(UnitError) as caught:
        RedemptionsMade(at_least, at_most, days)
    assert str(caught.value) == error
