"""The doorbell over Redis: two processes hear each other, and whatever becomes of Redis no deed waits for it."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress

import pytest
from redis.asyncio import Redis as Client
from redis.exceptions import RedisError

from app.events import redis_bell
from app.events.redis_bell import RedisBell, outer_bell
from app.events.wake import Doorbell, PostgresBell, ring
from tests.events.conftest import eventually
from tests.events.test_wake import heard, started
from tests.events.valkey import Redis, a_redis


@pytest.fixture
def redis() -> Iterator[Redis]:
    with a_redis() as redis:
        yield redis


@asynccontextmanager
async def commanding(redis: Redis) -> AsyncIterator[Client]:
    """A client of our own."""
    client = Client.from_url(redis.url)
    try:
        yield client
    finally:
        await client.aclose()


def test_the_address_says_over_what_it_rings() -> None:
    assert isinstance(outer_bell(None), PostgresBell)
    assert isinstance(outer_bell("redis://localhost/0"), RedisBell)
    assert isinstance(outer_bell("rediss://:secret@localhost:6380/0"), RedisBell)


async def test_two_processes_hear_each_other(redis: Redis) -> None:
    async with started(RedisBell(redis.url)) as (one, here), started(RedisBell(redis.url)) as (other, there):
        await heard(here)  # the connection's own ring: anything may have been missed before
        await heard(there)
        for ringing in (one, other, one):
            ringing.ring()
            await heard(here)
            await heard(there)


async def test_after_a_restart_it_tells_that_rings_may_have_been_missed_and_hears_again(redis: Redis) -> None:
    async with started(RedisBell(redis.url)) as (one, _), started(RedisBell(redis.url)) as (other, there):
        await heard(there)
        await eventually(lambda: one.is_listening)
        for _ in range(2):
            redis.stop()
            await eventually(lambda: not other.is_listening)
            one.ring()  # nobody outside hears it
            redis.start()
            await heard(there)
            await eventually(lambda: one.is_listening and other.is_listening)
            one.ring()
            await heard(there)


async def test_a_subscription_that_was_cut_comes_back(redis: Redis) -> None:
    async with (
        started(RedisBell(redis.url)) as (one, _),
        started(RedisBell(redis.url)) as (_, there),
        commanding(redis) as client,
    ):
        await heard(there)
        assert await client.execute_command("CLIENT", "KILL", "TYPE", "pubsub") == 2
        await heard(there)
        await eventually(lambda: one.is_listening)
        one.ring()
        await heard(there)


async def test_where_redis_is_away_from_the_beginning_nobody_waits_and_it_is_found_when_it_comes() -> None:
    with a_redis(there=False) as redis:
        async with (
            started(RedisBell(redis.url)) as (other, there),
            started(RedisBell(redis.url)) as (one, here),
        ):
            assert not one.is_listening
            for _ in range(3):
                ring()
                await heard(here)  # its own process hears it all the same
            assert not there.is_set()
            redis.start()
            await heard(there)
            await eventually(lambda: one.is_listening and other.is_listening)
            ring()
            await heard(there)


async def test_a_redis_that_answers_nothing_is_noticed(redis: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redis_bell, "ANSWER_SECONDS", 0.2)
    backend = RedisBell(redis.url, keep_alive_seconds=0.1)
    async with started(backend) as (doorbell, there), commanding(redis) as client:
        await heard(there)
        await client.client_pause(1_500, all=True)
        await eventually(lambda: not doorbell.is_listening)
        with pytest.raises((ConnectionError, TimeoutError)):
            await backend.publish("tearoff_events", "somebody")
        await heard(there)
        await eventually(lambda: doorbell.is_listening)


async def test_quiet_times_are_survived(redis: Redis) -> None:
    backend = RedisBell(redis.url, keep_alive_seconds=0.02)
    async with started(backend) as (_, there), started(RedisBell(redis.url)) as (other, _):
        await heard(there)
        async with commanding(redis) as client:

            async def asked() -> bool:
                statistics = await client.info("commandstats")
                return int(statistics.get("cmdstat_ping", {"calls": 0})["calls"]) > 5

            await eventually(asked)
        assert not there.is_set()
        other.ring()
        await heard(there)


async def test_a_stopped_doorbell_leaves_no_task_and_no_connection(redis: Redis) -> None:
    before = asyncio.all_tasks()
    async with started(RedisBell(redis.url)) as (doorbell, there):
        await heard(there)
        doorbell.ring()
    assert not doorbell.is_listening
    await eventually(lambda: asyncio.all_tasks() <= before)
    async with commanding(redis) as client:

        async def alone() -> bool:
            return len(await client.client_list()) == 1

        await eventually(alone)


async def test_stopping_does_not_wait_for_a_redis_that_is_away() -> None:
    with a_redis(there=False) as redis, suppress(RedisError):
        doorbell = Doorbell(RedisBell(redis.url))
        await doorbell.start()
        doorbell.ring()
        async with asyncio.timeout(5):
            await doorbell.stop()
