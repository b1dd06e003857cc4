"""What an explanation holds."""

import dataclasses

from app.engine.explanation import Condition, Explanation, Level
from app.engine.reason import Reason, customer_required, each_once
from tests.engine.shop import NOW

WHY = Reason("NO", "No.")


def test_a_condition_holds_when_nothing_is_against_it() -> None:
    fine = Condition("voucher.enabled", "The code must not be disabled.", Level.VOUCHER)
    assert fine.passed
    assert not dataclasses.replace(fine, reasons=(WHY,)).passed


def test_a_reason_that_several_conditions_have_is_told_once() -> None:
    conditions = tuple(Condition("x", "X.", Level.CAMPAIGN, (WHY, customer_required(name))) for name in "ab")
    told = Explanation("A", None, None, None, None, NOW, "EUR", False, False, conditions)
    assert told.reasons == (WHY, customer_required("a"))
    assert each_once([]) == ()
