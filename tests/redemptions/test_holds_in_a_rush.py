"""Holds, confirmations, releases, expiries and rollbacks of stacked codes, all at once: no lock-up, no cent amiss."""

import asyncio
import random
from datetime import timedelta
from uuid import UUID

from app.database import fetch
from app.engine.counter import Measure, Scope
from app.problem import Problems
from app.redemptions.audit import audit
from app.redemptions.confirm import confirm
from app.redemptions.release import release
from app.redemptions.requests import Answer, CustomerRef
from app.redemptions.roll_back import roll_back
from app.redemptions.till import Till
from app.redemptions.values import Redemption
from tests.conftest import NOW
from tests.redemptions.holds import BIGGER, QUARTER, SMALLER, THEN, a_gift_card, budgeted, daily, expire, used
from tests.redemptions.shop import (
    CART,
    a_caller,
    a_campaign,
    a_customer,
    a_voucher,
    asking,
    assert_counters_equal_ledger,
    granted,
    offer,
    redemption,
    rush,
    tills,
)
from tests.wallets.balances import assert_buckets_equal_postings

CODES = ["A1", "A2", "B1", "B2", "GIFT"]
ENDINGS = {"HOLD_EXPIRED", "HOLD_RELEASED", "ALREADY_CONFIRMED", "NOT_REDEEMED", "ALREADY_ROLLED_BACK"}


async def a_rush_of(project: UUID, till: Till, shopper: UUID, seed: int) -> None:
    """A client that holds a stack of codes in any order, and then does one or two things with it."""
    luck = random.Random(seed)  # noqa: S311 - a die
    codes = luck.sample(CODES, luck.randint(1, len(CODES)))
    ask = asking(
        project,
        *codes,
        customer=CustomerRef(id=shopper) if luck.random() < 0.7 else None,
        hold_for=QUARTER * luck.choice([1, 2]),
        cart=luck.choice([CART, SMALLER]),
    )
    answer = await till.redeem(ask)
    assert isinstance(answer, Answer)
    if not isinstance(answer.outcome, Redemption):
        return
    held = answer.outcome.id
    before, after = THEN - timedelta(seconds=1), THEN
    for _ in range(luck.randint(1, 2)):
        ended: object = None
        match luck.randrange(5):
            case 0:
                ended = await confirm(a_caller(project), held, now=luck.choice([before, after]))
            case 1:
                cart = luck.choice([SMALLER, BIGGER])
                ended = await confirm(a_caller(project), held, now=luck.choice([before, after]), cart=cart)
            case 2:
                ended = await release(project, held, now=before)
            case 3:
                await expire(project, after)
            case _:
                ended = await roll_back(project, held, now=after)
        if isinstance(ended, Problems):
            assert {problem.code for problem in ended.all} <= ENDINGS


async def test_whatever_becomes_of_holds_the_books_agree(project: UUID) -> None:
    main = await a_campaign(project, "Year", is_main=True, max_redemptions=400)
    await budgeted(project, main, daily(Measure.ORDER_VALUE, 900_000))
    for name in ("A", "B"):
        promise = offer(per_campaign=150, per_customer=40)
        campaign = await a_campaign(project, name, main_id=main, promise=promise)
        await budgeted(
            project, campaign, daily(Measure.DISCOUNT, 60_000), daily(Measure.REDEMPTIONS, 20, Scope.CUSTOMER)
        )
        for number in (1, 2):
            await a_voucher(project, campaign, f"{name}{number}", max_redemptions=100)
    await a_gift_card(project, "GIFT", 150_000)
    shoppers = [await a_customer(project, f"shopper {number}") for number in range(4)]
    async with tills(2) as opened:
        await asyncio.gather(
            *(a_rush_of(project, opened[seed % 2], shoppers[seed % 4], seed) for seed in range(120))
        )
    states = await fetch("SELECT state, count(*) FROM redemptions WHERE project_id = $1 GROUP BY 1", project)
    assert {row["state"] for row in states} >= {"REDEEMED", "RELEASED", "EXPIRED"}
    assert (await audit(project)).drift == 0
    await assert_counters_equal_ledger(project)
    await assert_buckets_equal_postings(project)


async def test_as_many_hold_as_there_are_uses_and_all_of_them_are_confirmed(project: UUID) -> None:
    campaign = await a_campaign(project, promise=offer(per_campaign=20))
    for number in range(6):
        await a_voucher(project, campaign, f"CODE{number}")
    async with tills(3) as opened:
        asks = [asking(project, f"CODE{number % 6}", hold_for=QUARTER) for number in range(60)]
        held = granted(await rush(opened, asks))
        assert len(held) == 20
        answers = await asyncio.gather(*(confirm(a_caller(project), one.id, now=NOW) for one in held))
        assert {redemption(answer).id for answer in answers} == {one.id for one in held}
    assert await used(project) == [("campaign", "REDEMPTIONS", 20)]
    assert (await audit(project)).drift == 0
