"""The doorbell: rings are coalesced, cross processes, survive cuts, and never belong to a transaction."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest

from app.database import Connection, fetchval, transaction
from app.events import wake
from app.events.wake import CHANNEL, Doorbell, OuterBell, PostgresBell, heard_within, ring
from tests.events.conftest import eventually


@asynccontextmanager
async def started(backend: OuterBell | None = None) -> AsyncIterator[tuple[Doorbell, asyncio.Event]]:
    doorbell, bell = Doorbell(backend), asyncio.Event()
    doorbell.hang(bell)
    await doorbell.start()
    try:
        yield doorbell, bell
    finally:
        await doorbell.stop()


async def heard(bell: asyncio.Event) -> None:
    async with asyncio.timeout(30):
        await bell.wait()
    bell.clear()


class CountingBell(PostgresBell):
    """Counts the rings that leave the process."""

    def __init__(self) -> None:
        super().__init__()
        self.published = 0

    async def publish(self, channel: str, message: str) -> None:
        self.published += 1
        await super().publish(channel, message)


def test_ringing_where_no_doorbell_was_started_does_nothing() -> None:
    ring()


async def test_a_ring_is_heard_in_its_own_process_and_in_others(database: dict[str, Any]) -> None:
    other_backend = PostgresBell()
    async with started(other_backend) as (_, far), started() as (_, near):
        await eventually(lambda: other_backend.is_listening)
        await heard(far)  # the reconnection's own ring: anything may have been missed before
        ring()
        await heard(near)
        await heard(far)


async def test_a_ring_of_another_process_is_not_lost_behind_one_s_own() -> None:
    backend = CountingBell()
    for message in ("own", "own"):
        backend._heard(CHANNEL, message)
    assert (await backend.next_published()).message == "own"
    for message in ("own", "another's", "own"):
        backend._heard(CHANNEL, message)
    assert (await backend.next_published()).message not in {"own", "another's"}


async def test_a_thousand_rings_at_once_are_one_or_two(database: dict[str, Any]) -> None:
    backend = CountingBell()
    async with started(backend) as (_, bell):
        for _ in range(1000):
            ring()
        await heard(bell)
    assert backend.published == 1


async def test_rings_in_a_row_leave_at_most_one_in_fifteen_milliseconds(database: dict[str, Any]) -> None:
    backend = CountingBell()
    async with started(backend) as (_, bell):
        loop = asyncio.get_running_loop()
        began = loop.time()
        for _ in range(100):
            ring()
            await asyncio.sleep(0.001)
        took = loop.time() - began
        await heard(bell)
    assert 2 <= backend.published <= took / wake.COALESCE_SECONDS + 2


async def test_a_ring_inside_a_transaction_is_not_part_of_it(database: dict[str, Any]) -> None:
    other_backend = PostgresBell()
    async with started(other_backend) as (_, far), started():
        await eventually(lambda: other_backend.is_listening)
        await heard(far)
        async with transaction() as connection:
            ring()
            await heard(far)  # NOTIFY has committed; this transaction has not
            assert await connection.fetchval("SELECT pg_current_xact_id_if_assigned() IS NULL")


async def test_a_cut_listener_comes_back_and_tells_that_rings_may_have_been_missed(
    database: dict[str, Any], cut: Callable[[str], Awaitable[int]]
) -> None:
    backend = PostgresBell()
    async with started(backend) as (_, far):
        await eventually(lambda: backend.is_listening)
        await heard(far)
        assert await cut("tearoff doorbell") >= 1
        await heard(far)
        async with started():
            ring()
            await heard(far)


async def test_a_listener_whose_loss_was_heard_of_only_in_part_comes_back_too(
    database: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    connections = iter(
        [asyncpg.InternalClientError("cannot switch to state 15; another operation is in progress")]
    )

    async def connect(**options: Any) -> Connection:
        for failure in connections:
            raise failure
        return await really_connect(**options)

    really_connect = wake.connect
    monkeypatch.setattr(wake, "connect", connect)
    backend = PostgresBell()
    async with started(backend):
        await eventually(lambda: backend.is_listening)
    assert list(connections) == []


async def test_a_stopped_doorbell_leaves_no_task_and_no_connection(database: dict[str, Any]) -> None:
    before = asyncio.all_tasks()
    async with started(backend := PostgresBell()):
        await eventually(lambda: backend.is_listening)
        ring()
    ring()
    await eventually(lambda: asyncio.all_tasks() <= before)

    async def gone() -> bool:
        return not await fetchval(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND application_name = 'tearoff doorbell'"
        )

    await eventually(gone)


async def test_who_is_cancelled_while_the_bell_rings_does_not_go_on() -> None:
    bell = asyncio.Event()
    waiting = asyncio.create_task(heard_within(bell, 60))
    await asyncio.sleep(0)
    bell.set()
    waiting.cancel()
    await asyncio.wait([waiting])
    assert waiting.cancelled()


async def test_waiting_for_a_bell_ends_when_the_time_is_over() -> None:
    assert await heard_within(asyncio.Event(), 0) is False
    bell = asyncio.Event()
    bell.set()
    assert await heard_within(bell, 0) is True
