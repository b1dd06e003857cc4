"""Replays of a week: whatever the till has decided is proven identical, with everything that can be on a cart."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from app.campaigns.values import CampaignChanges, CampaignKind
from app.database import execute, fetch
from app.engine.cart import Cart, Line
from app.engine.money import Money
from app.engine.offer import Offer
from app.engine.rewards.amount_off import AmountOff
from app.engine.rewards.external_code import ExternalCode
from app.engine.rewards.free_items import FreeItems
from app.engine.rewards.free_shipping import FreeShipping
from app.engine.rewards.gift_credit import GiftCredit
from app.engine.rewards.percent_off import PercentOff
from app.engine.rewards.points_earned import PointsEarned
from app.engine.rules.in_segment import InSegment
from app.engine.rules.minimum_spend import MinimumSpend
from app.engine.shelf import rewards, rules
from app.engine.simulated import Simulated, Sums
from app.engine.stacking import Base, Lane, LaneMode, NoEffect, OnRefusal, Stacking
from app.pools.fill import add_codes
from app.projects.admit import Caller
from app.redemptions.requests import Answer, CustomerRef
from app.redemptions.till import Till
from app.redemptions.values import Redemption
from app.segments.draft import create_segment
from app.segments.values import Segment, SegmentDraft
from app.simulation.past_attempts import Period
from app.simulation.replay_decision import Replay, replay_decision
from app.simulation.simulate import Report, Sample, simulate
from tests.conftest import NOW
from tests.pools.test_fill import a_pool
from tests.redemptions.holds import CARD, GIFT, Clock, a_gift_card, a_hold, a_till_by, confirmed
from tests.redemptions.market import a_week
from tests.redemptions.shop import a_caller, a_campaign, a_customer, a_voucher, asking, redemption

LATER = NOW + timedelta(days=30)
POLICY = Stacking(
    lanes=(Lane("first", LaneMode.COMPETE), Lane("second", base=Base.ORIGINAL)),
    exclusive=("alone",),
    most_codes=3,
    on_refusal=OnRefusal.PARTIAL,
    no_effect=NoEffect.SKIP,
)


async def replays(caller: Caller) -> list[Replay]:
    """All decisions of the caller's project, made again."""
    rows = await fetch(
        "SELECT id FROM redemptions WHERE project_id = $1 UNION ALL"
        " SELECT id FROM rejected_redemptions WHERE project_id = $1",
        caller.project,
    )
    found = [await replay_decision(caller, row["id"], LATER) for row in rows]
    return [replay for replay in found if replay is not None]


async def test_every_decision_of_a_week_is_proven_identical(project: UUID) -> None:
    clock = Clock()
    async with a_till_by(clock) as till:
        await a_week(project, till, clock, attempts=60)
    found = await replays(a_caller(project))
    assert len(found) >= 60
    assert [replay.differences for replay in found if not replay.identical] == []
    assert {isinstance(replay.made, Redemption) for replay in found} == {True, False}
    assert {replay.assumptions for replay in found} == {()}


async def a_full_shop(project: UUID) -> None:
    """A code for each sort of reward, promotions that take part by themselves, a live segment, and lanes."""
    live = await create_segment(project, SegmentDraft("Gold", rule=rules.from_json(GOLD, "rule")), NOW)
    assert isinstance(live, Segment), live
    offers = {
        "FIVE": Offer(1, None, AmountOff(Money(500, "EUR")), lane="first"),
        "TEN": Offer(1, None, PercentOff(Decimal(10)), lane="first"),
        "GOLD": Offer(1, InSegment(live.id), PercentOff(Decimal(20)), lane="second"),
        "SHIP": Offer(1, None, FreeShipping()),
        "TEE": Offer(1, None, rewards.from_json(FreeItems.example, "reward")),
        "ALONE": Offer(1, MinimumSpend(Money(9000, "EUR")), PercentOff(Decimal(50))),
        "NOUGHT": Offer(1, None, PercentOff(Decimal(100)), lane="last"),
    }
    for code, promise in offers.items():
        category = "alone" if code == "ALONE" else None
        await a_voucher(project, await a_campaign(project, code, promise=promise, category=category), code)
    for name, least in (("Always", 100), ("Rarely", 90_000)):
        rule = MinimumSpend(Money(least, "EUR"))
        kind = CampaignKind.CART_PROMOTION
        promise = Offer(1, rule, AmountOff(Money(111, "EUR")))
        await a_campaign(project, name, promise=promise, kind=kind)
    await a_gift_card(project, "GIFT", 2000)


