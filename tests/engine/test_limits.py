"""Limits and budgets: exactly what is left is given and not a cent more, and the reason says whose and until when."""

import dataclasses
from datetime import timedelta
from decimal import Decimal

import pytest

from app.engine.counter import Count, CounterKey, Measure, Scope
from app.engine.limits import refusals_of_limits
from app.engine.money import LARGEST, Money
from app.engine.offer import Limits
from app.engine.period import Period
from app.engine.reason import Reason
from app.engine.remedy import Act, Change
from app.engine.rewards.amount_off import AmountOff
from app.engine.rewards.percent_off import PercentOff
from app.engine.rules.minimum_spend import MinimumSpend
from tests.engine.shop import (
    ANNA,
    CAMPAIGN,
    MAIN,
    NOW,
    VOUCHER,
    budget,
    cart,
    codes_of,
    eur,
    judge,
    key_of,
    offer,
    presented,
    with_budget,
)

DISCOUNT, ORDER_VALUE, REDEMPTIONS = Measure.DISCOUNT, Measure.ORDER_VALUE, Measure.REDEMPTIONS
TOMORROW = "Thursday 23 July 2026 00:00 Europe/Warsaw"
PERIODS = [
    (Period.EVER, "", "", None),
    (Period.DAY, " a day", " today", TOMORROW),
    (Period.WEEK, " a week", " this week", "Monday 27 July 2026 00:00 Europe/Warsaw"),
    (Period.MONTH, " a month", " this month", "Saturday 1 August 2026 00:00 Europe/Warsaw"),
    (Period.YEAR, " a year", " this year", "Friday 1 January 2027 00:00 Europe/Warsaw"),
]


@pytest.mark.parametrize(
    ("key", "code", "message", "subject"),
    [
        (
            CounterKey("voucher", VOUCHER),
            "VOUCHER_LIMIT_REACHED",
            "This code can be used 2 times and has been.",
            "voucher.redemptions",
        ),
        (
            CounterKey("customer", CAMPAIGN.id, ANNA),
            "CUSTOMER_LIMIT_REACHED",
            "Each customer can use this campaign 2 times, and this customer has.",
            "customer.redemptions",
        ),
        (
            CounterKey("campaign", CAMPAIGN.id),
            "CAMPAIGN_LIMIT_REACHED",
            "The campaign can be used 2 times and has been.",
            "campaign.redemptions",
        ),
        (
            CounterKey("campaign", MAIN.id),
            "MAIN_CAMPAIGN_LIMIT_REACHED",
            "The main campaign can be used 2 times and has been.",
            "main_campaign.redemptions",
        ),
    ],
)
def test_each_limit_that_is_used_up_has_its_own_reason(
    key: CounterKey, code: str, message: str, subject: str
) -> None:
    item = presented(offer=offer(limits=Limits(2, 2, 2)), main=dataclasses.replace(MAIN, max_redemptions=2))
    caps = item.caps(ANNA, "EUR", NOW)
    assert refusals_of_limits(item, caps, {key: 1}, {}, NOW) == []
    for used, used_here in (({key: 2}, {}), ({key: 1}, {key: 1})):
        assert refusals_of_limits(item, caps, used, used_here, NOW) == [
            Reason(code, message, subject=subject, expected=2, actual=2)
        ]


def test_a_limit_of_one_is_told_as_once() -> None:
    spent = judge(presented(max_redemptions=1), used={CounterKey("voucher", VOUCHER): 1})
    assert [reason.message for reason in spent.reasons] == ["This code can be used once and has been."]


@pytest.mark.parametrize(("period", "a_day", "today", "anew"), PERIODS)
@pytest.mark.parametrize(
    ("scope", "of_main", "owner", "message"),
    [
        (Scope.VOUCHER, False, "voucher", "This code can be used 3 times{} and has been{}."),
        (
            Scope.CUSTOMER,
            False,
            "customer",
            "Each customer can use this campaign 3 times{}, and this customer has{}.",
        ),
        (
            Scope.CUSTOMER,
            True,
            "customer",
            "Each customer can use this main campaign 3 times{}, and this customer has{}.",
        ),
        (Scope.CAMPAIGN, False, "campaign", "The campaign can be used 3 times{} and has been{}."),
        (Scope.CAMPAIGN, True, "main_campaign", "The main campaign can be used 3 times{} and has been{}."),
    ],
)
def test_a_number_of_redemptions_in_a_period_is_a_limit(
    scope: Scope,
    of_main: bool,
    owner: str,
    message: str,
    period: Period,
    a_day: str,
    today: str,
    anew: str | None,
) -> None:
    code = with_budget(REDEMPTIONS, 3, scope, period, of_main=of_main)
    key = key_of(scope, REDEMPTIONS, period, of_main=of_main)
    last = judge(code, customer=ANNA, used={key: 2})
    assert (last.granted, last.counts) == (True, {key: 1})
    assert judge(code, customer=ANNA, used={key: 3}).reasons == (
        Reason(
            f"{owner.upper()}_LIMIT_REACHED",
            message.format(a_day, today),
            subject=f"{owner}.redemptions",
            expected=3,
            actual=3,
            remedy=None if anew is None else f"Counted anew from {anew}.",
            change=None if key.window is None else Change(Act.COME_AT, at=key.window.ends),
        ),
    )


