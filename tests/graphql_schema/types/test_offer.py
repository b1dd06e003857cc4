"""Offers across the border: read with their defaults, shown with all that is in them."""

from decimal import Decimal

from strawberry import Some

from app.engine.money import Money
from app.engine.offer import LONGEST_LANE, UNLIMITED, Limits, Offer
from app.engine.rewards.amount_off import AmountOff
from app.engine.rewards.percent_off import PercentOff
from app.engine.rules.first_purchase import FirstPurchase
from app.problem import Problem, Problems
from graphql_schema.types.kinds import RewardInput, reward_inputs, rule_types
from graphql_schema.types.offer import Limits as ShownLimits
from graphql_schema.types.offer import LimitsInput, OfferInput, read_offer, show_offer
from graphql_schema.types.units import show_reward

TEN_PERCENT = RewardInput(percent_off=Some(reward_inputs["percent_off"](percent=Decimal(10))))


def test_what_is_left_out_is_not_limited_and_stands_in_the_default_lane():
    assert read_offer(OfferInput(reward=TEN_PERCENT)) == Offer(
        1, None, PercentOff(Decimal(10), None), UNLIMITED, "default"
    )


def test_limits_and_lane_are_taken_over():
    given = OfferInput(reward=TEN_PERCENT, limits=LimitsInput(per_voucher=1, per_campaign=9), lane="shipping")
    read = read_offer(given)
    assert isinstance(read, Offer)
    assert (read.limits, read.lane) == (Limits(1, None, 9), "shipping")


def test_a_lane_has_a_name_that_can_be_kept():
    for lane, code in (
        ("", "INVALID_PARAMETER"),
        ("x" * (LONGEST_LANE + 1), "TOO_LONG"),
        ("a\0b", "INVALID_TEXT"),
    ):
        refused = read_offer(OfferInput(reward=TEN_PERCENT, lane=lane))
        assert isinstance(refused, Problems)
        assert [(problem.path, problem.code) for problem in refused.all] == [(("offer", "lane"), code)]


def test_a_limit_is_one_or_more():
    refused = read_offer(OfferInput(reward=TEN_PERCENT, limits=LimitsInput(per_voucher=-1)), ("here",))
    assert refused == Problems(
        (Problem(("here", "limits", "per_voucher"), "INVALID_PARAMETER", "Must be 1 or more."),)
    )


def test_an_offer_is_shown_as_the_version_it_is():
    reward = AmountOff(Money(500, "EUR"))
    shown = show_offer(Offer(7, FirstPurchase(), reward, Limits(per_customer=2), "gifts"))
    assert (shown.version, shown.lane) == (7, "gifts")
    assert shown.rule == rule_types["first_purchase"](kind="first_purchase")
    assert shown.reward == show_reward(reward)
    assert shown.limits == ShownLimits(per_voucher=None, per_customer=2, per_campaign=None)
    assert show_offer(Offer(1, None, reward)).rule is None
