"""Offers are stored as data; a presented code knows which counters and facts it needs."""

import dataclasses
from uuid import UUID

import pytest

from app.engine.counter import CounterKey, Measure, Scope
from app.engine.facts import PastRedemptions
from app.engine.offer import Limits, Offer, Presented
from app.engine.period import Period, window_of
from app.engine.rules.all_of import AllOf
from app.engine.rules.first_purchase import FirstPurchase
from app.engine.rules.minimum_spend import MinimumSpend
from app.engine.unit import UnitError
from tests.engine.shop import ANNA, CAMPAIGN, MAIN, NOW, TEN_PERCENT, budget, eur, offer, presented

VOUCHER_KEY = CounterKey("voucher", UUID(int=3))
CAMPAIGN_KEY = CounterKey("campaign", CAMPAIGN.id)
CUSTOMER_KEY = CounterKey("customer", CAMPAIGN.id, ANNA)
MAIN_KEY = CounterKey("campaign", MAIN.id)


def test_an_offer_survives_its_json() -> None:
    full = Offer(
        7, AllOf((FirstPurchase(), MinimumSpend(eur("25")))), TEN_PERCENT, Limits(1, 2, 3), "shipping"
    )
    assert Offer.from_json(full.to_json()) == full
    plain = Offer(1, None, TEN_PERCENT)
    assert plain.to_json() == {
        "version": 1,
        "rule": None,
        "reward": {"kind": "percent_off", "percent": "10", "up_to": None},
        "limits": {},
        "lane": "default",
    }
    assert Offer.from_json(plain.to_json()) == plain
    assert Offer.from_json({"version": 1, "reward": {"kind": "percent_off", "percent": "10"}}) == plain


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"version": 0}, "sale.version"),
        ({"version": "1"}, "sale.version"),
        ({"reward": None}, "sale.reward"),
        ({"reward": {"kind": "percent_off", "percent": "101"}}, "sale.reward.percent"),
        ({"rule": {"kind": "all_of", "rules": [{"kind": "x"}]}}, "sale.rule.rules[0].kind"),
        ({"limits": {"per_customer": 0}}, "sale.limits.per_customer"),
        ({"limits": {"per_day": 1}}, "sale.limits.per_day"),
        ({"limits": {"per_voucher": "1"}}, "sale.limits.per_voucher"),
        ({"lane": ""}, "sale.lane"),
        ({"lane": 5}, "sale.lane"),
        ({"colour": "red"}, "sale.colour"),
    ],
)
def test_a_faulty_offer_is_refused_where_it_is_faulty(change: dict[str, object], path: str) -> None:
    with pytest.raises(UnitError) as refused:
        Offer.from_json({**offer().to_json(), **change}, "sale")
    assert refused.value.path == path


def test_an_unlimited_code_needs_no_counter() -> None:
    assert presented(main=MAIN).caps(ANNA, "EUR", NOW) == ()
    assert Presented("NOPE").caps(ANNA, "EUR", NOW) == ()


def test_each_limit_has_its_counter_in_one_order() -> None:
    code = presented(offer=offer(limits=Limits(1, 2, 3)), main=dataclasses.replace(MAIN, max_redemptions=4))
    assert code.caps(ANNA, "EUR", NOW) == (
        (VOUCHER_KEY, 1),
        (CUSTOMER_KEY, 2),
        (CAMPAIGN_KEY, 3),
        (MAIN_KEY, 4),
    )
    assert code.caps(None, None, NOW) == ((VOUCHER_KEY, 1), (CAMPAIGN_KEY, 3), (MAIN_KEY, 4))


def test_the_vouchers_own_limit_overrides_the_offers() -> None:
    limited = offer(limits=Limits(per_voucher=5))
    assert presented(offer=limited, max_redemptions=9).caps(None, "EUR", NOW) == ((VOUCHER_KEY, 9),)
    assert presented(offer=limited, max_redemptions=1).caps(None, "EUR", NOW) == ((VOUCHER_KEY, 1),)
    assert presented(max_redemptions=2).caps(None, "EUR", NOW) == ((VOUCHER_KEY, 2),)


@pytest.mark.parametrize(("offered", "own", "most"), [(3, None, 3), (None, 4, 4), (3, 4, 3), (5, 4, 4)])
def test_the_campaigns_tighter_limit_rules(offered: int | None, own: int | None, most: int) -> None:
    code = presented(
        offer=offer(limits=Limits(per_campaign=offered)),
        campaign=dataclasses.replace(CAMPAIGN, max_redemptions=own),
    )
    assert code.caps(None, "EUR", NOW) == ((CAMPAIGN_KEY, most),)


def test_each_budget_has_its_counter_in_the_period_of_its_campaigns_clock() -> None:
    tokyo = dataclasses.replace(
        MAIN,
        zone="Asia/Tokyo",
        budgets=(budget(Measure.REDEMPTIONS, 9, Scope.CUSTOMER, Period.DAY), budget(Measure.POINTS, 8)),
    )
    own = dataclasses.replace(
        CAMPAIGN,
        budgets=(
            budget(Measure.ORDER_VALUE, 7, Scope.VOUCHER, Period.WEEK),
            budget(Measure.DISCOUNT, 6, Scope.CAMPAIGN, Period.DAY),
        ),
    )
    code = presented(campaign=own, main=tokyo)
    warsaw_week = window_of(Period.WEEK, NOW, "Europe/Warsaw")
    warsaw_day = window_of(Period.DAY, NOW, "Europe/Warsaw")
    tokyo_day = window_of(Period.DAY, NOW, "Asia/Tokyo")
    assert tokyo_day != warsaw_day
    order_value = CounterKey("voucher", UUID(int=3), None, Measure.ORDER_VALUE, "EUR", warsaw_week)
    discount = CounterKey("campaign", CAMPAIGN.id, None, Measure.DISCOUNT, "EUR", warsaw_day)
    redemptions = CounterKey("customer", MAIN.id, ANNA, Measure.REDEMPTIONS, None, tokyo_day)
    points = CounterKey("campaign", MAIN.id, None, Measure.POINTS)
    assert code.has_budgets
    assert code.caps(ANNA, "EUR", NOW) == ((order_value, 7), (discount, 6), (redemptions, 9), (points, 8))
    assert code.caps(None, "EUR", NOW) == ((order_value, 7), (discount, 6), (points, 8))
    assert code.caps(ANNA, "USD", NOW) == code.caps(ANNA, None, NOW) == ((redemptions, 9), (points, 8))


def test_of_a_limit_and_a_budget_that_count_the_same_the_tighter_one_rules() -> None:
    for most, rules in ((2, 2), (9, 5)):
        own = dataclasses.replace(CAMPAIGN, budgets=(budget(Measure.REDEMPTIONS, most),))
        code = presented(campaign=own, offer=offer(limits=Limits(per_campaign=5)))
        assert code.caps(None, "EUR", NOW) == ((CAMPAIGN_KEY, rules),)


def test_a_code_without_budgets_says_so() -> None:
    assert not presented(main=MAIN).has_budgets
    assert presented(main=dataclasses.replace(MAIN, budgets=(budget(Measure.POINTS, 1),))).has_budgets
    assert not Presented("NOPE").has_budgets


def test_a_code_needs_what_its_rule_needs() -> None:
    assert presented(offer=offer(AllOf((FirstPurchase(),)))).needs == {PastRedemptions()}
    assert presented().needs == frozenset()
    assert Presented("NOPE").needs == frozenset()