@pytest.mark.parametrize(
    ("period", "daily"), list(zip(Period, ("", "daily ", "weekly ", "monthly ", "yearly "), strict=True))
)
@pytest.mark.parametrize(
    ("scope", "of_main", "owner", "whose"),
    [
        (Scope.VOUCHER, False, "voucher", "The {} budget of this code"),
        (Scope.CUSTOMER, False, "customer", "This customer's {} budget in the campaign"),
        (Scope.CUSTOMER, True, "customer", "This customer's {} budget in the main campaign"),
        (Scope.CAMPAIGN, False, "campaign", "The {} budget of the campaign"),
        (Scope.CAMPAIGN, True, "main_campaign", "The {} budget of the main campaign"),
    ],
)
@pytest.mark.parametrize(
    ("measure", "noun", "takes"), [(DISCOUNT, "discount", 1_000), (ORDER_VALUE, "order", 10_000)]
)
def test_a_budget_gives_all_it_has_and_not_a_cent_more(
    scope: Scope,
    of_main: bool,
    owner: str,
    whose: str,
    period: Period,
    daily: str,
    measure: Measure,
    noun: str,
    takes: int,
) -> None:
    most = 50_000
    code = with_budget(measure, most, scope, period, of_main=of_main)
    key = key_of(scope, measure, period, of_main=of_main)
    fits = judge(code, customer=ANNA, used={key: most - takes})
    assert (fits.granted, fits.counts) == (True, {key: takes})

    name = whose.format(daily + noun)
    remedy = {anew for each, _, _, anew in PERIODS if each is period}.pop()
    why = Reason(
        f"{owner.upper()}_BUDGET_EXCEEDED",
        f"{name} does not cover this.",
        subject=f"{owner}.{measure.value.lower()}",
        expected=eur("500.00"),
        actual=eur("500.01"),
        missing=eur("0.01"),
        remedy=None if remedy is None else f"Counted anew from {remedy}.",
        change=None if key.window is None else Change(Act.COME_AT, at=key.window.ends),
    )
    over = judge(code, customer=ANNA, used={key: most - takes + 1})
    assert (over.granted, over.discount, over.counts, over.reasons) == (False, 0, {}, (why,))
    empty = dataclasses.replace(why, message=f"{name} is used up.", actual=eur("500.00"), missing=None)
    assert judge(code, customer=ANNA, used={key: most}).reasons == (empty,)


def test_a_cent_of_discount_less_fits_again() -> None:
    code = with_budget(DISCOUNT, 1_000)
    assert judge(code, basket=cart(10_004)).discount == 1_000
    assert codes_of(judge(code, basket=cart(10_005))) == ["CAMPAIGN_BUDGET_EXCEEDED"]


def test_a_cart_as_large_as_money_can_be_is_refused_like_any_other() -> None:
    code = dataclasses.replace(with_budget(ORDER_VALUE, 10_000), offer=offer(reward=AmountOff(eur("1.00"))))
    used = {key_of(Scope.CAMPAIGN, ORDER_VALUE, Period.EVER): 9_999}
    [why] = judge(code, basket=cart(LARGEST), used=used).reasons
    assert (why.code, why.actual, why.missing) == (
        "CAMPAIGN_BUDGET_EXCEEDED",
        Money(LARGEST, "EUR"),
        Money(LARGEST - 1, "EUR"),
    )


def test_yesterdays_use_does_not_count_today() -> None:
    code = with_budget(DISCOUNT, 1_000, period=Period.DAY)
    today = key_of(Scope.CAMPAIGN, DISCOUNT, Period.DAY)
    assert today.window is not None
    used = {today: 1_000}
    assert not judge(code, used=used, now=today.window.ends - timedelta(microseconds=1)).granted
    assert judge(code, used=used, now=today.window.ends).granted
    assert judge(code, used=used, now=today.window.starts - timedelta(microseconds=1)).granted


