"""What a till tells its watch: every batch and every request that was not settled, counted exactly."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from app.database import connect, execute, fetch
from app.redemptions import redeem
from app.redemptions.requests import Answer
from app.redemptions.till import Till
from app.redemptions.timings import Cause, Timings, Watch
from tests.conftest import NOW
from tests.redemptions.shop import a_campaign, a_voucher, asking, granted, redemption, rush
from tests.redemptions.test_till import HANG_UP, WAITS, until


class Recorder(Watch):
    """Writes down all that it is told."""

    def __init__(self) -> None:
        self.waits: list[list[float]] = []
        self.timings: list[Timings] = []
        self.causes: Counter[Cause] = Counter()
        self.left: Counter[Cause] = Counter()

    def settled(self, waits: Sequence[float], timings: Timings) -> None:
        self.waits.append(list(waits))
        self.timings.append(timings)

    def redone(self, cause: Cause) -> None:
        self.causes[cause] += 1

    def taken_out(self, cause: Cause, requests: int) -> None:
        self.left[cause] += requests


@asynccontextmanager
async def watched(watch: Watch, **more: Any) -> AsyncIterator[Till]:
    """An open till with that watch; it is always NOW."""
    till = Till(clock=lambda: NOW, watch=watch, **more)
    await till.start()
    try:
        yield till
    finally:
        await till.close()


async def test_each_batch_is_told_with_its_size_and_how_long_each_of_it_had_queued(project: UUID) -> None:
    await a_voucher(project, await a_campaign(project), "SUMMER")
    told = Recorder()
    async with watched(told, size=4) as till:
        began = asyncio.get_running_loop().time()
        await rush([till], [asking(project, "SUMMER") for _ in range(10)])
        took = asyncio.get_running_loop().time() - began
    assert [len(waits) for waits in told.waits] == [4, 4, 2]
    assert all(0 <= wait < took for waits in told.waits for wait in waits)
    # Who came with the others but had to wait for a second and a third batch, waited as long as those before took.
    assert min(told.waits[1]) >= told.timings[0].transaction
    assert min(told.waits[2]) >= told.timings[0].transaction + told.timings[1].transaction
    assert (told.causes, told.left) == (Counter(), Counter())


async def test_a_commit_is_part_of_its_transaction_and_only_limits_are_locked(project: UUID) -> None:
    campaign = await a_campaign(project)
    await a_voucher(project, campaign, "UNLIMITED")
    await a_voucher(project, campaign, "LIMITED", max_redemptions=9)
    told = Recorder()
    async with watched(told) as till:
        for code in ("UNLIMITED", "LIMITED"):
            redemption(await till.redeem(asking(project, code)))
    free, limited = told.timings
    assert free.locking == 0
    assert 0 < free.commit < free.transaction
    assert 0 < limited.locking < limited.transaction - limited.commit


async def test_waiting_for_somebody_elses_lock_is_told(project: UUID) -> None:
    voucher = await a_voucher(project, await a_campaign(project), "SUMMER", max_redemptions=5)
    told = Recorder()
    other = await connect()
    try:
        async with watched(told) as till:
            redemption(await till.redeem(asking(project, "SUMMER")))
            async with other.transaction():
                await other.execute("SELECT FROM counters WHERE subject_id = $1 FOR UPDATE", voucher)
                asked = asyncio.ensure_future(till.redeem(asking(project, "SUMMER")))
                await until(lambda: fetch(WAITS))
                seen = asyncio.get_running_loop().time()
                await until(lambda: fetch(WAITS))
                waited = asyncio.get_running_loop().time() - seen
            redemption(await asked)
    finally:
        await other.close()
    assert waited < told.timings[1].locking < told.timings[1].transaction


@pytest.mark.parametrize(
    ("fault", "cause"),
    [
        (asyncpg.UniqueViolationError("the same key"), Cause.CLASH),
        (asyncpg.DeadlockDetectedError("a circle"), Cause.CLASH),
        (asyncpg.DiskFullError("no space left"), Cause.LOST),
        (asyncpg.ReadOnlySQLTransactionError("a server that was left"), Cause.LOST),
        (ConnectionResetError(), Cause.LOST),
    ],
)
async def test_a_batch_that_comes_again_is_told_with_its_cause(
    project: UUID, monkeypatch: pytest.MonkeyPatch, fault: Exception, cause: Cause
) -> None:
    await a_voucher(project, await a_campaign(project), "SUMMER")
    faults = [fault]

    async def settle_or_fail(*given: Any) -> list[Any]:
        if faults:
            raise faults.pop()
        return list(await redeem.settle(*given))

    monkeypatch.setattr("app.redemptions.till.settle", settle_or_fail)
    told = Recorder()
    async with watched(told) as till:
        answers = await rush([till], [asking(project, "SUMMER") for _ in range(3)])
    assert len(granted(answers)) == 3
    assert (told.causes, told.left) == (Counter({cause: 1}), Counter())
    assert [len(waits) for waits in told.waits] == [3]


async def test_a_lost_connection_is_told(project: UUID) -> None:
    await a_voucher(project, await a_campaign(project), "SUMMER")
    told = Recorder()
    async with watched(told) as till:
        await execute(HANG_UP)
        redemption(await till.redeem(asking(project, "SUMMER")))
    assert told.causes == Counter({Cause.LOST: 1})


async def test_what_is_halved_out_is_told_and_its_neighbours_are_counted_where_they_were_settled(
    project: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    await a_voucher(project, await a_campaign(project), "SUMMER")

    async def settle_or_choke(connection: Any, tickets: Sequence[Any], *given: Any) -> list[Any]:
        if any(ticket.request.metadata for ticket in tickets):
            raise ArithmeticError
        return list(await redeem.settle(connection, tickets, *given))

    monkeypatch.setattr("app.redemptions.till.settle", settle_or_choke)
    told = Recorder()
    requests = [asking(project, "SUMMER", metadata={"poison": 1} if turn == 5 else {}) for turn in range(8)]
    async with watched(told) as till:
        answers = await asyncio.gather(*(till.redeem(one) for one in requests), return_exceptions=True)
    assert [place for place, one in enumerate(answers) if not isinstance(one, Answer)] == [5]
    assert (told.causes, told.left) == (Counter(), Counter({Cause.FAULT: 1}))
    assert [len(waits) for waits in told.waits] == [4, 1, 2]


async def test_a_watch_that_breaks_spoils_nothing(project: UUID) -> None:
    class Broken(Watch):
        def settled(self, waits: Sequence[float], timings: Timings) -> None:
            raise ArithmeticError

    await a_voucher(project, await a_campaign(project), "SUMMER")
    async with watched(Broken()) as till:
        for _ in range(2):
            redemption(await till.redeem(asking(project, "SUMMER")))
