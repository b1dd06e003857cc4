"""Servers, PostgreSQL and connections die at random in the middle of load: afterwards all tell one story.

`make kill` does it fifty times; TEAROFF_TEST_ROUNDS and TEAROFF_TEST_SEED choose how often and in which order.
"""

import asyncio
import os
import random
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from app.database.migrate import migrate
from app.embedded_postgres import EmbeddedPostgres
from tests.conftest import administer, run_folder
from tests.server import Server, serving
from tests.stories.caller import Caller
from tests.stories.conftest import opened_books
from tests.stories.follower import Follower
from tests.stories.load import Load, everything_a_till_does
from tests.stories.reckoning import Books, reckon
from tests.stories.shop import Shop, founded
from tests.stories.shop_with_limits import LIMITS, stocked

ROUNDS = int(os.environ.get("TEAROFF_TEST_ROUNDS", "8"))
SEED = int(os.environ.get("TEAROFF_TEST_SEED", "7"))
SECONDS_PER_ROUND = 12
CLIENTS = 24
BEFORE, AFTER = 60, 120  # requests that are answered in a round before and after the calamity
AUDIT = "{ ledgerAudit { drift } }"
# Whatever can become of a deed must have happened.
OUTCOMES = {
    *(
        f"{deed}Vouchers {kind}"
        for deed in ("redeem", "hold")
        for kind in ("Redemption", "RejectedRedemption")
    ),
    *("confirmRedemption Redemption", "confirmRedemption RejectedRedemption"),
    *("releaseHold", "rollBackRedemption"),
}
# As PostgreSQL is shipped, but for small checkpoints: recovery shall begin at many places.
CONF = {
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "shared_buffers": "64MB",
    "checkpoint_timeout": "30s",
    "max_wal_size": "64MB",
    "min_wal_size": "32MB",
}


class Scene:
    """Two servers on a PostgreSQL of their own; whatever dies is there again, sooner or later."""

    def __init__(self, postgres: EmbeddedPostgres, folder: Path, stack: AsyncExitStack) -> None:
        self.postgres = postgres
        self.folder = folder
        self.credentials: dict[str, Any] = {**postgres.credentials("tills")}
        self.callers: list[Caller] = []
        self.dice = random.Random(SEED)  # noqa: S311
        self.done: list[str] = []
        self._stack = stack
        self._returning: dict[int, asyncio.Task[None]] = {}

    async def server(self) -> Server:
        """One more process; one that finds no database when it starts ends, and somebody starts the next."""
        while True:
            server = await self._stack.enter_async_context(serving(self.credentials, opens=False))
            await server.logs("^open$|^cannot_start$")
            if not server.faults():
                return server
            assert await server.ended() != 0

    async def kill_a_server(self) -> None:
        """SIGKILL; another process takes its place while the load goes on with the other one."""
        await self.everybody_is_back()
        place = self.dice.randrange(len(self.callers))
        victim = self.callers[place]
        victim.server.process.kill()
        assert await victim.server.ended() == -signal.SIGKILL
        self._returning[place] = asyncio.create_task(self._replace(place, victim.secret))

    async def _replace(self, place: int, secret: str) -> None:
        server = await self.server()
        self.callers[place] = await self._stack.enter_async_context(Caller(server, secret))

    def a_server(self) -> Server:
        """One that nobody has killed."""
        places = [place for place in range(len(self.callers)) if place not in self._returning]
        return self.callers[self.dice.choice(places)].server

    async def everybody_is_back(self) -> None:
        """Until every process that was killed has been replaced."""
        await asyncio.gather(*self._returning.values())
        self._returning.clear()

    async def kill_postgres(self) -> None:
        """SIGKILL to the postmaster and all of its processes; started again, it recovers from its log."""
        postmaster, _ = self.postgres.home.status()
        listed = await asyncio.create_subprocess_exec(
            *("ps", "-A", "-o", "pid=,ppid="), stdout=asyncio.subprocess.PIPE
        )
        told, _ = await listed.communicate()
        pairs = [line.split() for line in told.decode().splitlines()]
        family = [postmaster, *(int(pid) for pid, parent in pairs if int(parent) == postmaster)]
        assert len(family) >= 10
        for process in family:
            try:
                os.kill(process, signal.SIGKILL)
            except ProcessLookupError:
                assert process != postmaster  # a connection that has just ended by itself
        # Its supervisor starts it again, but gives up where it dies quickly and often: then this does.
        again = await asyncio.to_thread(EmbeddedPostgres.start, self.folder, conf=CONF)
        assert again.home.status()[0] != postmaster
        again.close()

    async def kill_a_backend(self) -> None:
        """SIGKILL to the process behind one till's connection: PostgreSQL itself throws everybody out and recovers."""
        till = await self._ask(
            "SELECT min(pid) FROM pg_stat_activity WHERE application_name = 'tearoff till'"
        )
        if till is not None:
            os.kill(till, signal.SIGKILL)

    async def cut_connections(self) -> None:
        """Those of tills, pools, doorbells and feeds, all at once."""
        cut = await self._ask(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name LIKE 'tearoff%'"
        )
        assert cut >= 3

    async def _ask(self, statement: str) -> Any:
        connection: asyncpg.Connection = await asyncpg.connect(**self.credentials)
        try:
            return await connection.fetchval(statement)
        finally:
            await connection.close()

    async def books(self, shop: Shop) -> Books:
        """The ledger, as soon as PostgreSQL answers."""
        connection: asyncpg.Connection = await asyncpg.connect(**self.credentials)
        try:
            return await Books.read(connection, shop.project)
        finally:
            await connection.close()


