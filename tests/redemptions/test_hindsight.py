"""Hindsight: only what the cart decides is judged again, by the offer of then."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest

from app.engine.cart import Cart, Line
from app.engine.comparison import Comparison, Operator
from app.engine.facts import Balance, PastRedemptions
from app.engine.kept_code import NOTHING_KEPT, Decided, KeptCode
from app.engine.kept_facts import NO_FACTS, KeptFacts
from app.engine.money import Money
from app.engine.offer import Limits, Offer
from app.engine.rewards.amount_off import AmountOff
from app.engine.rewards.gift_balance import GiftBalance
from app.engine.rewards.percent_off import PercentOff
from app.engine.rules.all_of import AllOf
from app.engine.rules.any_of import AnyOf
from app.engine.rules.contains_products import ContainsProducts
from app.engine.rules.customer_metadata import CustomerMetadata
from app.engine.rules.first_purchase import FirstPurchase
from app.engine.rules.holder_only import HolderOnly
from app.engine.rules.in_segment import InSegment
from app.engine.rules.minimum_spend import MinimumSpend
from app.engine.rules.none_of import NoneOf
from app.engine.rules.time_window import TimeWindow
from app.engine.segment import Segment
from app.engine.shopper import Shopper
from app.engine.stacking import Lane, NoEffect, Stacking
from app.engine.unit import Rule
from app.redemptions.hindsight import Hindsight, Promise

ANNA, CODE = UUID(int=1), UUID(int=2)
WEDNESDAY = datetime(2026, 7, 22, 15, 0, tzinfo=UTC)
WHOLE = Cart("EUR", (Line(1, 60_00, sku="mug"), Line(1, 40_00, sku="tea")))
REST = Cart("EUR", (Line(1, 60_00, sku="mug"),))

FROM_80 = MinimumSpend(Money(80_00, "EUR"))
FROM_30 = MinimumSpend(Money(30_00, "EUR"))
TEA = ContainsProducts(products=("tea",))
RETURNING = NoneOf((FirstPurchase(),))


def judge(rule: Rule | None, customer: UUID | None = ANNA, number: int = 2, percent: int = 10) -> Hindsight:
    offer = Offer(3, rule, PercentOff(Decimal(percent)), Limits(1, 1, 1))
    return Hindsight([Promise(UUID(int=number), UUID(int=9), "Europe/Warsaw", offer)], customer, WEDNESDAY)


@pytest.mark.parametrize(
    "rule",
    [
        FROM_80,
        TEA,
        AllOf((FirstPurchase(), FROM_80)),
        AllOf((RETURNING, FROM_80)),
        AnyOf((FROM_80, TEA)),
        AnyOf((RETURNING, FROM_80)),
        NoneOf((AllOf((MinimumSpend(Money(1, "EUR")), NoneOf((TEA,)))),)),
    ],
)
def test_what_the_whole_cart_had_and_the_rest_lacks_is_a_reason(rule: Rule) -> None:
    assert judge(rule).unqualified(WHOLE, REST) == {CODE}
    assert judge(rule).unqualified(WHOLE, WHOLE) == set()


@pytest.mark.parametrize(
    "rule",
    [
        None,
        FROM_30,
        FirstPurchase(),
        RETURNING,
        AnyOf((RETURNING, MinimumSpend(Money(900_00, "EUR")))),
        TimeWindow((3,), "16:00", "18:00"),  # 17:00 in Warsaw, that day
        TimeWindow((5,), "09:00", "10:00"),
    ],
)
@pytest.mark.parametrize("customer", [ANNA, None])
def test_customers_times_and_limits_are_not_judged_again(rule: Rule | None, customer: UUID | None) -> None:
    assert judge(rule, customer).unqualified(WHOLE, REST) == set()


def test_what_was_known_of_the_customer_then_is_still_known() -> None:
    vip = UUID(int=7)
    either = AnyOf((RETURNING, FROM_80))
    listed = AnyOf((InSegment(vip), FROM_80))
    gold = AnyOf((CustomerMetadata("tier", Comparison(Operator.IS, ("gold",))), FROM_80))
    own = AnyOf((HolderOnly(), FROM_80))
    for rule, kept, code in (
        (either, KeptFacts({PastRedemptions(): 3}), NOTHING_KEPT),
        (listed, NO_FACTS, KeptCode(segments={vip: Segment(vip, "VIP", Decided(True))})),
        (gold, KeptFacts(shopper=Shopper("anna", metadata={"tier": "gold"})), NOTHING_KEPT),
        (own, NO_FACTS, KeptCode(holder=ANNA)),
    ):
        promise = Promise(CODE, UUID(int=9), "UTC", Offer(3, rule, PercentOff(Decimal(10))), kept=code)
        hindsight = Hindsight([promise], ANNA, WEDNESDAY, kept=kept)
        assert hindsight.unqualified(WHOLE, REST) == set(), rule
        forgotten = Hindsight([replace(promise, kept=NOTHING_KEPT)], ANNA, WEDNESDAY)
        assert forgotten.unqualified(WHOLE, REST) == {CODE}, rule


def test_the_rest_is_given_the_rewards_one_after_the_other_without_those_that_are_lost() -> None:
    offers = [Offer(1, rule, PercentOff(Decimal(50))) for rule in (FROM_80, RETURNING, None)]
    codes = [UUID(int=number) for number in (2, 3, 4)]
    promises = [Promise(code, UUID(int=9), "UTC", offer) for code, offer in zip(codes, offers, strict=True)]
    hindsight = Hindsight(promises, ANNA, WEDNESDAY)
    assert hindsight.unqualified(WHOLE, REST) == {codes[0]}
    assert hindsight.discounts(REST, {codes[0]}) == {codes[1]: (30_00, 0), codes[2]: (15_00, 0)}
    assert hindsight.discounts(REST) == {codes[0]: (30_00, 0), codes[1]: (15_00, 0), codes[2]: (7_50, 0)}


def test_a_balance_pays_again_with_what_it_paid_then() -> None:
    gift = Promise(CODE, UUID(int=9), "UTC", Offer(1, None, GiftBalance()), Balance("EUR", 50_00))
    hindsight = Hindsight([gift], None, WEDNESDAY)
    assert hindsight.unqualified(WHOLE, REST) == set()
    assert hindsight.discounts(REST) == {CODE: (50_00, 0)}
    spent = Hindsight([replace(gift, balance=Balance("EUR", 0))], None, WEDNESDAY)
    assert (spent.unqualified(WHOLE, REST), spent.discounts(REST)) == (set(), {CODE: (0, 0)})


def test_lanes_take_their_turns_as_they_did_then() -> None:
    promises = [
        Promise(UUID(int=n), UUID(int=9), "UTC", Offer(1, None, reward, lane=lane))
        for n, reward, lane in (
            (1, AmountOff(Money(10_00, "EUR")), "codes"),
            (2, PercentOff(Decimal(10)), "sale"),
        )
    ]
    policy = Stacking(lanes=(Lane("sale"), Lane("codes")), no_effect=NoEffect.SKIP)
    then = Hindsight(promises, ANNA, WEDNESDAY, kept=KeptFacts(stacking=policy))
    assert then.discounts(REST) == {UUID(int=1): (10_00, 0), UUID(int=2): (6_00, 0)}
    assert Hindsight(promises, ANNA, WEDNESDAY).discounts(REST) == {
        UUID(int=1): (10_00, 0),
        UUID(int=2): (5_00, 0),
    }
