"""What the company has told of a customer."""

from datetime import timedelta

import pytest

from app.engine.facts import PastEvents, Situation
from app.engine.reason import Reason
from app.engine.rules.custom_events import CustomEvents
from app.engine.unit import UnitError
from tests.engine.shop import ANNA, situation


def after(times: int, need: PastEvents) -> Situation:
    """Anna, of whom that was told so often."""
    return situation(customer=ANNA, answers={need: times})


def test_both_limits_belong_to_what_is_wanted() -> None:
    rule = CustomEvents("visit", 2, 4)
    assert [n for n in range(7) if not rule.refusals(after(n, PastEvents("visit")))] == [2, 3, 4]


def test_too_few_are_told_with_what_is_missing() -> None:
    rule = CustomEvents("review", at_least=1, within_days=1)
    need = PastEvents("review", timedelta(days=1))
    assert rule.needs == {need}
    assert rule.refusals(after(0, need)) == (
        Reason(
            "TOO_FEW_CUSTOM_EVENTS",
            "This offer is for customers of whom review was told at least once in the last day; "
            "of this one it was told never.",
            subject="customer.custom_events",
            expected=1,
            actual=0,
            missing=1,
        ),
    )


def test_too_many_are_told_with_how_many_are_too_many() -> None:
    [reason] = CustomEvents("complaint", at_most=0).refusals(after(3, PastEvents("complaint")))
    assert (reason.code, reason.expected, reason.actual, reason.missing) == (
        "TOO_MANY_CUSTOM_EVENTS",
        0,
        3,
        3,
    )
    assert reason.message == (
        "This offer is for customers of whom complaint was told never; of this one it was told 3 times."
    )


def test_how_many_is_shown_to_who_is_known() -> None:
    rule = CustomEvents("visit", 1)
    assert rule.actual(after(2, PastEvents("visit"))) == 2
    assert rule.actual(situation()) is None


def test_an_unknown_shopper_is_asked_who_they_are() -> None:
    rule = CustomEvents("visit", 1)
    assert [reason.code for reason in rule.refusals(situation())] == ["CUSTOMER_REQUIRED"]


@pytest.mark.parametrize(
    ("name", "at_least", "days", "error"),
    [
        ("", 1, None, "name: Must be 1 to 255 characters long."),
        ("x" * 256, 1, None, "name: Must be 1 to 255 characters long."),
        ("visit", None, None, "at_least: Must be given, unless there is an upper limit."),
        ("visit", 1, 4000, "within_days: Must be from 1 to 3650."),
    ],
)
def test_what_makes_no_sense_is_refused(
    name: str, at_least: int | None, days: int | None, error: str
) -> None:
    with pytest.raises(UnitError) as caught:
        CustomEvents(name, at_least, within_days=days)
    assert str(caught.value) == error
