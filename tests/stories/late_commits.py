"""Late commits: transactions that write early and commit late, or never, while everybody else goes on."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg

from app.events.kinds import EventKind
from app.events.log import NewEvent, append
from app.events.wake import CONNECTION_FAILURES

_PAUSE_SECONDS = 0.05
_LONGEST_SECONDS = 0.6
# A kind that nothing counts and that the load never writes.
KIND = EventKind.STACKING_UPDATED


@dataclass
class LateCommits:
    """Writers on the cluster of `credentials`; `told` are the numbers of the events that were surely committed.

    Three kinds: one that writes events of the project and commits later, one in another database of the same cluster,
    one that makes the tills wait in the middle of their own transactions.
    """

    credentials: Mapping[str, Any]
    project: UUID
    dice: random.Random
    told: set[int] = field(default_factory=set)
    written: int = 0
    held_back: int = 0
    _numbers: int = 0

    @asynccontextmanager
    async def going_on(self, writers: int = 4) -> AsyncIterator[None]:
        """Until the block ends."""
        deeds = [self._tell] * writers + [self._write_elsewhere, self._hold_the_tills_up]
        tasks = [asyncio.create_task(self._again_and_again(deed)) for deed in deeds]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            ended = await asyncio.gather(*tasks, return_exceptions=True)
        assert all(isinstance(end, asyncio.CancelledError) for end in ended), ended

    async def _again_and_again(self, deed: Callable[[asyncpg.Connection], Awaitable[None]]) -> None:
        elsewhere = deed == self._write_elsewhere
        where = dict(self.credentials) | ({"database": "postgres"} if elsewhere else {})
        while True:
            try:
                connection = await asyncpg.connect(**where, timeout=5)
                try:
                    while True:
                        await deed(connection)
                        await asyncio.sleep(self._a_while() / 2)
                finally:
                    connection.terminate()
            except CONNECTION_FAILURES:
                await asyncio.sleep(_PAUSE_SECONDS)

    def _a_while(self) -> float:
        return self.dice.random() ** 2 * _LONGEST_SECONDS

    async def _tell(self, connection: asyncpg.Connection) -> None:
        """One to six events, with a wait in the middle and before the end; one in five comes to nothing."""
        deal = connection.transaction()
        await deal.start()
        mine: list[int] = []
        for _ in range(self.dice.randint(1, 3)):
            for _ in range(self.dice.randint(1, 2)):
                self._numbers += 1
                mine.append(self._numbers)
                event = NewEvent(self.project, KIND, {"number": self._numbers}, datetime.now(UTC))
                await append(connection, [event])
            await asyncio.sleep(self._a_while())
        if self.dice.random() < 0.2:
            await deal.rollback()
        else:
            await deal.commit()
            self.told.update(mine)
            self.written += 1

    async def _write_elsewhere(self, connection: asyncpg.Connection) -> None:
        """As long as it is open, nothing that is younger settles."""
        async with connection.transaction():
            await connection.execute("SELECT pg_current_xact_id()")
            await asyncio.sleep(self._a_while())
        self.held_back += 1

    async def _hold_the_tills_up(self, connection: asyncpg.Connection) -> None:
        """Those that need one of these counters wait, while others commit."""
        async with connection.transaction():
            await connection.execute(
                "SELECT FROM counters WHERE project_id = $1 ORDER BY random() LIMIT 1 FOR UPDATE",
                self.project,
            )
            await asyncio.sleep(self._a_while())
