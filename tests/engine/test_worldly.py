"""Conditions outside of offers: each with what it wants, whoever imposes it."""

import dataclasses
from datetime import timedelta

import pytest

from app.engine.counter import Measure, Scope
from app.engine.facts import POINTS, Balance, Facts
from app.engine.offer import Limits, Presented
from app.engine.period import Period
from app.engine.reason import Value
from app.engine.worldly import conditions_of_balance, conditions_of_counters, conditions_of_standing
from tests.engine.changes import with_balance
from tests.engine.shop import ANNA, CAMPAIGN, MAIN, NOW, eur, offer, presented, situation, with_budget


def test_times_are_told_on_the_clock_of_their_campaign() -> None:
    code = presented(
        expires_at=NOW + timedelta(hours=3),
        main=dataclasses.replace(MAIN, ends_at=NOW - timedelta(hours=1), starts_at=NOW - timedelta(days=9)),
        holder=ANNA,
        offer=offer(limits=Limits(per_customer=1)),
    )
    told = conditions_of_standing(code, None, NOW)
    assert [(each.kind, each.sentence, [why.code for why in each.reasons]) for each in told] == [
        ("voucher.enabled", "The code must not be disabled.", []),
        ("voucher.expires_at", "The code is valid until 20:00 Europe/Warsaw.", []),
        ("campaign.state", "The campaign must be live.", []),
        ("main_campaign.state", "The main campaign must be live.", []),
        (
            "main_campaign.starts_at",
            "The main campaign is valid from Monday 13 July 2026 17:00 Europe/Warsaw.",
            [],
        ),
        ("main_campaign.ends_at", "The main campaign is valid until 16:00 Europe/Warsaw.", ["EXPIRED"]),
        (
            "voucher.holder",
            "The code is one customer's, and it must be that customer who buys.",
            ["CUSTOMER_REQUIRED"],
        ),
        ("campaign.offer", "The campaign must promise something.", []),
        (
            "customer",
            "The customer must be known, for something is counted for each customer.",
            ["CUSTOMER_REQUIRED"],
        ),
    ]


@pytest.mark.parametrize(
    ("code", "sentence", "level", "expected"),
    [
        (presented(max_redemptions=1), "At most 1 redemption for this code.", "VOUCHER", 1),
        (
            presented(offer=offer(limits=Limits(per_voucher=2))),
            "At most 2 redemptions for this code.",
            "CAMPAIGN",
            2,
        ),
        (
            with_budget(Measure.REDEMPTIONS, 2, Scope.CUSTOMER, Period.WEEK, of_main=True),
            "At most 2 redemptions a week for each customer in the main campaign.",
            "MAIN_CAMPAIGN",
            2,
        ),
        (
            with_budget(Measure.ORDER_VALUE, 500, period=Period.YEAR),
            "At most 5.00 EUR of orders a year for the campaign.",
            "CAMPAIGN",
            eur("5.00"),
        ),
        (with_budget(Measure.POINTS, 70), "At most 70 points for the campaign.", "CAMPAIGN", 70),
    ],
)
def test_limits_and_budgets_say_what_they_count_and_who_set_them(
    code: Presented, sentence: str, level: str, expected: Value
) -> None:
    caps = code.caps(ANNA, "EUR", NOW)
    told = conditions_of_counters(code, caps, {}, {}, situation(customer=ANNA))[0]
    assert (told.sentence, told.level.value, told.expected, told.passed) == (sentence, level, expected, True)


def test_a_limit_that_is_reached_says_how_far_and_budgets_are_in_the_carts_currency() -> None:
    code = with_budget(Measure.DISCOUNT, 500, of_main=True)
    [cap] = code.caps(ANNA, "EUR", NOW)
    here = {cap.key: 100}
    looked_at = dataclasses.replace(situation(), facts=Facts(used={cap.key: 300}))
    over, _ = conditions_of_counters(code, (cap,), {cap.key: 101}, here, looked_at)
    assert (over.expected, over.actual, over.passed) == (eur("5.00"), eur("5.01"), False)
    fits, currency = conditions_of_counters(code, (cap,), {cap.key: 100}, here, looked_at)
    assert (fits.expected, fits.actual, fits.passed) == (eur("5.00"), eur("4.00"), True)
    assert (currency.kind, currency.level.value, currency.passed) == (
        "budget.currency",
        "MAIN_CAMPAIGN",
        True,
    )
    assert conditions_of_counters(presented(campaign=CAMPAIGN), (), {}, {}, looked_at) == []


def test_a_balance_says_what_is_there_and_what_is_asked_for() -> None:
    code = presented(points=9)
    facts = with_balance(Facts(), code, Balance(POINTS, 7))
    told = conditions_of_balance(code, dataclasses.replace(situation(), facts=facts), [])
    assert (told.expected, told.actual, told.level.value) == (9, 7, "VOUCHER")
    bare = conditions_of_balance(code, situation(), [])
    assert (bare.expected, bare.actual) == (None, None)
