"""The bounded mailbox of one follower: the tail puts events in without waiting, the follower takes them out."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from app.events.cursor import Cursor
from app.events.kinds import EventKind
from app.events.log import Event

# Of payloads as JSON text; parsed they take several times as much.
MOST_BYTES = 4 * 1_048_576

Accept = Callable[[Event], bool]


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """Nothing more happened that concerns the follower up to `cursor`; it may go on from there.

    `caught_up`: that was the settled end of the log, as far as this process knew it.
    """

    cursor: Cursor
    caught_up: bool = True


@dataclass(frozen=True, slots=True)
class Wish:
    """What a follower wants to hear of: a project, some kinds of events (None: all), a filter."""

    project: UUID
    kinds: frozenset[EventKind] | None = None
    accept: Accept | None = None

    def covers(self, event: Event) -> bool:
        """Whether an event of the project is of these kinds and passes the filter."""
        if self.kinds is not None and event.kind not in self.kinds:
            return False
        return self.accept is None or self.accept(event)


class Mailbox:
    """Holds at most `size` events for one follower; when one more comes, it closes with what it has.

    It closes as well when the events would come to more than `most_bytes`; one alone may be of any size.
    What is in a closed mailbox can still be taken: it is an unbroken stretch of the log.
    """

    __slots__ = (
        "_beat",
        "_bytes",
        "_events",
        "_failure",
        "_most_bytes",
        "_size",
        "_waiter",
        "is_closed",
        "wish",
    )

    def __init__(self, wish: Wish, size: int, most_bytes: int = MOST_BYTES) -> None:
        self.wish = wish
        self.is_closed = False
        self._size = size
        self._most_bytes = most_bytes
        self._bytes = 0
        self._events: deque[Event] = deque()
        self._beat: Cursor | None = None
        self._failure: Exception | None = None
        self._waiter: asyncio.Future[None] | None = None

    def __len__(self) -> int:
        return len(self._events)

    def offer(self, event: Event) -> None:
        """Put the event in if the follower wants it; close if there is no room for it."""
        if self.is_closed:
            return
        try:
            wanted = self.wish.covers(event)
        except Exception as failure:  # a faulty filter is its own follower's trouble, not the tail's
            self._failure = failure
            self.close()
            return
        if not wanted:
            return
        if self._has_room(event):
            self._bytes += event.size
            self._events.append(event)
            self._wake()
        else:
            self.close()

    def _has_room(self, event: Event) -> bool:
        if not self._events:
            return True
        return len(self._events) < self._size and self._bytes + event.size <= self._most_bytes

    def beat(self, cursor: Cursor) -> None:
        """Leave word that everything up to `cursor` has been offered."""
        self._beat = cursor
        self._wake()

    def close(self) -> None:
        """Take nothing more in."""
        self.is_closed = True
        self._wake()

    async def take(self) -> Event | Heartbeat | None:
        """The next event or, when there is none, the last heartbeat; None when closed and empty."""
        while True:
            if self._events:
                event = self._events.popleft()
                self._bytes -= event.size
                return event
            if self._failure is not None:
                raise self._failure
            if self.is_closed:
                return None
            if self._beat is not None:
                beat, self._beat = Heartbeat(self._beat), None
                return beat
            self._waiter = asyncio.get_running_loop().create_future()
            try:
                await self._waiter
            finally:
                self._waiter = None

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)
