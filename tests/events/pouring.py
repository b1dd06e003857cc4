"""Events that pour in: several writers at a steady rate, some of whom commit late, or not at all."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from app.database import Connection
from app.events.kinds import EventKind
from app.events.log import NewEvent, append

WRITERS = 4


@dataclass
class Pouring:
    """`events` altogether, `per_second`; `connect` gives a writer its connection, `tell` rings after its commits."""

    project: UUID
    events: int
    per_second: int
    kinds: Collection[EventKind]
    connect: Callable[[], Awaitable[Connection]]
    tell: Callable[[Connection], Awaitable[object]]
    dice: random.Random
    began: float = field(default_factory=lambda: asyncio.get_running_loop().time())

    async def run(self) -> None:
        """Until all are written; in time, if the machine can."""
        async with asyncio.TaskGroup() as group:
            for writer in range(WRITERS):
                group.create_task(self._write(writer))

    async def _write(self, writer: int) -> None:
        loop, written, share = asyncio.get_running_loop(), 0, self.events // WRITERS
        connection = await self.connect()
        try:
            while written < share:
                size = min(self.dice.randint(1, 12), share - written)
                if await self._transaction(connection, writer, size):
                    written += size
                    await self.tell(connection)
                due = self.began + written * WRITERS / self.per_second
                await asyncio.sleep(max(0.0, due - loop.time()))
        finally:
            await connection.close()

    async def _transaction(self, connection: Connection, writer: int, size: int) -> bool:
        """Whether it has come to something."""
        deal = connection.transaction()
        await deal.start()
        now, kinds = datetime.now(UTC), list(self.kinds)
        events = [
            NewEvent(self.project, self.dice.choice(kinds), {"number": writer}, now) for _ in range(size)
        ]
        await append(connection, events)
        if self.dice.random() < 0.1:
            await asyncio.sleep(self.dice.random() * 0.05)  # it commits late
        if self.dice.random() < 0.1:
            await deal.rollback()
            return False
        await deal.commit()
        return True
