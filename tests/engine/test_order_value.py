"""What an order comes to at most: goods of codes that are surely not used are not in it, all others are."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from app.engine.budget import Budget
from app.engine.cart import Cart, Line
from app.engine.counter import CounterKey, Measure, Scope
from app.engine.evaluate import evaluate
from app.engine.facts import Facts, Situation
from app.engine.money import Money
from app.engine.occasion import NOWHERE
from app.engine.offer import CampaignStanding, Limits, Offer, Presented
from app.engine.order_value import LOOK_AT_WHAT_IS_LEFT, looks_at_what_is_left, order_value
from app.engine.period import Period
from app.engine.rewards.amount_off import AmountOff
from app.engine.rewards.free_items import FreeItem, FreeItems
from app.engine.rules.all_of import AllOf
from app.engine.rules.minimum_spend import MinimumSpend
from app.engine.rules.none_of import NoneOf
from app.engine.rules.running_subtotal import RunningSubtotal
from app.engine.shelf import rules
from app.engine.unit import Rule
from app.ids import new_id

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
CART = Cart("EUR", (Line(1, 50_00),))
HUNDRED = MinimumSpend(Money(100_00, "EUR"))
LATER = RunningSubtotal(amount_at_most=Money(49_00, "EUR"))
NOBODY = Facts()
FIVE = AmountOff(Money(5_00, "EUR"))


def mugs(rule: Rule | None = None, voucher: UUID | None = None, **standing: Any) -> Presented:
    """A promotion that adds a mug worth 17 euro."""
    promise = Offer(1, rule, FreeItems((FreeItem(Money(17_00, "EUR"), sku="MUG"),)), Limits(per_voucher=3))
    campaign = CampaignStanding(new_id(), **{"state": "LIVE", **standing})
    return Presented("Mugs", voucher or new_id(), campaign=campaign, offer=promise, is_automatic=True)


def five(most: int) -> Presented:
    """5 euro off, for orders of so much a day altogether."""
    budget = Budget(Measure.ORDER_VALUE, Scope.CAMPAIGN, Period.DAY, most, "EUR")
    campaign = CampaignStanding(new_id(), "LIVE", budgets=(budget,))
    return Presented("FIVE", new_id(), campaign=campaign, offer=Offer(1, None, FIVE))


def at_most(*codes: Presented, facts: Facts = NOBODY) -> int:
    return order_value(codes, CART, facts, NOW, NOWHERE)


def test_what_codes_may_add_is_in_it() -> None:
    assert at_most() == at_most(five(1)) == 50_00
    assert at_most(mugs()) == 67_00
    assert at_most(mugs(), five(1), mugs()) == 84_00


def test_what_is_surely_not_added_is_not_in_it() -> None:
    voucher = new_id()
    used_up = Facts(used={CounterKey("voucher", voucher): 3})
    assert at_most(mugs(HUNDRED)) == at_most(mugs(state="PAUSED")) == 50_00
    assert at_most(mugs(voucher=voucher), facts=used_up) == 50_00
    assert at_most(replace(mugs(), holder=new_id())) == 50_00


@pytest.mark.parametrize("rule", [LATER, AllOf((LATER,)), NoneOf((NoneOf((LATER,)),))])
def test_what_may_be_added_after_other_codes_is_in_it(rule: Rule) -> None:
    assert looks_at_what_is_left(rule)
    assert at_most(mugs(rule)) == 67_00
    both = evaluate([five(67_00), mugs(rule)], CART, Facts(), NOW)
    assert (both.subtotal, [verdict.granted for verdict in both.verdicts]) == (67_00, [True, True])
    too_much = evaluate([five(66_99), mugs(rule)], CART, Facts(), NOW)
    assert [verdict.granted for verdict in too_much.verdicts] == [False]


def test_a_promotion_that_takes_no_part_does_not_use_up_anybodys_budget() -> None:
    alone = evaluate([five(50_00), mugs(HUNDRED)], CART, Facts(), NOW)
    assert (alone.granted, alone.subtotal, alone.discount) == (True, 50_00, 5_00)
    assert [count.amount for count in alone.verdicts[0].counts] == [50_00]


@pytest.mark.parametrize("kind", sorted(set(rules.by_kind) - LOOK_AT_WHAT_IS_LEFT))
def test_all_other_rules_answer_the_same_after_other_codes(kind: str) -> None:
    rule = rules.from_json(rules.by_kind[kind].example)
    facts = Facts(new_id(), dict.fromkeys(rule.needs, 0))
    first = Situation(CART, facts, NOW, "UTC", remaining=(50_00,), remaining_shipping=0)
    last = replace(first, remaining=(0,), own_discount=50_00)
    assert looks_at_what_is_left(rule) or rule.refusals(first) == rule.refusals(last)
