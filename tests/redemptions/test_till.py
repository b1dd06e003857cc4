"""The till under load: exact at every limit, fair, and sound when requests are poisoned or connections die."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any  # what is passed on as it came
from uuid import UUID

import asyncpg
import pytest

from app.database import connect, execute, fetch
from app.engine.cart import Cart
from app.engine.evaluate import Evaluation, evaluate
from app.engine.facts import Facts
from app.engine.rules.first_purchase import FirstPurchase
from app.redemptions.requests import Answer, CustomerRef, RedeemRequest
from app.redemptions.till import Till, TillUnavailable
from tests.conftest import NOW
from tests.redemptions.shop import (
    CART,
    Tally,
    a_campaign,
    a_customer,
    a_voucher,
    asking,
    assert_counters_equal_ledger,
    granted,
    offer,
    reasons,
    redemption,
    rush,
    tally,
    tills,
)

HANG_UP = """
SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
WHERE application_name = 'tearoff till' AND datname = current_database()
"""

WAITS = """
SELECT FROM pg_locks l JOIN pg_stat_activity a USING (pid)
WHERE NOT l.granted AND a.datname = current_database() AND a.application_name = 'tearoff till'
"""


async def until(look: Callable[[], Awaitable[object]]) -> None:
    """Wait for something in the database, which tells nobody when it happens."""
    while not await look():  # noqa: ASYNC110 - see above
        await asyncio.sleep(0.005)


async def test_a_storm_of_retries_is_answered_once(project: UUID) -> None:
    await a_voucher(project, await a_campaign(project), "SUMMER")
    async with tills(2, size=16) as opened:
        requests = [asking(project, "SUMMER", idempotency_key=f"order {number % 5}") for number in range(100)]
        answers = await rush(opened, requests)
    assert len(granted(answers)) == 5
    by_key = [{redemption(answer).id for answer in answers[number::5]} for number in range(5)]
    assert [len(ids) for ids in by_key] == [1] * 5
    assert await tally(project) == Tally(redemptions=5, rejected=0, uses=5, keys=5, events=5)


async def test_poisoned_requests_fail_alone(project: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    await a_voucher(project, await a_campaign(project), "SUMMER", max_redemptions=100)

    def evaluate_or_break(
        presented: object, cart: Cart, facts: Facts, now: datetime, **caps: Any
    ) -> Evaluation:
        if cart.metadata:
            raise ArithmeticError
        return evaluate(presented, cart, facts, now, **caps)  # type: ignore[arg-type]  # passed on as it came

    monkeypatch.setattr("app.redemptions.book.evaluate", evaluate_or_break)
    requests = [asking(project, "SUMMER") for _ in range(40)]
    # Past the door: what the engine, the driver and PostgreSQL choke on.
    requests[7] = replace(requests[7], cart=replace(CART, metadata={"poison": True}))
    requests[17] = replace(requests[17], caller=replace(requests[17].caller, key="none"))  # type: ignore[arg-type]
    requests[18] = replace(requests[18], caller=replace(requests[18].caller, redemption_point="a\0b"))
    async with tills(size=64) as [till]:
        answers = await asyncio.gather(*(till.redeem(one) for one in requests), return_exceptions=True)
        assert [place for place, one in enumerate(answers) if isinstance(one, BaseException)] == [7, 17, 18]
        redemption(await till.redeem(asking(project, "SUMMER")))
    assert await tally(project) == Tally(redemptions=38, rejected=0, uses=38, keys=38, events=38)
    await assert_counters_equal_ledger(project)


async def test_connections_that_die_under_load_lose_nothing_and_count_nothing_twice(project: UUID) -> None:
    await a_voucher(project, await a_campaign(project), "RUSH", max_redemptions=250)
    async with tills(2, size=8) as opened:
        load = asyncio.gather(rush(opened, [asking(project, "RUSH") for _ in range(400)]))
        killed = 0
        while not load.done() and killed < 12:
            killed += (await fetch(HANG_UP))[0][0]
            await asyncio.sleep(0.01)
        [answers] = await load
        assert killed > 0
        assert sum(till.redone for till in opened) > 0
    # A redone batch whose first commit had arrived answers its callers from the ledger.
    outcomes = [answer.outcome for answer in answers if isinstance(answer, Answer)]
    assert len({one.id for one in outcomes}) == 400
    assert await tally(project) == Tally(redemptions=250, rejected=150, uses=250, keys=400, events=400)
    await assert_counters_equal_ledger(project)


async def test_a_caller_that_went_away_before_its_turn_has_asked_for_nothing(
    project: UUID, till: Till
) -> None:
    await a_voucher(project, await a_campaign(project), "SUMMER")
    busy = [asyncio.ensure_future(till.redeem(asking(project, "SUMMER"))) for _ in range(3)]
    gone = asyncio.ensure_future(till.redeem(asking(project, "SUMMER")))
    while till.waiting < 4:  # noqa: ASYNC110 - the till tells nobody that someone queues
        await asyncio.sleep(0)
    gone.cancel()
    await asyncio.gather(*busy)
    with pytest.raises(asyncio.CancelledError):
        await gone
    redemption(await till.redeem(asking(project, "SUMMER")))
    assert (await tally(project)).redemptions == 4


async def test_a_lone_request_waits_for_nobody_and_many_share_a_commit(project: UUID, till: Till) -> None:
    await a_voucher(project, await a_campaign(project), "SUMMER")
    await till.redeem(asking(project, "SUMMER"))
    assert till.batches == 1
    await rush([till], [asking(project, "SUMMER") for _ in range(50)])
    assert (till.settled, till.batches) == (51, 2)


async def test_a_batch_is_bounded(project: UUID) -> None:
    async with tills(size=10) as [till]:
        await rush([till], [asking(project, "NONE") for _ in range(35)])
        assert till.batches == 4


async def test_a_full_till_turns_away_whoever_comes_and_serves_those_who_wait(project: UUID) -> None:
    await a_voucher(project, await a_campaign(project), "SUMMER")
    till = Till(clock=lambda: NOW, queue=3)
    await till.start()
    try:
        asked = [asyncio.ensure_future(till.redeem(asking(project, "SUMMER"))) for _ in range(3)]
        late = asking(project, "SUMMER", idempotency_key="late")
        refused = asyncio.ensure_future(till.redeem(late))
        with pytest.raises(TillUnavailable, match="The till is full: 3 requests wait already"):
            await refused
        assert len(granted([await answer for answer in asked])) == 3
        assert await tally(project) == Tally(redemptions=3, rejected=0, uses=3, keys=3, events=3)
        redemption(await till.redeem(late))
    finally:
        await till.close()


async def test_closing_answers_whoever_waits_and_takes_nobody_else(project: UUID) -> None:
    await a_voucher(project, await a_campaign(project), "SUMMER")
    async with tills(size=2) as [till]:
        asked = [asyncio.ensure_future(till.redeem(asking(project, "SUMMER"))) for _ in range(7)]
        await asyncio.sleep(0)
        await till.close()
        assert len(granted([await answer for answer in asked])) == 7
        with pytest.raises(TillUnavailable):
            await till.redeem(asking(project, "SUMMER"))


async def test_an_unreachable_database_is_said_after_a_while_and_nobody_hangs(
    project: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def nobody_answers(**_: str) -> asyncpg.Connection:
        raise ConnectionRefusedError

    till = Till(clock=lambda: NOW, patience=0.1)
    await till.start()
    monkeypatch.setattr("app.redemptions.own_connection.connect", nobody_answers)
    await execute(HANG_UP)
    with pytest.raises(TillUnavailable):
        await till.redeem(asking(project, "SUMMER"))
    monkeypatch.setattr("app.redemptions.own_connection.connect", connect)
    assert isinstance(await till.redeem(asking(project, "SUMMER")), Answer)
    await till.close()


async def test_a_rows_lock_held_elsewhere_only_delays(project: UUID, till: Till) -> None:
    voucher = await a_voucher(project, await a_campaign(project), "SUMMER", max_redemptions=5)
    redemption(await till.redeem(asking(project, "SUMMER")))
    other = await connect()
    try:
        async with other.transaction():
            await other.execute("SELECT FROM counters WHERE subject_id = $1 FOR UPDATE", voucher)
            asked = asyncio.ensure_future(till.redeem(asking(project, "SUMMER")))
            await until(lambda: fetch(WAITS))
            assert not asked.done()
        redemption(await asked)
    finally:
        await other.close()


async def test_a_lone_redemption_takes_four_round_trips_and_one_more_each_for_limits_and_pasts(
    project: UUID,
) -> None:
    await a_voucher(project, await a_campaign(project, "L"), "LIMITED", max_redemptions=9)
    await a_voucher(project, await a_campaign(project, "U"), "UNLIMITED")
    await a_voucher(project, await a_campaign(project, "F", promise=offer(rule=FirstPurchase())), "FIRST")
    people = [CustomerRef(id=await a_customer(project, name)) for name in ("ada", "bob")]
    requests: list[RedeemRequest] = [
        asking(project, "LIMITED"),
        asking(project, "UNLIMITED"),
        *[asking(project, "FIRST", customer=one) for one in people],
    ]
    sent: list[str] = []
    async with tills() as [till]:
        await till.redeem(requests[0])  # the counter is born here
        await till.redeem(requests[2])
        connection = await till._connection.ready()
        connection.add_query_logger(lambda record: sent.append(record.query.split()[0].rstrip(";")))
        for request, trips in zip(
            [requests[0], requests[1], requests[3]],
            [
                ["BEGIN", "--", "--", "--", "COMMIT"],
                ["BEGIN", "--", "--", "COMMIT"],
                ["BEGIN", "--", "--", "--", "--", "COMMIT"],
            ],
            strict=True,
        ):
            redemption(await till.redeem(request))
            assert sent == trips
            sent.clear()


async def test_times_are_judged_by_the_tills_clock(project: UUID, till: Till) -> None:
    campaign = await a_campaign(project)
    await a_voucher(project, campaign, "SOON", starts_at=NOW + timedelta(seconds=1))
    await a_voucher(project, campaign, "NOW", starts_at=NOW, expires_at=NOW + timedelta(seconds=1))
    assert reasons(await till.redeem(asking(project, "SOON"))) == ["NOT_STARTED"]
    redemption(await till.redeem(asking(project, "NOW")))
