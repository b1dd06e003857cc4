"""The till when others do not let go: locks held for ever, statements that never end, a database that falls silent."""

import asyncio
import os
import signal
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import asyncpg
import pytest
import pytest_asyncio

from app.database import connect, fetch, fetchval
from app.database.standing_edits import begin_editing
from app.redemptions.requests import Answer
from app.redemptions.till import Till, TillUnavailable
from app.redemptions.timings import Cause
from tests.redemptions.holds import THEN, Clock, a_hold, a_till_by
from tests.redemptions.shop import (
    Tally,
    a_campaign,
    a_voucher,
    asking,
    assert_counters_equal_ledger,
    granted,
    redemption,
    rush,
    tally,
)
from tests.redemptions.test_till import WAITS, until
from tests.redemptions.test_timings import Recorder, watched

_CANCEL = """
SELECT count(pg_cancel_backend(pid)) FROM pg_stat_activity
WHERE application_name = 'tearoff till' AND datname = current_database()
"""
_PID = "SELECT pid FROM pg_stat_activity WHERE application_name = 'tearoff till' AND datname = current_database()"


@pytest_asyncio.fixture
async def somebody(project: UUID) -> AsyncIterator[asyncpg.Connection]:
    """A terminal somewhere, in a transaction that is never ended."""
    connection = await connect(application_name="psql", idle_in_transaction_session_timeout="0")
    await connection.execute("BEGIN")
    yield connection
    await connection.close()


def unavailable(answers: list[object]) -> list[int]:
    """Places of those who were told to come again."""
    return [place for place, one in enumerate(answers) if isinstance(one, TillUnavailable)]


async def test_who_needs_a_lock_that_is_never_let_go_is_told_and_the_others_are_served(
    project: UUID, somebody: asyncpg.Connection
) -> None:
    campaign = await a_campaign(project)
    for code in ("A", "B", "HELD", "X", "Y"):
        await a_voucher(project, campaign, code, max_redemptions=100)
    told = Recorder()
    async with watched(told, lock_timeout_ms=100) as till:
        await rush([till], [asking(project, code) for code in ("A", "B", "HELD", "X", "Y")])
        await lock(somebody, project, "HELD")
        requests = [
            asking(project, code, idempotency_key=f"{code}{turn}")
            for turn in range(4)
            for code in ("A", "B", "HELD", "X", "Y")
        ]
        answers: list[object] = list(
            await asyncio.gather(*(till.redeem(one) for one in requests), return_exceptions=True)
        )
        assert unavailable(answers) == [2, 7, 12, 17]
        assert len(granted([one for one in answers if isinstance(one, Answer)])) == 16
        assert told.left == Counter({Cause.STUCK: 4})
        assert await tally(project) == Tally(redemptions=21, rejected=0, uses=21, keys=21, events=21)
        await somebody.execute("ROLLBACK")
        again = await rush([till], requests)
        assert len(granted(again)) == 4, "the same keys: only what had not been done is done"
    assert await tally(project) == Tally(redemptions=25, rejected=0, uses=25, keys=25, events=25)
    await assert_counters_equal_ledger(project)


async def lock(somebody: asyncpg.Connection, project: UUID, code: str) -> None:
    """Take the counter of the code, until the transaction ends."""
    await somebody.execute(
        "SELECT FROM counters"
        " WHERE subject_id = (SELECT id FROM vouchers WHERE project_id = $1 AND code = $2) FOR UPDATE NOWAIT",
        project,
        code,
    )


def suspected(till: Till, project: UUID, code: str) -> bool:
    """Whether the till takes the code apart from others."""
    return till._suspects.meets([(project, code)], asyncio.get_running_loop().time())


async def test_who_waited_in_vain_comes_again_for_a_neighbour_may_hold_it_who_only_waits_himself(
    project: UUID, somebody: asyncpg.Connection
) -> None:
    await a_voucher(project, await a_campaign(project), "SALAD", max_redemptions=100)
    told = Recorder()
    async with watched(told, lock_timeout_ms=500) as till:
        redemption(await till.redeem(asking(project, "SALAD")))
        await lock(somebody, project, "SALAD")
        asked = asyncio.ensure_future(till.redeem(asking(project, "SALAD")))
        await until(lambda: asyncio.sleep(0, suspected(till, project, "SALAD")))
        assert not asked.done()
        await somebody.execute("ROLLBACK")
        redemption(await asked)
        assert not suspected(till, project, "SALAD")
    assert told.left == Counter()
    assert await tally(project) == Tally(redemptions=2, rejected=0, uses=2, keys=2, events=2)


async def test_who_is_known_to_wait_in_vain_holds_nothing_that_others_need(
    project: UUID, somebody: asyncpg.Connection
) -> None:
    campaign = await a_campaign(project)
    for code in ("SALAD", "SOUP"):
        await a_voucher(project, campaign, code, max_redemptions=100)
    told = Recorder()
    async with watched(told, lock_timeout_ms=200) as till:
        await rush([till], [asking(project, code) for code in ("SALAD", "SOUP")])
        await lock(somebody, project, "SOUP")
        with pytest.raises(TillUnavailable, match="Somebody else holds a lock"):
            await till.redeem(asking(project, "SOUP"))
        asked = [asyncio.ensure_future(till.redeem(asking(project, code))) for code in ("SALAD", "SOUP")]
        await until(lambda: fetch(WAITS))
        neighbour = await connect()
        try:
            await lock(neighbour, project, "SALAD")
        finally:
            await neighbour.close()
        redemption(await asked[0])
        assert not asked[1].done()
        await somebody.execute("ROLLBACK")
        redemption(await asked[1])
    assert told.left == Counter({Cause.STUCK: 1})
    assert await tally(project) == Tally(redemptions=4, rejected=0, uses=4, keys=4, events=4)


