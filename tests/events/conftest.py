"""What the tests of the log share: events with numbers in them, and followers that collect those numbers."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from app.database import Connection, fetch, transaction
from app.events.cursor import Cursor
from app.events.feed import Event, Feed, Heartbeat
from app.events.kinds import EventKind
from app.events.log import NewEvent, append
from app.events.wake import Doorbell, ring
from tests.conftest import NOW

# Other tests write to the same cluster, and what is settled waits for their transactions too.
PATIENCE_SECONDS = 30


def numbered(project: UUID, number: int, kind: EventKind = EventKind.CUSTOMER_CREATED) -> NewEvent:
    """A new event that carries a number."""
    return NewEvent(project, kind, {"number": number}, NOW)


async def write(connection: Connection, project: UUID, *numbers: int) -> None:
    """Append numbered events to the connection's transaction."""
    await append(connection, [numbered(project, number) for number in numbers])


async def record(project: UUID, *numbers: int, kind: EventKind = EventKind.CUSTOMER_CREATED) -> None:
    """One deed: numbered events in a transaction of their own, and the bell."""
    async with transaction() as connection:
        await append(connection, [numbered(project, number, kind) for number in numbers])
    ring()


async def fail_to_record(project: UUID, *numbers: int) -> None:
    """A deed that goes wrong after its events were written."""
    with suppress(ZeroDivisionError):
        async with transaction() as connection:
            await write(connection, project, *numbers)
            raise ZeroDivisionError


def numbers(events: list[Event]) -> list[int]:
    """The numbers in events."""
    return [event.payload["number"] for event in events]


async def eventually(condition: Callable[[], Any | Awaitable[Any]], every: float = 0.005) -> None:
    """Wait until a condition that nothing announces becomes true; look every so many seconds."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            met = condition()
            if await met if isinstance(met, Awaitable) else met:
                return
            await asyncio.sleep(every)


class Follower:
    """Takes everything that a feed delivers, in a task of its own, and keeps it."""

    def __init__(self, followed: AsyncGenerator[Event | Heartbeat, None]) -> None:
        self.events: list[Event] = []
        self.heartbeats: list[Cursor] = []
        self.open = asyncio.Event()  # a gate: cleared, the follower takes nothing
        self.open.set()
        self._news = asyncio.Condition()
        self._followed = followed
        self.task = asyncio.create_task(self._take())

    async def _take(self) -> None:
        try:
            async for item in self._followed:
                if isinstance(item, Heartbeat):
                    self.heartbeats.append(item.cursor)
                else:
                    self.events.append(item)
                async with self._news:
                    self._news.notify_all()
                await self.open.wait()
        finally:
            await self._followed.aclose()

    @property
    def numbers(self) -> list[int]:
        return numbers(self.events)

    async def beat(self) -> None:
        """Wait until it has a heartbeat: it follows."""
        await self._until(lambda: bool(self.heartbeats))

    async def has(self, count: int) -> list[int]:
        """The numbers received, once there are `count`."""
        await self._until(lambda: len(self.events) >= count)
        return self.numbers

    async def _until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS), self._news:
            await self._news.wait_for(lambda: condition() or self.task.done())
        if self.task.done() and not condition():
            await self.task
            raise AssertionError("the feed has ended")

    async def leave(self) -> None:
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)


Follow = Callable[..., Follower]


@asynccontextmanager
async def running_feed(**options: Any) -> AsyncIterator[Feed]:
    """A feed and its doorbell, as a server process has them."""
    doorbell = Doorbell()
    await doorbell.start()
    feed = Feed(doorbell, **options)
    await feed.start()
    try:
        yield feed
    finally:
        await feed.stop()
        await doorbell.stop()


@pytest_asyncio.fixture
async def feed(database: dict[str, Any]) -> AsyncIterator[Feed]:
    async with running_feed() as feed:
        yield feed


@pytest_asyncio.fixture
async def follow(feed: Feed, project: UUID) -> AsyncIterator[Follow]:
    """Follow the project's events: `follow(after=…)`; all followers leave at the end."""
    followers: list[Follower] = []

    def begin(**wish: Any) -> Follower:
        followers.append(Follower(wish.pop("feed", feed).follow(wish.pop("project", project), **wish)))
        return followers[-1]

    yield begin
    for follower in followers:
        await follower.leave()


@pytest.fixture
def cut(database: dict[str, Any]) -> Callable[[str], Awaitable[int]]:
    """Cut this worker's connections that carry a name, as a restarted server would; gives their number."""

    async def cut(name: str) -> int:
        victims = await fetch(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND application_name = $1",
            name,
        )
        return len(victims)

    return cut
