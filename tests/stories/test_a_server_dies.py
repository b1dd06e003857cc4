"""Processes and connections die in the middle of a rush: nothing is lost, nothing is done twice."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import asyncpg
import httpx
import pytest

from app.events.cursor import BEGINNING
from tests.events.conftest import eventually
from tests.server import Server, client, serving
from tests.stories.caller import UnavailableError, a_cart, is_granted
from tests.stories.conftest import opened_books, two_servers
from tests.stories.follower import Follower, following
from tests.stories.shop import Counts, Shop, founded, together

SHOPPERS = 16
LIMIT = 120
PATIENCE_SECONDS = 25
CART = a_cart("40.00")


@pytest.fixture
async def books(fresh_database: dict[str, Any]) -> AsyncIterator[asyncpg.Pool]:
    """The database of this story alone."""
    async with opened_books(fresh_database) as pool:
        yield pool


@pytest.fixture
async def servers(fresh_database: dict[str, Any]) -> AsyncIterator[list[Server]]:
    """Two processes that may die."""
    async with two_servers(fresh_database) as servers:
        yield servers


@pytest.fixture
async def shop(servers: list[Server], books: asyncpg.Pool) -> AsyncIterator[Shop]:
    """With a code for the first hundred and twenty."""
    async with founded(books, servers) as shop:
        await shop.code(await shop.campaign("Rush hour"), "RUSH", maxRedemptions=LIMIT)
        yield shop


@dataclass
class Rush:
    """Shoppers who each stand at one process and go to the other when it does not answer; what each order got."""

    shop: Shop
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked_again: int = 0
    leaving: bool = False
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    async def shopper(self, number: int) -> None:
        place = number % 2
        for order in count():
            if self.leaving:
                return
            key = f"{number}-{order}"
            while key not in self.answers:
                try:
                    self.answers[key] = await self.shop.callers[place].redeem("RUSH", cart=CART, key=key)
                    self._news.set()
                except (httpx.TransportError, UnavailableError):
                    self.asked_again += 1
                    place = 1 - place

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not condition():
                self._news.clear()
                await self._news.wait()

    async def more(self, number: int) -> None:
        """Let so many more orders be answered."""
        wanted = len(self.answers) + number
        await self.until(lambda: len(self.answers) >= wanted)


@asynccontextmanager
async def rushing(shop: Shop) -> AsyncIterator[Rush]:
    """Until the block ends and every order has its answer."""
    rush = Rush(shop)
    async with asyncio.TaskGroup() as shoppers:
        for number in range(SHOPPERS):
            shoppers.create_task(rush.shopper(number))
        yield rush
        rush.leaving = True


async def everything_agrees(rush: Rush, granted_feed: Follower, rejected_feed: Follower) -> None:
    """Answers, ledger, counters, events and feeds tell one story."""
    shop, answers = rush.shop, rush.answers.values()
    granted = sorted(answer["result"]["id"] for answer in answers if is_granted(answer))
    rejected = sorted(answer["result"]["id"] for answer in answers if not is_granted(answer))
    assert len(granted) == LIMIT
    assert await shop.counts() == Counts(LIMIT, len(rush.answers) - LIMIT)
    assert await shop.ledger("redemptions") == granted
    assert await shop.ledger("rejected_redemptions") == rejected
    assert await shop.counters() == {"voucher": LIMIT}
    await granted_feed.has_seen(LIMIT)
    await rejected_feed.has_seen(len(rejected))
    assert granted_feed.seen == await shop.events("redemptions")
    assert rejected_feed.seen == await shop.events("rejected")
    assert sorted(granted_feed.seen) == granted
    assert sorted(rejected_feed.seen) == rejected


async def test_a_process_that_is_killed_in_the_middle_takes_nothing_with_it(shop: Shop) -> None:
    victim, survivor = (caller.server for caller in shop.callers)
    async with (
        following(survivor, shop.caller.secret) as granted,
        following(survivor, shop.caller.secret, "rejectedRedemptions") as rejected,
    ):
        async with rushing(shop) as rush:
            await rush.more(LIMIT // 2)
            victim.process.kill()
            assert await victim.ended() == -9
            await rush.until(lambda: len(rush.answers) >= 2 * LIMIT)
        assert rush.asked_again >= SHOPPERS // 2
        await everything_agrees(rush, granted, rejected)


async def test_a_worker_that_is_killed_is_replaced_and_takes_nothing_with_it(
    fresh_database: dict[str, Any], books: asyncpg.Pool
) -> None:
    async with (
        serving(fresh_database, TEAROFF_WORKERS="2") as server,
        founded(books, [server, server]) as shop,
    ):
        await shop.code(await shop.campaign("Rush hour"), "RUSH", maxRedemptions=LIMIT)
        async with rushing(shop) as rush:
            await rush.more(LIMIT // 2)
            started, *_ = await server.logs(r"Started server process \[\d+\]")
            os.kill(int(started["event"].split("[")[1].rstrip("]")), signal.SIGKILL)
            await rush.until(lambda: len(rush.answers) >= 2 * LIMIT)
        assert len(await server.logs("^open$", 3)) == 3
        from_the_beginning = [BEGINNING.encode()]
        granted = Follower(shop.caller.secret, cursors=from_the_beginning[:])
        rejected = Follower(shop.caller.secret, "rejectedRedemptions", cursors=from_the_beginning[:])
        for follower in (granted, rejected):
            await follower.open(server)
        await everything_agrees(rush, granted, rejected)
        for follower in (granted, rejected):
            await follower.close()


async def test_when_the_database_hangs_up_on_everybody_all_comes_back_by_itself(shop: Shop) -> None:
    server = shop.callers[1].server
    async with (
        following(server, shop.caller.secret) as granted,
        following(server, shop.caller.secret, "rejectedRedemptions") as rejected,
    ):
        async with rushing(shop) as rush:
            for _ in range(3):
                await rush.more(LIMIT // 3)
                cut = await shop.books.fetchval(
                    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database()"
                    " AND application_name LIKE 'tearoff%'"
                )
                assert (
                    cut >= 6
                )  # at either process: the till, the doorbell and the feed, and some of the pool's
            await rush.until(lambda: len(rush.answers) >= 2 * LIMIT)
        await everything_agrees(rush, granted, rejected)
        assert granted.connection is not None
        assert granted.connection.close_code is None


async def test_a_process_that_is_asked_to_end_in_the_middle_says_goodbye_and_loses_nothing(
    shop: Shop,
) -> None:
    leaver, stayer = (caller.server for caller in shop.callers)
    async with (
        following(stayer, shop.caller.secret) as granted,
        following(stayer, shop.caller.secret, "rejectedRedemptions") as rejected,
        following(leaver, shop.caller.secret) as dismissed,
    ):
        async with rushing(shop) as rush:
            await rush.more(LIMIT // 2)
            leaver.terminate()
            assert (await dismissed.closed())[0] == 1012
            assert await leaver.ended() == 0
            assert leaver.faults() == []
            await rush.until(lambda: len(rush.answers) >= 2 * LIMIT)
        await everything_agrees(rush, granted, rejected)


async def test_redemptions_under_way_are_answered_before_the_process_ends(shop: Shop) -> None:
    """One is in the middle of its transaction and seven queue behind it when the process is asked to end."""
    leaver = shop.caller.server
    await shop.callers[1].redeem("RUSH", cart=CART, key="the first, which makes the counter")
    async with shop.books.acquire() as slow:
        async with slow.transaction():
            await slow.execute("SELECT FROM counters WHERE project_id = $1 FOR UPDATE", shop.project)
            under_way = [asyncio.create_task(shop.caller.redeem("RUSH", cart=CART, key="order 0"))]
            await eventually(lambda: waits_for_a_lock(shop))
            under_way += [
                asyncio.create_task(shop.caller.redeem("RUSH", cart=CART, key=f"order {order}"))
                for order in range(1, 8)
            ]
            await eventually(lambda: queue(leaver, 7))
            leaver.terminate()
            await leaver.logs("Waiting for connections to close")
        answers = await together(*under_way)
    assert all(map(is_granted, answers))
    assert await leaver.ended() == 0
    assert (await shop.counts()).granted == 9


async def waits_for_a_lock(shop: Shop) -> bool:
    return bool(
        await shop.books.fetchval(
            "SELECT EXISTS (SELECT FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock')"
        )
    )


async def queue(server: Server, number: int) -> bool:
    """Whether so many redemptions queue at the process's till."""
    async with client(server) as http:
        figures = (await http.get("/metrics")).text.splitlines()
    return f"tearoff_till_waiting {float(number)}" in figures
