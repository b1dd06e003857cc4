"""Judging a hold anew: another cart gets what it deserves, with what the hold reserved as free."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from app.engine.cart import Cart, Line
from app.engine.counter import Measure, Scope
from app.engine.money import Money
from app.engine.rules.first_purchase import FirstPurchase
from app.engine.rules.minimum_spend import MinimumSpend
from app.redemptions.read import by_ids
from app.redemptions.requests import Answer, CustomerRef
from app.redemptions.till import Till
from tests.conftest import NOW
from tests.redemptions.holds import (
    BIGGER,
    QUARTER,
    SMALLER,
    SOON,
    THEN,
    Clock,
    a_gift_card,
    a_hold,
    a_points_card,
    a_till_by,
    budgeted,
    confirmed,
    daily,
    events,
    states,
    told,
    used,
)
from tests.redemptions.shop import (
    CART,
    a_campaign,
    a_customer,
    a_voucher,
    asking,
    assert_counters_equal_ledger,
    offer,
    problems,
    reasons,
    redemption,
    refusal,
)
from tests.wallets.balances import assert_buckets_equal_postings, entries, left


async def test_a_changed_cart_gets_what_it_deserves_and_moves_everything_by_the_difference(
    project: UUID, till: Till
) -> None:
    campaign = await a_campaign(project, promise=offer(off=6000, per_campaign=1))
    await budgeted(
        project, campaign, daily(Measure.DISCOUNT, 6000), daily(Measure.ORDER_VALUE, 10_000, Scope.CUSTOMER)
    )
    await a_voucher(project, campaign, "ONE", max_redemptions=1)
    gift, card = await a_gift_card(project, "GIFT", 3000), await a_points_card(project, "CARD", 700)
    ada = CustomerRef(id=await a_customer(project))
    held = await a_hold(till, project, "ONE", "GIFT", "CARD", customer=ada)
    assert [code.discount for code in held.vouchers] == [6000, 3000, 700]
    cart = Cart("EUR", (Line(2, 3350, sku="SHIRT"), Line(1, 1, sku="TAG")), shipping=100)
    granted = redemption(await confirmed(project, held.id, cart=cart))
    assert [(code.discount, code.spent, code.spent_unit) for code in granted.vouchers] == [
        (6000, 0, None),
        (701, 701, "EUR"),
        (0, 0, "points"),
    ]
    assert (granted.id, granted.created_at, granted.confirmed_at) == (held.id, NOW, SOON)
    assert (granted.subtotal, granted.shipping, granted.discount, granted.cart) == (6701, 100, 6701, cart)
    assert granted.line_discounts == (6700, 1)
    assert await by_ids(project, [held.id]) == {held.id: granted}
    assert await told(project, "REDEMPTION_GRANTED") == [("REDEMPTION_GRANTED", replace(granted, facts=None))]
    assert await used(project) == [
        ("campaign", "DISCOUNT", 6000),
        ("campaign", "REDEMPTIONS", 1),
        ("customer", "ORDER_VALUE", 6701),
        ("voucher", "REDEMPTIONS", 1),
    ]
    assert await entries(project, gift) == [
        ("ISSUE", 3000),
        ("HOLD", 3000),
        ("RELEASE", 3000),
        ("SPEND", 701),
    ]
    assert (await left(project, gift), await left(project, card)) == ([(2299, None)], [(700, None)])
    await assert_counters_equal_ledger(project)
    await assert_buckets_equal_postings(project)


async def test_a_changed_cart_takes_no_more_of_a_balance_than_was_held(project: UUID, till: Till) -> None:
    gift = await a_gift_card(project, "GIFT", 30_000)
    held = await a_hold(till, project, "GIFT", takes=(Money(2500, "EUR"),))
    granted = redemption(await confirmed(project, held.id, cart=BIGGER))
    assert granted.discount == 2500
    assert await left(project, gift) == [(27_500, None)]


async def test_a_changed_cart_that_is_refused_releases_the_hold(project: UUID, till: Till) -> None:
    rule = MinimumSpend(Money(5000, "EUR"))
    await a_voucher(project, await a_campaign(project, promise=offer(rule=rule)), "ONE", max_redemptions=1)
    gift = await a_gift_card(project, "GIFT", 2000)
    held = await a_hold(till, project, "ONE", "GIFT", channel="web")
    answer = await confirmed(project, held.id, cart=SMALLER, idempotency_key="order 7")
    rejected = refusal(answer)
    assert [reason.code for reason in rejected.reasons] == ["MINIMUM_SPEND_NOT_REACHED"]
    assert (rejected.cart, rejected.channel, rejected.created_at) == (SMALLER, "web", SOON)
    assert await events(project) == ["REDEMPTION_HELD", "REDEMPTION_REJECTED", "HOLD_RELEASED"]
    assert await states(project, [held]) == ["RELEASED"]
    assert await used(project) == [("voucher", "REDEMPTIONS", 0)]
    assert await left(project, gift) == [(2000, None)]
    again = await confirmed(project, held.id, cart=SMALLER, idempotency_key="order 7")
    assert again == Answer(rejected, replayed=True)
    assert problems(await confirmed(project, held.id)) == [("redemption", "HOLD_RELEASED")]


async def test_another_currency_is_refused_and_the_hold_stays(project: UUID, till: Till) -> None:
    await a_voucher(project, await a_campaign(project), "ONE", max_redemptions=1)
    held = await a_hold(till, project, "ONE")
    answer = await confirmed(project, held.id, cart=Cart("USD", (Line(1, 5000),)))
    assert problems(answer) == [("cart.currency", "CURRENCY_CHANGED")]
    assert await states(project, [held]) == ["HELD"]


async def test_the_hold_itself_is_not_in_its_customers_way(project: UUID, till: Till) -> None:
    promise = offer(rule=FirstPurchase(), per_customer=1)
    await a_voucher(project, await a_campaign(project, promise=promise), "ONE")
    ada = CustomerRef(id=await a_customer(project))
    held = await a_hold(till, project, "ONE", customer=ada)
    assert "CUSTOMER_LIMIT_REACHED" in reasons(await till.redeem(asking(project, "ONE", customer=ada)))
    assert redemption(await confirmed(project, held.id, cart=BIGGER)).subtotal == 19_000


async def test_a_changed_cart_counts_in_the_period_in_which_the_hold_began(project: UUID) -> None:
    clock = Clock(datetime.fromisoformat("2026-06-01T23:55+02:00"))  # the project is in Warsaw
    campaign = await a_campaign(project, promise=offer(off=9000), time_zone="Europe/Warsaw")
    await budgeted(project, campaign, daily(Measure.DISCOUNT, 9000))
    await a_voucher(project, campaign, "ONE")
    async with a_till_by(clock) as till:
        held = await a_hold(till, project, "ONE", cart=SMALLER)
        redemption(await till.redeem(asking(project, "ONE", cart=SMALLER)))
        clock.now += timedelta(minutes=10)
        redemption(await till.redeem(asking(project, "ONE", cart=SMALLER)))
    # Yesterday 6000 were left for others' 3000, today there would be enough: it is yesterday's that decides.
    answer = await confirmed(project, held.id, clock.now, cart=CART)
    assert reasons(answer) == ["CAMPAIGN_BUDGET_EXCEEDED"]
    assert await used(project) == [("campaign", "DISCOUNT", 3000), ("campaign", "DISCOUNT", 3000)]
    await assert_counters_equal_ledger(project)


async def test_other_holds_that_are_over_are_not_in_the_way(project: UUID, till: Till) -> None:
    campaign = await a_campaign(project, promise=offer(off=9000))
    await budgeted(project, campaign, daily(Measure.DISCOUNT, 10_000))
    await a_voucher(project, campaign, "ONE")
    gone = await a_hold(till, project, "ONE", cart=SMALLER)
    held = await a_hold(till, project, "ONE", cart=SMALLER, hold_for=2 * QUARTER)
    assert redemption(await confirmed(project, held.id, THEN, cart=CART)).discount == 9000
    assert await states(project, [gone, held]) == ["EXPIRED", "REDEEMED"]
    assert await used(project) == [("campaign", "DISCOUNT", 9000)]
    await assert_counters_equal_ledger(project)
