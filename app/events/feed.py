"""The feed: the log followed live; history first, then what happens, without a seam."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Collection, Coroutine
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar  # Any: what asyncio sends into coroutines
from uuid import UUID

import structlog

from app.events.cursor import Cursor
from app.events.kinds import EventKind
from app.events.log import Event
from app.events.mailbox import MOST_BYTES, Accept, Heartbeat, Mailbox, Wish
from app.events.read import PAGE_SIZE, event_of, head, is_known, read_page
from app.events.tail import Tail, TailHealth, Watch
from app.events.wake import (
    CONNECTION_FAILURES,
    FIRST_BACK_OFF_SECONDS,
    LONGEST_BACK_OFF_SECONDS,
    Doorbell,
    heard_within,
)

__all__ = ["Event", "Feed", "FeedHealth", "Heartbeat"]

_log = structlog.get_logger(__name__)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class FeedHealth:
    """How the feed of this process is."""

    tail: TailHealth
    followers: int  # all that follow at the moment
    behind: int  # those of them that read the log themselves until they have caught up
    fallen_behind: int  # how often a full mailbox has sent a follower back to the log


class _FeedStoppedError(Exception):
    """The feed ends; so do its followers."""


class Feed:
    """One per process. Every follower gets every settled event of its project once, in the log's order."""

    def __init__(
        self,
        doorbell: Doorbell,
        *,
        poll_seconds: float = 1.0,
        mailbox_size: int = 256,
        mailbox_bytes: int = MOST_BYTES,
        heartbeat_seconds: float = 10.0,
        page_size: int = PAGE_SIZE,
    ) -> None:
        self._tail = Tail(
            doorbell, poll_seconds=poll_seconds, heartbeat_seconds=heartbeat_seconds, page_size=page_size
        )
        self._mailbox_size = mailbox_size
        self._mailbox_bytes = mailbox_bytes
        self._page_size = page_size
        self._stopped = asyncio.Event()
        self._stopped.set()
        self._followers = 0
        self._live = 0
        self._fallen_behind = 0

    async def start(self) -> None:
        """Begin to read the log; returns when followers can come."""
        await self._tail.start()
        self._stopped.clear()

    async def stop(self) -> None:
        """End all followers: they still get what is in their mailboxes, then their iteration ends."""
        self._stopped.set()
        await self._tail.stop()

    def watch(self, kind: EventKind, watch: Watch) -> None:
        """Call `watch` with every event of a kind, of all projects, from now on: for the process itself.

        It runs inside the tail, so it must be quick; what it raises is logged.
        """
        self._tail.watch(kind, watch)

    def health(self) -> FeedHealth:
        """For the readiness check and the metrics."""
        behind = self._followers - self._live
        return FeedHealth(self._tail.health(), self._followers, behind, self._fallen_behind)

    async def follow(
        self,
        project: UUID,
        kinds: Collection[EventKind] | None = None,
        after: Cursor | None = None,
        accept: Accept | None = None,
    ) -> AsyncGenerator[Event | Heartbeat, None]:
        """The project's events behind `after`, and then for ever what happens; heartbeats in quiet times.

        Without `after` the first item is a heartbeat: what commits once it is there will come. (What had
        committed just before comes as well if an older transaction was still open.) A heartbeat's cursor
        is as good as an event's to go on from, and one says when the follower has caught up with the log.

        `kinds` (None: all) and `accept` choose what is delivered; an exception of `accept` is raised here. A
        follower slower than the events is sent back to the log and goes on at its own pace: nothing is lost
        and nobody waits for it. The iteration ends when the feed stops. Close the generator when done.
        """
        if self._stopped.is_set():
            raise RuntimeError("the feed is not running")
        wish = Wish(project, None if kinds is None else frozenset(kinds), accept)
        self._followers += 1
        try:
            if after is None:
                at = await self._patiently(head)
                yield Heartbeat(at)
            else:
                at = after
            in_the_past = after is not None
            while not self._stopped.is_set():
                stretch = self._history(wish, at) if in_the_past else self._present(wish, at)
                async with aclosing(stretch):
                    async for item in stretch:
                        at = item.cursor
                        yield item
                in_the_past = not in_the_past
        except _FeedStoppedError:
            return
        finally:
            self._followers -= 1

    async def _history(
        self, wish: Wish, at: Cursor, until: Cursor | None = None
    ) -> AsyncGenerator[Event | Heartbeat, None]:
        """What the log holds behind `at`, up to `until` or its settled end, at the follower's own pace.

        A heartbeat after each page lets a follower that wants little of what it reads get on as well.
        """
        is_full = True
        while is_full and (until is None or at < until):
            page = await self._patiently(partial(read_page, wish.project, at, self._page_size, wish.kinds))
            for row in page.rows:  # parsed one by one: many followers may be catching up at once
                if is_known(row) and wish.covers(event := event_of(row)):
                    yield event
            at, is_full = page.reached, page.is_full
            yield Heartbeat(at, caught_up=not is_full)

    async def _present(self, wish: Wish, at: Cursor) -> AsyncGenerator[Event | Heartbeat, None]:
        """What happens from now on, until the mailbox overflows or the feed stops."""
        mailbox = Mailbox(wish, self._mailbox_size, self._mailbox_bytes)
        start = self._tail.register(mailbox)
        self._live += 1
        try:
            # Where the tail is further, the stretch between is read from the log while the mailbox fills.
            async with aclosing(self._history(wish, at, until=start)) as between:
                async for item in between:
                    at = item.cursor
                    yield item
            while (taken := await mailbox.take()) is not None:
                if taken.cursor > at:
                    at = taken.cursor
                    yield taken
                elif isinstance(taken, Heartbeat):
                    yield Heartbeat(at)
            self._fallen_behind += not self._stopped.is_set()
        finally:
            self._live -= 1
            self._tail.let_go(mailbox)

    async def _patiently(self, read: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Read, again and again while the database is away; raises _FeedStoppedError when the feed ends."""
        back_off = FIRST_BACK_OFF_SECONDS
        while not self._stopped.is_set():
            try:
                return await _to_its_end(read())
            except CONNECTION_FAILURES as failure:
                _log.warning("follower_waits", error=type(failure).__name__, retry_seconds=back_off)
            await heard_within(self._stopped, back_off)
            back_off = min(back_off * 2, LONGEST_BACK_OFF_SECONDS)
        raise _FeedStoppedError


async def _to_its_end(reading: Coroutine[Any, Any, T]) -> T:
    """Wait for a read that goes on to its end although its follower leaves meanwhile.

    To give it up the driver would ask PostgreSQL to cancel what the connection is doing, and PostgreSQL may hear of
    that when the read is over and somebody else's statement runs there: an admission, told that all is busy.
    """
    task = asyncio.get_running_loop().create_task(reading)
    task.add_done_callback(_heard)
    return await asyncio.shield(task)


def _heard(task: "asyncio.Task[Any]") -> None:
    """What went wrong is of no interest to a follower that has left."""
    if not task.cancelled():
        task.exception()
