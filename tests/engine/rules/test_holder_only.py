"""Codes that only their holders may use."""

from dataclasses import replace

from app.engine.reason import Reason
from app.engine.rules.holder_only import HolderOnly
from app.engine.rules.none_of import NoneOf
from tests.engine.shop import ANNA, BRUNO, judge, offer, presented, situation

RULE = HolderOnly()
REFUSED = Reason(
    "NOT_THE_HOLDER", "This code is only for the customer whom it was given to.", subject="voucher.holder"
)


def test_whom_the_code_was_given_to_may_use_it() -> None:
    assert RULE.refusals(replace(situation(customer=ANNA), holder=ANNA)) == ()
    assert judge(presented(offer=offer(RULE), holder=ANNA), customer=ANNA).granted


def test_a_code_that_nobody_holds_is_for_nobody() -> None:
    assert RULE.refusals(situation(customer=ANNA)) == (REFUSED,)
    assert RULE.refusals(replace(situation(customer=ANNA), holder=BRUNO)) == (REFUSED,)
    assert NoneOf((RULE,)).refusals(situation(customer=ANNA)) == ()


def test_an_unknown_shopper_is_asked_who_they_are() -> None:
    who = replace(situation(), holder=ANNA)
    assert [reason.code for reason in RULE.refusals(who)] == ["CUSTOMER_REQUIRED"]
    evaluation = judge(presented(offer=offer(RULE), holder=ANNA))
    assert [(why.code, why.subject) for why in evaluation.reasons] == [
        ("CUSTOMER_REQUIRED", "voucher.holder")
    ]


def test_whose_code_it_is_is_not_shown() -> None:
    assert RULE.actual(replace(situation(customer=ANNA), holder=ANNA)) is None
