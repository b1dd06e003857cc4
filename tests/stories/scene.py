"""The scene of all that dies: two servers on a PostgreSQL of their own; whatever dies is there again in the end."""

import asyncio
import os
import random
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg

from app.database.migrate import migrate
from app.embedded_postgres import EmbeddedPostgres
from tests.conftest import administer
from tests.server import Server, client, serving
from tests.stories.caller import Caller
from tests.stories.reckoning import Books
from tests.stories.shop import Shop

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
PATIENCE_SECONDS = 60


class Scene:
    """`callers` stand at the servers, each at an address of its own, where the next process takes its place."""

    def __init__(self, postgres: EmbeddedPostgres, folder: Path, stack: AsyncExitStack, seed: int) -> None:
        self.postgres = postgres
        self.folder = folder
        self.credentials: dict[str, Any] = {**postgres.credentials("tills")}
        self.callers: list[Caller] = []
        self.dice = random.Random(seed)  # noqa: S311
        self._stack = stack
        self._opened: list[Server] = []
        self._ports: list[int] = []
        self._returning: dict[int, asyncio.Task[None]] = {}

    async def servers(self, number: int) -> list[Server]:
        """So many processes, at new addresses."""
        for _ in range(number):
            kept = self._stack.enter_context(socket.socket())
            # Bound, never listening: the port is nobody else's while the process that had it is being replaced.
            kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            kept.bind(("127.0.0.1", 0))
            self._ports.append(kept.getsockname()[1])
        return await asyncio.gather(*map(self._server, self._ports))

    async def _server(self, port: int) -> Server:
        """One that finds no database when it starts ends, and somebody starts the next."""
        while True:
            server = await self._stack.enter_async_context(
                serving(self.credentials, opens=False, TEAROFF_PORT=str(port))
            )
            await server.logs("^open$|^cannot_start$")
            if not server.faults():
                self._opened.append(server)
                return server
            assert await server.ended() != 0

    async def kill_a_server(self) -> None:
        """SIGKILL; another process takes its place while the load goes on with the other one."""
        place, victim = await self._a_victim()
        victim.server.process.kill()
        assert await victim.server.ended() == -signal.SIGKILL
        self._replaced(place, victim)

    async def end_a_server(self) -> None:
        """SIGTERM, as at a deployment: with all the streams that are open it ends soon, and well."""
        place, victim = await self._a_victim()
        victim.server.terminate()
        assert await victim.server.ended() == 0
        self._replaced(place, victim)

    async def _a_victim(self) -> tuple[int, Caller]:
        await self.everybody_is_back()
        place = self.dice.randrange(len(self.callers))
        return place, self.callers[place]

    def _replaced(self, place: int, victim: Caller) -> None:
        self._returning[place] = asyncio.create_task(self._replace(place, victim.secret))

    async def _replace(self, place: int, secret: str) -> None:
        server = await self._server(self._ports[place])
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
        family = [postmaster, *await children_of(postmaster)]
        assert len(family) >= 6
        for process in family:
            try:
                os.kill(process, signal.SIGKILL)
            except ProcessLookupError:
                assert process != postmaster  # a connection that has just ended by itself
        await self._postgres_is_back(postmaster)

    async def restart_postgres(self) -> None:
        """As its operator does: it throws everybody out, ends well and is started again."""
        postmaster, _ = self.postgres.home.status()
        os.kill(postmaster, signal.SIGINT)
        async with asyncio.timeout(PATIENCE_SECONDS):
            while _lives(postmaster):  # noqa: ASYNC110 - another's child: nobody announces its end
                await asyncio.sleep(0.02)
        await self._postgres_is_back(postmaster)

    async def _postgres_is_back(self, before: int) -> None:
        # Its supervisor starts it again, but gives up where it dies quickly and often: then this does.
        again = await asyncio.to_thread(EmbeddedPostgres.start, self.folder, conf=CONF)
        assert again.home.status()[0] != before
        again.close()

    async def kill_a_backend(self) -> None:
        """SIGKILL to the process behind one till's connection: PostgreSQL itself throws everybody out and recovers."""
        till = await self.ask("SELECT min(pid) FROM pg_stat_activity WHERE application_name = 'tearoff till'")
        if till is not None:
            os.kill(till, signal.SIGKILL)

    async def cut(self, name: str) -> int:
        """Cut the servers' connections whose names begin so; their number."""
        cut: int = await self.ask(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name LIKE $1 || '%'",
            name,
        )
        return cut

    async def ask(self, statement: str, *values: object) -> Any:
        """One value, past the API."""
        return await self.asking(asyncpg.Connection.fetchval, statement, *values)

    async def asking(self, look: Callable[..., Awaitable[Any]], *values: object) -> Any:
        """What `look(connection, …)` gives, on a connection that nobody has cut."""
        connection: asyncpg.Connection = await asyncpg.connect(**self.credentials)
        try:
            return await look(connection, *values)
        finally:
            await connection.close()

    async def books(self, shop: Shop) -> Books:
        """The ledger, as soon as PostgreSQL answers."""
        books: Books = await self.asking(Books.read, shop.project)
        return books

    def faults(self) -> list[dict[str, Any]]:
        """What all servers that ever opened have logged as errors."""
        return [line for server in self._opened for line in server.faults()]

    async def figure(self, name: str) -> float:
        """A figure of the servers, summed."""
        return sum([await figure_of(caller.server, name) for caller in self.callers])


async def figure_of(server: Server, name: str) -> float:
    """A figure of a server that has no labels."""
    async with client(server) as http:
        lines = (await http.get("/metrics")).text.splitlines()
    [line] = [line for line in lines if line.startswith(f"{name} ")]
    return float(line.split()[1])


async def children_of(parent: int, does: str = "") -> list[int]:
    """Its child processes in whose command these words are."""
    listed = await asyncio.create_subprocess_exec(
        *("ps", "-A", "-ww", "-o", "pid=,ppid=,args="), stdout=asyncio.subprocess.PIPE
    )
    told, _ = await listed.communicate()
    rows = [line.split(maxsplit=2) for line in told.decode().splitlines()]
    return [int(pid) for pid, of, *args in rows if int(of) == parent and does in " ".join(args)]


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


@asynccontextmanager
async def scenery(folder: Path, seed: int) -> AsyncIterator[Scene]:
    """A PostgreSQL with an empty database; its servers end with the block."""
    with await asyncio.to_thread(EmbeddedPostgres.start, folder, conf=CONF) as postgres:
        await administer({**postgres.credentials("postgres")}, "CREATE DATABASE tills")
        async with AsyncExitStack() as stack:
            scene = Scene(postgres, folder, stack, seed)
            await migrate(scene.credentials)
            yield scene