async def test_an_edit_that_never_ends_is_waited_for_within_reason(
    project: UUID, somebody: asyncpg.Connection
) -> None:
    await a_voucher(project, await a_campaign(project), "SUMMER")
    await begin_editing(somebody, project)
    request = asking(project, "SUMMER", idempotency_key="order 1")
    told = Recorder()
    async with watched(told, lock_timeout_ms=100) as till:
        with pytest.raises(TillUnavailable, match="Somebody else holds a lock"):
            await till.redeem(request)
        assert await tally(project) == Tally(redemptions=0, rejected=0, uses=0, keys=0, events=0)
        await somebody.execute("ROLLBACK")
        redemption(await till.redeem(request))
    assert told.left == Counter({Cause.STUCK: 1})


async def test_a_locked_table_keeps_a_batch_of_many_codes_no_longer_than_its_patience(
    project: UUID, somebody: asyncpg.Connection
) -> None:
    campaign = await a_campaign(project)
    for number in range(40):
        await a_voucher(project, campaign, f"CODE{number}")
    await somebody.execute("LOCK TABLE redeemed_vouchers")
    told = Recorder()
    async with watched(told, lock_timeout_ms=100, patience=0.3) as till:
        requests = [asking(project, f"CODE{number}", idempotency_key=f"{number}") for number in range(40)]
        began = asyncio.get_running_loop().time()
        answers: list[object] = list(
            await asyncio.gather(*(till.redeem(one) for one in requests), return_exceptions=True)
        )
        took = asyncio.get_running_loop().time() - began
        assert unavailable(answers) == list(range(40))
        # One at a time, with 0.1 s each, it would have been more than 4 s.
        assert took < 2
        assert told.left == Counter({Cause.STUCK: 40})
        await somebody.execute("ROLLBACK")
        assert len(granted(await rush([till], requests))) == 40


async def test_a_locked_hold_that_is_over_stops_only_its_own_project(
    project: UUID, another_project: UUID, somebody: asyncpg.Connection
) -> None:
    for one in (project, another_project):
        campaign = await a_campaign(one)
        for code in ("A", "B", "C"):
            await a_voucher(one, campaign, code)
    clock = Clock()
    async with a_till_by(clock) as till:
        held = await a_hold(till, project, "A")
        clock.now = THEN
        await somebody.execute("SELECT FROM redemptions WHERE id = $1 FOR UPDATE", held.id)
        requests = [asking(one, code) for one in (project, another_project) for code in ("A", "B", "C")]
        answers: list[object] = list(
            await asyncio.gather(*(till.redeem(one) for one in requests), return_exceptions=True)
        )
        assert unavailable(answers) == [0, 1, 2]
        assert len(granted([one for one in answers if isinstance(one, Answer)])) == 3
        await somebody.execute("ROLLBACK")
        assert len(granted(await rush([till], requests[:3]))) == 3
        assert await (await till._connection.ready()).fetchval("SHOW lock_timeout") == "1s"


async def test_a_statement_that_is_cut_short_is_told_and_nothing_was_done(
    project: UUID, somebody: asyncpg.Connection
) -> None:
    voucher = await a_voucher(project, await a_campaign(project), "SUMMER", max_redemptions=5)
    request = asking(project, "SUMMER", idempotency_key="order 1")
    async with watched(Recorder(), lock_timeout_ms=60_000, patience=0.5) as till:
        redemption(await till.redeem(asking(project, "SUMMER")))
        await somebody.execute("SELECT FROM counters WHERE subject_id = $1 FOR UPDATE", voucher)
        asked = asyncio.ensure_future(till.redeem(request))
        await until(lambda: fetch(WAITS))
        assert await fetchval(_CANCEL) == 1  # as a statement time-out does
        with pytest.raises(TillUnavailable):
            await asked
        await somebody.execute("ROLLBACK")
        redemption(await till.redeem(request))
    assert await tally(project) == Tally(redemptions=2, rejected=0, uses=2, keys=2, events=2)


@asynccontextmanager
async def asleep(pid: int) -> AsyncIterator[None]:
    """The process stands still, as a server does whose network was cut."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


async def test_a_database_that_falls_silent_counts_as_lost_and_is_dialled_anew(project: UUID) -> None:
    await a_voucher(project, await a_campaign(project), "SUMMER")
    told = Recorder()
    async with watched(told, silence=0.3) as till:
        redemption(await till.redeem(asking(project, "SUMMER")))
        async with asleep(await fetchval(_PID)):
            answers = await rush([till], [asking(project, "SUMMER") for _ in range(3)])
        assert len(granted(answers)) == 3
    assert told.causes == Counter({Cause.LOST: 1})
    assert await tally(project) == Tally(redemptions=4, rejected=0, uses=4, keys=4, events=4)


async def test_plans_are_thrown_away_now_and_then(project: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    await a_voucher(project, await a_campaign(project), "SUMMER")
    monkeypatch.setattr("app.redemptions.own_connection._REPLAN_SECONDS", 0)
    sent: list[str] = []
    async with watched(Recorder()) as till:
        connection = await till._connection.ready()
        connection.add_query_logger(lambda record: sent.append(record.query))
        redemption(await till.redeem(asking(project, "SUMMER")))
    assert sent[0] == "DISCARD PLANS"
