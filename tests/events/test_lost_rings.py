"""Over whichever doorbell, however often it is cut: a follower in another process gets every event once, in order."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import pytest
from redis.asyncio import Redis as Client

from app.events.feed import Feed
from app.events.redis_bell import outer_bell
from app.events.wake import Doorbell, OuterBell
from tests.events.conftest import Follower, eventually, record
from tests.events.valkey import Redis, a_redis

CUTS = 20


@asynccontextmanager
async def two_processes(
    outside: Callable[[], OuterBell], poll_seconds: float
) -> AsyncIterator[tuple[Feed, Doorbell]]:
    """The feed of one process; whoever writes is in the other one, and rings there."""
    here, there = Doorbell(outside()), Doorbell(outside())
    await here.start()
    feed = Feed(here, poll_seconds=poll_seconds)
    await feed.start()
    await there.start()  # the one that `ring` rings from now on
    try:
        yield feed, here
    finally:
        await there.stop()
        await feed.stop()
        await here.stop()


async def follow_while_cut(
    project: UUID, outside: Callable[[], OuterBell], cut: Callable[[], Awaitable[object]]
) -> None:
    dice = random.Random(5)  # noqa: S311 - pauses, not secrets
    async with two_processes(outside, poll_seconds=0.5) as (feed, doorbell):
        follower = Follower(feed.follow(project))
        await follower.beat()
        written = 0
        for _ in range(CUTS):
            for _ in range(dice.randint(1, 4)):
                await record(project, written)
                written += 1
            await cut()
            for _ in range(dice.randint(0, 2)):
                await record(project, written)
                written += 1
            await asyncio.sleep(dice.random() * 0.05)
        assert await follower.has(written) == list(range(written))
        await eventually(lambda: doorbell.is_listening)
        await record(project, written)
        assert await follower.has(written + 1) == list(range(written + 1))
        await follower.leave()


async def test_over_postgresql(
    database: dict[str, Any], project: UUID, cut: Callable[[str], Awaitable[int]]
) -> None:
    await follow_while_cut(project, lambda: outer_bell(None), lambda: cut("tearoff doorbell"))


async def test_over_redis(database: dict[str, Any], project: UUID) -> None:
    with a_redis() as redis:
        await follow_while_cut(project, lambda: outer_bell(redis.url), _cutting(redis))


def _cutting(redis: Redis) -> Callable[[], Awaitable[None]]:
    """Cuts all connections of the doorbells; every fifth time Redis is restarted."""
    cuts = 0

    async def cut() -> None:
        nonlocal cuts
        cuts += 1
        if cuts % 5 == 0:
            await asyncio.to_thread(redis.restart)
            return
        client = Client.from_url(redis.url)
        await client.execute_command("CLIENT", "KILL", "SKIPME", "yes")
        await client.aclose()

    return cut


class Swallowing(OuterBell):
    """A wire that carries nothing."""

    async def subscribe(self, group: str) -> None:
        pass

    async def publish(self, channel: str, message: str) -> None:
        pass

    async def _listen_until_lost(self) -> None:
        self._listens()
        await asyncio.Event().wait()


@pytest.mark.parametrize("poll_seconds", [0.05, 0.4])
async def test_where_every_ring_is_lost_an_event_is_late_by_the_poll_interval_and_none_is_missed(
    database: dict[str, Any], project: UUID, poll_seconds: float
) -> None:
    async with two_processes(Swallowing, poll_seconds) as (feed, _):
        follower = Follower(feed.follow(project))
        await follower.beat()
        loop = asyncio.get_running_loop()
        waits = []
        for number in range(4):
            await record(project, number)
            began = loop.time()
            await follower.has(number + 1)
            waits.append(loop.time() - began)
        assert follower.numbers == [0, 1, 2, 3]
        assert min(waits) < poll_seconds + 0.2, "the bell had nothing to do with it, and it was soon"
        await follower.leave()