@pytest.fixture
async def scene(pytestconfig: pytest.Config) -> AsyncIterator[Scene]:
    """With two servers that are open."""
    folder = run_folder(pytestconfig) / f"dies-{os.getpid()}"
    with await asyncio.to_thread(EmbeddedPostgres.start, folder, conf=CONF) as postgres:
        await administer({**postgres.credentials("postgres")}, "CREATE DATABASE tills")
        async with AsyncExitStack() as stack:
            scene = Scene(postgres, folder, stack)
            await migrate(scene.credentials)
            yield scene


def calamities() -> list[Callable[[Scene], Awaitable[None]]]:
    """As many of each kind as of every other, in an order that nobody expects."""
    kinds = [Scene.kill_a_server, Scene.kill_postgres, Scene.kill_a_backend, Scene.cut_connections]
    return random.Random(SEED).sample((kinds * ROUNDS)[:ROUNDS], ROUNDS)  # noqa: S311


@pytest.mark.timeout(60 + SECONDS_PER_ROUND * ROUNDS)
async def test_whatever_dies_in_the_middle_of_load_nothing_is_lost_and_nothing_is_done_twice(
    scene: Scene,
) -> None:
    servers = await asyncio.gather(scene.server(), scene.server())
    async with opened_books(scene.credentials) as pool, founded(pool, servers) as shop:
        await stocked(shop)
        scene.callers.extend(shop.callers)
        load = Load(scene.callers, everything_a_till_does(), CLIENTS, SEED)
        feeds = [Follower(shop.caller.secret, feed) for feed in ("redemptions", "rejectedRedemptions")]
        for feed in feeds:
            await feed.open(scene.a_server())
        for calamity in calamities():
            async with load.going_on():
                await load.more(BEFORE)
                await calamity(scene)
                await load.more(AFTER)
            reckon(load, await scene.books(shop), LIMITS)
            for feed in feeds:
                await feed.back(scene.a_server())
        await scene.everybody_is_back()
        for feed, kinds in zip(feeds, ("redemptions", "rejected"), strict=True):
            expected = await shop.events(kinds)
            await feed.has_seen(len(expected))
            assert feed.seen == expected
            await feed.close()
        assert (await scene.callers[0].ask(AUDIT))["ledgerAudit"]["drift"] == 0
        assert load.asked_again >= ROUNDS
        assert set(load.outcomes()) == OUTCOMES
