"""Limits in a rush: through several tills at once never more and never fewer than the limit are granted."""

import asyncio
import random
from collections import Counter
from itertools import count
from uuid import UUID

import pytest

from app.customers.values import CustomerInput
from app.engine.rules.first_purchase import FirstPurchase
from app.problem import Problems
from app.redemptions.requests import Answer, CustomerRef
from app.redemptions.roll_back import roll_back
from app.redemptions.till import Till
from tests.conftest import NOW
from tests.redemptions.shop import (
    Tally,
    a_campaign,
    a_customer,
    a_voucher,
    asking,
    assert_counters_equal_ledger,
    counters,
    granted,
    offer,
    rejected,
    rush,
    tally,
    tills,
)

_HANG_UP = """
SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
WHERE application_name = 'tearoff till' AND datname = current_database()
"""

_WAITS = """
SELECT FROM pg_locks l JOIN pg_stat_activity a USING (pid)
WHERE NOT l.granted AND a.datname = current_database() AND a.application_name = 'tearoff till'
"""


async def test_200_redeemers_of_a_code_with_limit_50_through_two_tills(project: UUID) -> None:
    campaign = await a_campaign(project)
    voucher = await a_voucher(project, campaign, "RUSH", max_redemptions=50)
    async with tills(2, size=16) as opened:
        answers = await rush(opened, [asking(project, "RUSH") for _ in range(200)])
    assert (len(granted(answers)), len(rejected(answers))) == (50, 150)
    assert {reason.code for one in rejected(answers) for reason in one.reasons} == {"VOUCHER_LIMIT_REACHED"}
    assert await counters(project) == {("voucher", voucher, None): 50}
    assert await tally(project) == Tally(redemptions=50, rejected=150, uses=50, keys=200, events=200)


async def test_a_campaigns_limit_holds_over_different_codes(project: UUID) -> None:
    campaign = await a_campaign(project, promise=offer(per_campaign=30))
    for number in range(40):
        await a_voucher(project, campaign, f"CODE{number}")
    async with tills(2, size=8) as opened:
        answers = await rush(opened, [asking(project, f"CODE{number % 40}") for number in range(80)])
    assert (len(granted(answers)), len(rejected(answers))) == (30, 50)
    assert await counters(project) == {("campaign", campaign, None): 30}
    await assert_counters_equal_ledger(project)


async def test_a_main_campaigns_limit_holds_over_two_sub_campaigns(project: UUID) -> None:
    main = await a_campaign(project, "Year", is_main=True, max_redemptions=25)
    for name in ("A", "B"):
        await a_voucher(project, await a_campaign(project, name, main_id=main), name)
    async with tills(2, size=8) as opened:
        answers = await rush(opened, [asking(project, "AB"[number // 2 % 2]) for number in range(60)])
    assert (len(granted(answers)), len(rejected(answers))) == (25, 35)
    assert {reason.code for one in rejected(answers) for reason in one.reasons} == {
        "MAIN_CAMPAIGN_LIMIT_REACHED"
    }
    assert await counters(project) == {("campaign", main, None): 25}


async def test_each_customer_gets_as_many_as_the_limit_says(project: UUID) -> None:
    campaign = await a_campaign(project, promise=offer(per_customer=3))
    await a_voucher(project, campaign, "FAIR")
    people = [await a_customer(project, f"shopper {number}") for number in range(10)]
    async with tills(2, size=16) as opened:
        requests = [
            asking(project, "FAIR", customer=CustomerRef(id=people[number % 10])) for number in range(100)
        ]
        answers = await rush(opened, requests)
    assert Counter(one.customer_id for one in granted(answers)) == dict.fromkeys(people, 3)
    assert await counters(project) == {("customer", campaign, one): 3 for one in people}


@pytest.mark.parametrize("known", [True, False])
async def test_of_concurrent_first_purchases_of_one_customer_one_is_granted(
    project: UUID, known: bool
) -> None:
    for name in ("One", "Two"):
        await a_voucher(project, await a_campaign(project, name, promise=offer(rule=FirstPurchase())), name)
    people: list[CustomerRef | CustomerInput] = [CustomerInput(f"shopper {number}") for number in range(8)]
    if known:
        people = [CustomerRef(id=await a_customer(project, f"shopper {number}")) for number in range(8)]
    async with tills(3, size=8) as opened:
        requests = [
            asking(project, ("ONE", "TWO")[turn % 2], customer=one) for turn in range(9) for one in people
        ]
        answers = await rush(opened, requests)
    assert len({one.customer_id for one in granted(answers)}) == len(granted(answers)) == 8
    assert {reason.code for one in rejected(answers) for reason in one.reasons} == {"NOT_FIRST_PURCHASE"}


async def test_first_come_first_served(project: UUID, till: Till) -> None:
    await a_voucher(project, await a_campaign(project), "RUSH", max_redemptions=5)
    answers = await rush([till], [asking(project, "RUSH", metadata={"turn": turn}) for turn in range(20)])
    assert [one.metadata["turn"] for one in granted(answers)] == [0, 1, 2, 3, 4]


async def test_stacks_in_random_order_never_lock_up(project: UUID) -> None:
    dice = random.Random(7)  # noqa: S311 - a shuffle
    main = await a_campaign(project, "Year", is_main=True, max_redemptions=400)
    names = []
    for number in range(6):
        promise = offer(1, per_customer=20, per_campaign=60)
        campaign = await a_campaign(project, f"Campaign {number}", main_id=main, promise=promise)
        for each in range(3):
            names.append(f"C{number}X{each}")
            await a_voucher(project, campaign, names[-1], max_redemptions=25)
    people = [CustomerRef(id=await a_customer(project, name)) for name in ("ada", "bob", "cid")]
    requests = [
        asking(project, *dice.sample(names, dice.randint(1, 8)), customer=dice.choice(people))
        for _ in range(150)
    ]
    async with tills(3, size=8) as opened:
        answers = await rush(opened, requests)
        # A lock-up would show: the till takes the loser's batch back and does it again.
        assert [till.redone for till in opened] == [0, 0, 0]
    assert len(granted(answers)) + len(rejected(answers)) == 150
    assert await counters(project) != {}
    await assert_counters_equal_ledger(project)


async def test_rollbacks_race_with_redemptions_and_the_counters_stay_true(project: UUID) -> None:
    campaign = await a_campaign(project, promise=offer(per_campaign=20))
    await a_voucher(project, campaign, "RUSH", max_redemptions=15)
    undone: list[object] = []
    grants = count()

    async def shop(opened: list[Till], number: int) -> None:
        answer = await opened[number % 2].redeem(asking(project, "RUSH"))
        assert isinstance(answer, Answer)
        if granted([answer]) and next(grants) % 2:
            undone.append(await roll_back(project, answer.outcome.id, now=NOW))

    async with tills(2, size=4) as opened:
        await asyncio.gather(*(shop(opened, number) for number in range(80)))
    assert undone
    assert not any(isinstance(one, Problems) for one in undone)
    kept = (await tally(project)).uses
    assert 0 < kept <= 15
    assert set((await counters(project)).values()) == {kept}