CARTS = (
    Cart("EUR", (Line(2, 3000, sku="SHIRT"), Line(1, 4000, sku="SHOE")), shipping=500),
    Cart("EUR", (Line(1, 999, sku="SOCK"),), shipping=300),
)
GOLD = {"kind": "customer_metadata", "key": "tier", "comparison": {"operator": "IS", "values": ["gold"]}}
CODES = [
    *(("FIVE",), ("FIVE", "TEN"), ("GOLD", "TEN", "SHIP"), ("TEE", "GIFT"), ("ALONE", "FIVE")),
    *(("FIVE", "TEE", "SHIP", "GIFT"), ("NOBODY", "SHIP"), ("NOUGHT", "ALONE"), ("GOLD",), ("NOUGHT", "TEE")),
]


@pytest.mark.parametrize("policy", [Stacking(), POLICY], ids=["by default", "with lanes"])
async def test_everything_that_can_be_on_a_cart_is_proven_identical(
    project: UUID, till: Till, policy: Stacking
) -> None:
    await a_full_shop(project)
    gold, other = await a_customer(project, "gold"), await a_customer(project, "other")
    await execute('UPDATE customers SET metadata = \'{"tier": "gold"}\' WHERE id = $1', gold)
    caller = replace(a_caller(project), stacking=policy)
    for codes in CODES:
        for customer in (gold, other):
            for cart in CARTS:
                answer = await till.redeem(
                    asking(project, *codes, caller=caller, cart=cart, customer=CustomerRef(id=customer))
                )
                assert isinstance(answer, Answer), answer
    held = await a_hold(till, project, "FIVE", "TEE", caller=caller, customer=CustomerRef(id=gold))
    redemption(await confirmed(project, held.id, cart=CARTS[1]))
    # What was true of the customers is not true any more.
    await execute("UPDATE customers SET metadata = '{}' WHERE project_id = $1", project)
    found = await replays(caller)
    assert len(found) == len(CODES) * 2 * len(CARTS) + 1
    assert [replay.differences for replay in found if not replay.identical] == []
    assert {replay.assumptions for replay in found} == {()}
    assert await simulated_otherwise(project) == {}


async def simulated_otherwise(project: UUID) -> dict[str, Simulated]:
    """The campaigns whose simulation, with nothing edited, is not what happened."""
    found = {}
    for row in await fetch("SELECT id, name FROM campaigns WHERE project_id = $1", project):
        told = await simulate(project, (row["id"], CampaignChanges()), Period(NOW, LATER), Sample(), LATER)
        assert isinstance(told, Report), told
        figures, [sums] = told.simulated, told.simulated.sums or (Sums("EUR"),)
        was = (sums.discount_then, sums.order_value_then, figures.granted_then, 0, 0)
        now = (sums.discount, sums.order_value, figures.granted, figures.newly_granted, figures.newly_refused)
        if was != now:
            found[row["name"]] = figures
    return found


async def test_gifts_are_proven_by_the_cards_and_the_pool_of_then(project: UUID, till: Till) -> None:
    gifts, cards = (
        await a_campaign(project, "Gifts", promise=GIFT),
        await a_campaign(project, "Cards", promise=CARD),
    )
    ada, bob = await a_customer(project, "ada"), await a_customer(project, "bob")
    await a_voucher(project, gifts, "GIFT-1", holder_id=ada)
    await a_voucher(project, cards, "CARD-1", holder_id=ada)
    pool = await a_pool(project)
    await add_codes(project, pool, ["ONE", "TWO"], NOW)
    for code, reward in (
        ("CREDIT", GiftCredit(gifts, Money(700, "EUR"))),
        ("POINTS", PointsEarned(cards, 1, Money(100, "EUR"))),
        ("CINEMA", ExternalCode(pool)),
    ):
        await a_voucher(project, await a_campaign(project, code, promise=Offer(1, None, reward)), code)
    for customer in (ada, bob):
        for codes in (("CREDIT", "POINTS", "CINEMA"), ("CINEMA",), ("GIFT-1",)):
            await till.redeem(asking(project, *codes, customer=CustomerRef(id=customer)))
    # Bob gets cards of his own, and the pool is empty by now.
    await a_voucher(project, gifts, "GIFT-2", holder_id=bob)
    await a_voucher(project, cards, "CARD-2", holder_id=bob)
    found = await replays(a_caller(project))
    assert sum(isinstance(replay.made, Redemption) for replay in found) == 3
    assert [replay.differences for replay in found] == [()] * 6
