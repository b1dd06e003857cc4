"""Membership of a segment, on a list or by a rule."""

from dataclasses import replace
from uuid import UUID

from app.engine.facts import Listed, Membership, Need, PastRedemptions, Situation
from app.engine.reason import Reason
from app.engine.rules.in_segment import InSegment
from app.engine.rules.none_of import NoneOf
from app.engine.rules.redemptions_made import RedemptionsMade
from app.engine.segment import Segment
from tests.engine.shop import ANNA, offer, presented, situation

VIP, GONE = UUID(int=0x51), UUID(int=0x52)
LIST = Segment(VIP, "VIP")
LIVE = Segment(VIP, "Regulars", RedemptionsMade(at_least=3))
RULE = InSegment(VIP)
NOT_ONE_OF_THEM = "This offer is for certain customers, and this is not one of them."


def among(segment: Segment, listed: int = 0, redemptions: int = 0) -> Situation:
    """Anna, with that segment to look at."""
    answers: dict[Need, int] = {Listed(VIP): listed, PastRedemptions(): redemptions}
    return replace(situation(customer=ANNA, answers=answers), segments={segment.id: segment})


def test_who_is_on_the_list_is_welcome() -> None:
    assert RULE.refusals(among(LIST, listed=1)) == ()
    assert RULE.actual(among(LIST, listed=1)) == "VIP"


def test_who_is_not_is_refused_without_a_word_of_which_list() -> None:
    [reason] = RULE.refusals(among(LIST))
    assert reason == Reason("NOT_IN_SEGMENT", NOT_ONE_OF_THEM, subject="customer.segments", expected="VIP")
    assert RULE.actual(among(LIST)) is None


def test_a_live_segment_is_judged_by_its_rule() -> None:
    assert RULE.refusals(among(LIVE, redemptions=3)) == ()
    assert [reason.expected for reason in RULE.refusals(among(LIVE, redemptions=2))] == ["Regulars"]


def test_a_segment_that_is_gone_holds_nobody() -> None:
    rule = InSegment(GONE)
    assert rule.refusals(among(LIST, listed=1)) == (
        Reason("NOT_IN_SEGMENT", NOT_ONE_OF_THEM, subject="customer.segments"),
    )
    assert rule.actual(among(LIST, listed=1)) is None


def test_an_unknown_shopper_is_asked_who_they_are() -> None:
    for rule in (RULE, NoneOf((RULE,))):
        assert [reason.code for reason in rule.refusals(situation())] == ["CUSTOMER_REQUIRED"]
    assert RULE.actual(situation()) is None


def test_a_code_asks_what_the_segment_asks() -> None:
    promise = offer(RULE)
    assert RULE.needs == {Membership(VIP)}
    assert promise.segments == {VIP}
    assert presented(offer=promise, segments={VIP: LIST}).needs == {Listed(VIP)}
    assert presented(offer=promise, segments={VIP: LIVE}).needs == {PastRedemptions()}
    assert presented(offer=promise).needs == frozenset()
