"""Kept facts: what a judgement rests on, written and read again, and no more than a rule asked for."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from app.engine.cart import Cart, Line
from app.engine.facts import (
    Balance,
    Card,
    CardOf,
    Facts,
    FreeCodes,
    Listed,
    Membership,
    Need,
    PastEvents,
    PastRedemptions,
    PastSpend,
    Profile,
    Situation,
)
from app.engine.kept_code import Decided, KeptCode, KeptFactsError
from app.engine.kept_facts import NO_FACTS, KeptFacts, keep
from app.engine.money import Money
from app.engine.offer import CampaignStanding, Offer, Presented
from app.engine.rewards.amount_off import AmountOff
from app.engine.rewards.gift_balance import GiftBalance
from app.engine.rules.first_purchase import FirstPurchase
from app.engine.segment import Segment
from app.engine.shopper import Shopper
from app.engine.stacking import DEFAULT, OnRefusal, Stacking

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
CART = Cart("EUR", (Line(1, 5000),))
ADA, CAMPAIGN, VIP, VOUCHER = UUID(int=1), UUID(int=2), UUID(int=3), UUID(int=4)
STANDING = CampaignStanding(CAMPAIGN, "LIVE", category="seasonal")
PLAIN = Offer(1, None, AmountOff(Money(500, "EUR")))
FIRST = Offer(1, FirstPurchase(), AmountOff(Money(500, "EUR")))
SHOPPER = Shopper("ada", "Ada", "ada@example.com", date(1990, 2, 28), {"tier": "gold"}, NOW)


def test_where_nothing_was_asked_nothing_is_kept() -> None:
    code = Presented("CODE", VOUCHER, campaign=STANDING, offer=PLAIN)
    kept = keep([code], Facts(ADA, {PastRedemptions(): 3}, shopper=SHOPPER), CART, NOW)
    assert kept == NO_FACTS
    assert kept.to_json() is None
    assert KeptFacts.from_json(None) == NO_FACTS


def test_the_answers_that_rules_asked_for_are_kept_and_no_others() -> None:
    code = Presented("CODE", VOUCHER, campaign=STANDING, offer=FIRST)
    facts = Facts(ADA, {PastRedemptions(): 2, PastSpend("EUR"): 900}, shopper=SHOPPER)
    kept = keep([code], facts, CART, NOW)
    assert kept == KeptFacts({PastRedemptions(): 2})
    assert kept.to_json() == {"answers": [{"need": "redemptions", "answer": 2}]}


def test_of_somebody_unknown_nothing_is_kept() -> None:
    code = Presented("CODE", VOUCHER, campaign=STANDING, offer=FIRST)
    assert keep([code], Facts(None), CART, NOW).to_json() is None


def test_of_a_segment_it_is_kept_who_was_in_it_and_not_what_it_asks_for() -> None:
    live = {VIP: Segment(VIP, "New customers", FirstPurchase())}
    code = Presented("CODE", VOUCHER, campaign=STANDING, offer=PLAIN, segments=live)
    for redeemed, is_in in ((0, True), (1, False)):
        kept = keep([code], Facts(ADA, {PastRedemptions(): redeemed}), CART, NOW)
        assert kept.answers == {}
        assert kept.code(0).segments == {VIP: Segment(VIP, "New customers", Decided(is_in))}
        read = KeptFacts.from_json(kept.to_json())
        assert read == kept
        situation = Situation(CART, Facts(ADA), NOW, "UTC")
        assert read.code(0).segments[VIP].holds(situation) is is_in


def test_what_pays_is_kept_with_its_balance_and_what_was_asked_of_it() -> None:
    pays = Offer(1, None, GiftBalance())
    code = Presented("GIFT", VOUCHER, holder=ADA, campaign=STANDING, offer=pays, credits=Money(300, "EUR"))
    facts = Facts(ADA, balances={VOUCHER: Balance("EUR", 2500)})
    kept = keep([Presented("OTHER"), code], facts, CART, NOW)
    assert kept.codes == (KeptCode(), KeptCode(Money(300, "EUR"), None, Balance("EUR", 2500), ADA))
    assert kept.to_json() == {
        "codes": [
            None,
            {
                "credits": {"minor": 300, "currency": "EUR"},
                "balance": {"unit": "EUR", "available": 2500},
                "holder": ADA.hex,
            },
        ]
    }
    assert KeptFacts.from_json(kept.to_json()) == kept


def test_a_policy_other_than_the_default_is_kept_with_the_categories_it_asks_for() -> None:
    code = Presented("CODE", VOUCHER, campaign=STANDING, offer=PLAIN)
    policy = Stacking(on_refusal=OnRefusal.PARTIAL)
    kept = keep([code], Facts(), CART, NOW, policy)
    assert kept.code(0).category == "seasonal"
    assert KeptFacts.from_json(kept.to_json()) == kept
    assert keep([code], Facts(), CART, NOW, DEFAULT) == NO_FACTS


def test_everything_comes_back_as_it_was_written() -> None:
    kept = KeptFacts(
        {
            PastRedemptions(CAMPAIGN, NOW, timedelta(days=30)): 1,
            PastSpend("JPY", timedelta(hours=1)): 12000,
            PastEvents("newsletter", timedelta(microseconds=1)): 4,
            Listed(VIP): 1,
        },
        SHOPPER,
        (KeptCode(points=20, balance=Balance("points", 50)),),
        NOW,
        {"till": 3},
        Stacking(most_codes=3),
        {CAMPAIGN: Card(VOUCHER, None)},
        {VIP: 7},
    )
    assert KeptFacts.from_json(kept.to_json()) == kept


@pytest.mark.parametrize("need", [Profile(), Membership(VIP), CardOf(VIP), FreeCodes(VIP)])
def test_what_is_not_a_number_is_no_answer(need: Need) -> None:
    with pytest.raises(ValueError, match="not answered by a number"):
        KeptFacts({need: 1}).to_json()


@pytest.mark.parametrize(
    ("data", "path"),
    [
        ({"answers": [{"need": "weather", "answer": 1}]}, "answers[0].need"),
        ({"answers": [{"need": "listed", "answer": 1}]}, "answers[0].segment"),
        ({"codes": [{"holder": "nobody"}]}, "codes[0].holder"),
        ({"codes": [{"segments": [{"name": "VIP", "holds": True}]}]}, "codes[0].segments[0].id"),
        ({"cards": [{"unit": "EUR"}]}, "cards[0]"),
        ({"pools": {"summer": 1}}, "pools"),
        ({"metadata": 1}, "metadata"),
        ({"else": 1}, "else"),
    ],
)
def test_stored_data_that_is_something_else_is_refused_with_its_path(data: object, path: str) -> None:
    with pytest.raises(KeptFactsError) as wrong:
        KeptFacts.from_json(data)
    assert wrong.value.path == path
