"""Two server processes that wake each other over Redis, which restarts: every follower sees every event once."""

import asyncio
from contextlib import AsyncExitStack
from typing import Any

from redis.asyncio import Redis as Client

from tests.events.valkey import Redis, a_redis
from tests.stories.conftest import opened_books, two_servers
from tests.stories.follower import following
from tests.stories.shop import founded
from tests.stories.test_two_workers_one_feed import everybody_saw_everything, tell


async def listeners(redis: Redis) -> int:
    """How many connections have subscribed at Redis."""
    client = Client.from_url(redis.url)
    try:
        return len(await client.client_list(_type="pubsub"))
    finally:
        await client.aclose()


async def test_followers_at_two_processes_see_what_either_redeems_over_redis(
    fresh_database: dict[str, Any],
) -> None:
    with a_redis() as redis:
        async with (
            two_servers(fresh_database, TEAROFF_DOORBELL_URL=redis.url) as servers,
            opened_books(fresh_database) as books,
            founded(books, servers) as shop,
            AsyncExitStack() as stack,
        ):
            assert await listeners(redis) == 2
            over_postgresql = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            assert await books.fetchval(f"{over_postgresql} AND application_name = 'tearoff doorbell'") == 0
            await shop.code(await shop.campaign("Shared"), "SHARED")
            granted, rejected = [
                [
                    await stack.enter_async_context(following(caller.server, caller.secret, feed))
                    for caller in shop.callers
                ]
                for feed in ("redemptions", "rejectedRedemptions")
            ]
            telling = asyncio.create_task(tell(shop, shop.callers, 80))
            await granted[0].has_seen(5)
            await asyncio.to_thread(redis.restart)
            await telling
            await everybody_saw_everything(shop, granted, rejected, 40)
            for server in servers:
                lost = await server.logs("doorbell_lost")
                assert len(lost) == 1
                assert server.faults() == []
