"""Offers are stored as data; a presented code knows which counters and facts it needs."""

import dataclasses
from uuid import UUID

import pytest

from app.engine.counter import CounterKey
from app.engine.facts import PastRedemptions
from app.engine.offer import Limits, Offer, Presented
from app.engine.rules.all_of import AllOf
from app.engine.rules.first_purchase import FirstPurchase
from app.engine.rules.minimum_spend import MinimumSpend
from app.engine.unit import UnitError
from tests.engine.shop import ANNA, CAMPAIGN, MAIN, TEN_PERCENT, eur, offer, presented

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
    assert presented(main=MAIN).counters(ANNA) == ()
    assert Presented("NOPE").counters(ANNA) == ()


def test_each_limit_has_its_counter_in_one_order() -> None:
    code = presented(offer=offer(limits=Limits(1, 2, 3)), main=dataclasses.replace(MAIN, max_redemptions=4))
    assert code.limited(ANNA) == ((VOUCHER_KEY, 1), (CUSTOMER_KEY, 2), (CAMPAIGN_KEY, 3), (MAIN_KEY, 4))
    assert code.counters(ANNA) == (VOUCHER_KEY, CUSTOMER_KEY, CAMPAIGN_KEY, MAIN_KEY)
    assert code.counters(None) == (VOUCHER_KEY, CAMPAIGN_KEY, MAIN_KEY)


def test_the_vouchers_own_limit_overrides_the_offers() -> None:
    limited = offer(limits=Limits(per_voucher=5))
    assert presented(offer=limited, max_redemptions=9).limited(None) == ((VOUCHER_KEY, 9),)
    assert presented(offer=limited, max_redemptions=1).limited(None) == ((VOUCHER_KEY, 1),)
    assert presented(max_redemptions=2).limited(None) == ((VOUCHER_KEY, 2),)


@pytest.mark.parametrize(("offered", "own", "most"), [(3, None, 3), (None, 4, 4), (3, 4, 3), (5, 4, 4)])
def test_the_campaigns_tighter_limit_rules(offered: int | None, own: int | None, most: int) -> None:
    code = presented(
        offer=offer(limits=Limits(per_campaign=offered)),
        campaign=dataclasses.replace(CAMPAIGN, max_redemptions=own),
    )
    assert code.limited(None) == ((CAMPAIGN_KEY, most),)


def test_a_code_needs_what_its_rule_needs() -> None:
    assert presented(offer=offer(AllOf((FirstPurchase(),)))).needs == {PastRedemptions()}
    assert presented().needs == frozenset()
    assert Presented("NOPE").needs == frozenset()
