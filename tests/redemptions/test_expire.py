"""Expiring holds: everything they reserve comes back at the instant they end, whoever looks first."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest

from app.database import connect, fetch
from app.engine.counter import Measure, Scope
from app.engine.evaluation import Evaluation
from app.engine.money import Money
from app.engine.offer import Limits, Offer
from app.engine.rewards.amount_off import AmountOff
from app.redemptions.expire import expire_holds
from app.redemptions.read import by_ids
from app.redemptions.requests import CustomerRef, ValidateRequest
from app.redemptions.till import Till
from app.redemptions.usage import uses_of_campaigns, uses_of_vouchers
from app.redemptions.validate import validate
from app.redemptions.values import RedemptionState
from tests.conftest import NOW, Statements
from tests.redemptions.holds import (
    QUARTER,
    THEN,
    Clock,
    a_gift_card,
    a_hold,
    a_points_card,
    a_till_by,
    budgeted,
    daily,
    events,
    expire,
    states,
    told,
    used,
)
from tests.redemptions.shop import (
    CART,
    a_caller,
    a_campaign,
    a_customer,
    a_voucher,
    asking,
    assert_counters_equal_ledger,
    offer,
    reasons,
    redemption,
)
from tests.wallets.balances import assert_buckets_equal_postings, entries, left

FIVE_OFF = AmountOff(Money(500, "EUR"))


async def test_a_hold_takes_the_last_use_until_it_is_over(project: UUID) -> None:
    clock = Clock()
    await a_voucher(project, await a_campaign(project), "ONCE", max_redemptions=1)
    async with a_till_by(clock) as till:
        held = await a_hold(till, project, "ONCE")
        assert held.state is RedemptionState.HELD
        clock.now = THEN - timedelta(microseconds=1)
        assert reasons(await till.redeem(asking(project, "ONCE"))) == ["VOUCHER_LIMIT_REACHED"]
        clock.now = THEN
        won = redemption(await till.redeem(asking(project, "ONCE")))
    assert await states(project, [held, won]) == ["EXPIRED", "REDEEMED"]
    assert await used(project) == [("voucher", "REDEMPTIONS", 1)]
    assert await events(project) == [
        "REDEMPTION_HELD",
        "REDEMPTION_REJECTED",
        "HOLD_EXPIRED",
        "REDEMPTION_GRANTED",
    ]


async def test_everything_it_reserved_comes_back_in_one_unit(project: UUID, till: Till) -> None:
    main = await a_campaign(project, "Year", is_main=True, max_redemptions=50)
    campaign = await a_campaign(
        project, main_id=main, promise=Offer(1, None, FIVE_OFF, Limits(per_customer=5, per_campaign=9))
    )
    await budgeted(
        project,
        campaign,
        daily(Measure.DISCOUNT, 10_000),
        daily(Measure.ORDER_VALUE, 90_000, Scope.CUSTOMER),
        daily(Measure.REDEMPTIONS, 7),
    )
    await budgeted(project, main, daily(Measure.ORDER_VALUE, 90_000))
    await a_voucher(project, campaign, "ONE", max_redemptions=4)
    await a_voucher(project, campaign, "TWO", max_redemptions=4)
    gift, card = await a_gift_card(project, "GIFT", 2000), await a_points_card(project, "CARD", 550)
    ada = await a_customer(project)
    held = await a_hold(till, project, "ONE", "TWO", "GIFT", "CARD", customer=CustomerRef(id=ada))
    assert await used(project) == [
        ("campaign", "DISCOUNT", 1000),
        ("campaign", "ORDER_VALUE", 10_000),
        ("campaign", "REDEMPTIONS", 2),
        ("campaign", "REDEMPTIONS", 2),
        ("campaign", "REDEMPTIONS", 2),
        ("customer", "ORDER_VALUE", 10_000),
        ("customer", "REDEMPTIONS", 2),
        ("voucher", "REDEMPTIONS", 1),
        ("voucher", "REDEMPTIONS", 1),
    ]
    assert (await left(project, gift), await left(project, card)) == ([(0, None)], [(50, None)])
    assert await expire(project, THEN - timedelta(seconds=1)) == 0
    assert await expire(project, THEN) == 1
    assert {count for _, _, count in await used(project)} == {0}
    assert (await left(project, gift), await left(project, card)) == ([(2000, None)], [(550, None)])
    assert await entries(project, card) == [("ISSUE", 550), ("HOLD", 500), ("RELEASE", 500)]
    [(_, event)] = await told(project, "HOLD_EXPIRED")
    assert await by_ids(project, [held.id]) == {held.id: replace(event, facts=held.facts)}
    assert (event.state, event.discount) == (RedemptionState.EXPIRED, held.discount)
    assert [(code.given_back, code.returned_discount) for code in event.vouchers] == [(True, 0)] * 4
    await assert_counters_equal_ledger(project)
    await assert_buckets_equal_postings(project)
    assert await expire(project, THEN) == 0


async def test_readers_count_a_hold_that_is_over_as_free_though_nobody_tidied_it(
    project: UUID, till: Till
) -> None:
    campaign = await a_campaign(project, promise=offer(per_campaign=5))
    voucher = await a_voucher(project, campaign, "ONE", max_redemptions=1)
    await a_hold(till, project, "ONE")
    for now, held, remaining in ((THEN - timedelta(seconds=1), 1, 0), (THEN, 0, 1)):
        use = (await uses_of_vouchers(project, [voucher], now))[voucher]
        assert (use.used, use.held, use.remaining) == (0, held, remaining)
        use = (await uses_of_campaigns(project, [campaign], now))[campaign]
        assert (use.used, use.held, use.remaining) == (0, held, 4 + remaining)


async def test_a_validation_counts_it_as_free_too(project: UUID, till: Till) -> None:
    campaign = await a_campaign(project, promise=offer(per_campaign=1))
    await budgeted(project, campaign, daily(Measure.DISCOUNT, 500, Scope.VOUCHER))
    await a_voucher(project, campaign, "ONE")
    await a_gift_card(project, "GIFT", 2000)
    await a_hold(till, project, "ONE", "GIFT")
    ask = ValidateRequest(a_caller(project), ("ONE", "GIFT"), CART)
    held, over = [await validate(ask, now) for now in (THEN - timedelta(seconds=1), THEN)]
    assert isinstance(held, Evaluation)
    assert [reason.code for reason in held.reasons] == [
        "CAMPAIGN_LIMIT_REACHED",
        "VOUCHER_BUDGET_EXCEEDED",
        "BALANCE_EMPTY",
    ]
    assert isinstance(over, Evaluation)
    assert [verdict.discount for verdict in over.verdicts] == [500, 2000]


async def test_only_what_is_over_of_that_project_ends(
    project: UUID, another_project: UUID, till: Till
) -> None:
    await a_voucher(project, await a_campaign(project), "ONE", max_redemptions=9)
    await a_voucher(another_project, await a_campaign(another_project), "ONE", max_redemptions=9)
    short = await a_hold(till, project, "ONE")
    long = await a_hold(till, project, "ONE", hold_for=2 * QUARTER)
    other = await a_hold(till, another_project, "ONE")
    bought = redemption(await till.redeem(asking(project, "ONE")))
    assert await expire(project, THEN) == 1
    assert await states(project, [short, long, bought]) == ["EXPIRED", "HELD", "REDEEMED"]
    assert await states(another_project, [other]) == ["HELD"]
    assert await used(project) == [("voucher", "REDEMPTIONS", 2)]


async def test_a_limit_that_came_after_the_hold_counts_it_and_lets_it_go(project: UUID, till: Till) -> None:
    campaign = await a_campaign(project)
    voucher = await a_voucher(project, campaign, "ONE")
    await a_hold(till, project, "ONE")
    connection = await connect()
    await connection.execute("UPDATE vouchers SET max_redemptions = 3 WHERE id = $1", voucher)
    await connection.close()
    assert await expire(project, THEN) == 1
    assert await used(project) == [("voucher", "REDEMPTIONS", 0)]
    await assert_counters_equal_ledger(project)


async def test_hundreds_take_as_many_statements_as_one_and_come_in_helpings(
    project: UUID, till: Till
) -> None:
    campaign = await a_campaign(project, promise=offer(per_campaign=900))
    gift = await a_gift_card(project, "GIFT", 100_000)
    await a_voucher(project, campaign, "MANY", max_redemptions=900)
    cart = asking(project).cart
    counts = []
    for number in (1, 40):
        for _ in range(number):
            await a_hold(till, project, "MANY", "GIFT", cart=cart, takes=(None, Money(100, "EUR")))
        connection, sent = await connect(), Statements()
        sent.watch(connection)
        assert await expire_holds(connection, [project], THEN, 30) == min(number, 30)
        counts.append(len(sent.seen))
        await connection.close()
    assert counts == [8, 8]  # rows, look, find, counters, write, taken, buckets, postings
    assert await expire(project, THEN, 30) == 10
    assert await used(project) == [("campaign", "REDEMPTIONS", 0), ("voucher", "REDEMPTIONS", 0)]
    assert await left(project, gift) == [(100_000, None)]
    assert len(await told(project, "HOLD_EXPIRED")) == 41


async def test_an_expiry_that_fails_leaves_everything_as_it_was(project: UUID, till: Till) -> None:
    await a_voucher(project, await a_campaign(project), "ONE", max_redemptions=9)
    held = await a_hold(till, project, "ONE")
    connection = await connect()
    await connection.execute("SET lock_timeout = 50")
    other = await connect()
    await other.execute("BEGIN; SELECT used FROM counters FOR UPDATE")
    with pytest.raises(asyncpg.LockNotAvailableError):
        await expire_holds(connection, [project], THEN)
    assert not connection.is_in_transaction()
    await other.execute("ROLLBACK")
    await other.close()
    await connection.close()
    assert await states(project, [held]) == ["HELD"]
    assert await expire(project, THEN) == 1


async def test_what_expired_in_the_meantime_does_not_come_back(project: UUID, till: Till) -> None:
    gift = await a_gift_card(project, "GIFT", 2000, NOW + QUARTER / 2)
    await a_hold(till, project, "GIFT")
    assert await expire(project, THEN) == 1
    assert await left(project, gift) == [(0, NOW + QUARTER / 2)]
    assert await entries(project, gift) == [
        ("ISSUE", 2000),
        ("HOLD", 2000),
        ("RELEASE", 2000),
        ("EXPIRE", 2000),
    ]
    rows = await fetch(
        "SELECT payload FROM events WHERE project_id = $1 AND kind = 'BALANCE_EXPIRED'", project
    )
    [told] = [row["payload"] for row in rows]
    assert (told["voucher"], told["unit"], told["amount"], told["holder"]) == (gift.hex, "EUR", 2000, None)