def test_what_is_used_up_is_told_together_with_all_other_reasons() -> None:
    code = dataclasses.replace(
        with_budget(DISCOUNT, 1_000), enabled=False, offer=offer(MinimumSpend(eur("200.00")))
    )
    used = {key_of(Scope.CAMPAIGN, DISCOUNT, Period.EVER): 1_000}
    assert codes_of(judge(code, used=used)) == [
        "VOUCHER_DISABLED",
        "CAMPAIGN_BUDGET_EXCEEDED",
        "MINIMUM_SPEND_NOT_REACHED",
    ]
    # Whether a budget would be exceeded is known only where there is a discount at all.
    assert codes_of(judge(code, used=dict.fromkeys(used, 500))) == [
        "VOUCHER_DISABLED",
        "MINIMUM_SPEND_NOT_REACHED",
    ]


def test_all_budgets_that_would_be_exceeded_are_told() -> None:
    own = dataclasses.replace(CAMPAIGN, budgets=(budget(DISCOUNT, 999), budget(ORDER_VALUE, 9_999)))
    main = dataclasses.replace(MAIN, budgets=(budget(DISCOUNT, 500, period=Period.DAY),))
    reasons = judge(presented(campaign=own, main=main)).reasons
    assert [(reason.subject, reason.missing) for reason in reasons] == [
        ("campaign.discount", eur("0.01")),
        ("campaign.order_value", eur("0.01")),
        ("main_campaign.discount", eur("5.00")),
    ]


def test_the_codes_of_one_cart_share_a_budget_of_discount_in_their_order() -> None:
    one, two = with_budget(DISCOUNT, 1_900, number=3), with_budget(DISCOUNT, 1_900, number=4)
    key = key_of(Scope.CAMPAIGN, DISCOUNT, Period.EVER)
    both = judge(one, two)
    assert (both.granted, both.discount, both.counts) == (True, 1_900, {key: 1_900})
    assert [verdict.counts for verdict in both.verdicts] == [(Count(key, 1_000),), (Count(key, 900),)]
    over = judge(one, two, used={key: 1})
    assert [verdict.granted for verdict in over.verdicts] == [True, False]
    assert (over.reasons[0].actual, over.reasons[0].missing) == (eur("19.01"), eur("0.01"))
    assert over.discount == 0


def test_the_value_of_one_order_counts_once_for_two_codes_of_a_campaign() -> None:
    one, two = with_budget(ORDER_VALUE, 10_000, number=3), with_budget(ORDER_VALUE, 10_000, number=4)
    key = key_of(Scope.CAMPAIGN, ORDER_VALUE, Period.EVER)
    both = judge(one, two)
    assert (both.granted, both.counts) == (True, {key: 10_000})
    over = judge(one, two, used={key: 1})
    assert codes_of(over) == ["CAMPAIGN_BUDGET_EXCEEDED", "CAMPAIGN_BUDGET_EXCEEDED"]
    assert {reason.actual for reason in over.reasons} == {eur("100.01")}


def test_sister_campaigns_share_the_budgets_of_their_main_campaign() -> None:
    main = dataclasses.replace(MAIN, budgets=(budget(DISCOUNT, 1_899), budget(ORDER_VALUE, 10_000)))
    sister = dataclasses.replace(CAMPAIGN, id=ANNA)
    evaluation = judge(presented("A", 3, main=main), presented("B", 4, campaign=sister, main=main))
    assert [(reason.code, reason.missing) for reason in evaluation.reasons] == [
        ("MAIN_CAMPAIGN_BUDGET_EXCEEDED", eur("0.01"))
    ]


def test_shipping_and_discounts_do_not_change_the_value_of_an_order() -> None:
    code = with_budget(ORDER_VALUE, 10_000)
    assert judge(code, basket=cart(10_000, shipping=490)).granted
    free = dataclasses.replace(code, offer=offer(reward=PercentOff(Decimal(100))))
    assert not judge(free, basket=cart(10_001)).granted


def test_a_code_that_gives_nothing_takes_nothing_from_a_budget_of_discount() -> None:
    code = dataclasses.replace(with_budget(DISCOUNT, 1_000), offer=offer(reward=AmountOff(eur("5.00"))))
    evaluation = judge(code, basket=cart(0))
    assert (evaluation.granted, evaluation.discount) == (True, 0)
    assert evaluation.counts == {key_of(Scope.CAMPAIGN, DISCOUNT, Period.EVER): 0}
