"""One subscriber among those who share an execution: written to at once, or by its task while its client is slow."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from graphql import GraphQLError

from app.events.cursor import Cursor
from graphql_schema.delivery import Operation
from graphql_schema.shared_batch import Batch, Encoded


@dataclass(frozen=True, slots=True)
class Room:
    """How much may wait for one subscriber: results, and bytes of them. One alone may be of any size."""

    results: int = 256
    bytes: int = 1_048_576


@dataclass(frozen=True, slots=True)
class Fell:
    """The subscriber was too slow for the others: it has been told everything up to `place`."""

    place: Cursor


@dataclass(frozen=True, slots=True)
class Over:
    """There is nothing more to tell; with errors if it went wrong."""

    errors: Sequence[GraphQLError] = ()


class Member:
    """One operation in a shared stream. `offer` never waits, and never raises for a client that is gone.

    `at` is the place it has been told everything up to when it joins; None where items have no places. Then each item
    tells the whole, and of what waits only the last is kept.
    """

    __slots__ = ("_ahead", "_bytes", "_news", "_operation", "_outbox", "_parting", "_room", "is_in")

    def __init__(self, operation: Operation, room: Room, at: Cursor | None) -> None:
        self.is_in = True
        self._operation = operation
        self._room = room
        self._ahead = at
        self._bytes = 0
        self._outbox: deque[Encoded] | None = None  # there while its task is sending
        self._parting: Fell | Over | None = None
        self._news: asyncio.Future[None] | None = None

    def offer(self, batch: Batch, before: Cursor | None) -> int:
        """Tell the client, or keep it for the task; `before` is the place that the batch follows upon.

        Gives the number of results that are new to the client.
        """
        if self._ahead is not None:
            # It joined further on than the others were.
            before, last = self._ahead, batch.results[-1].place
            found = batch.behind(self._ahead)
            if last is not None and last >= self._ahead:
                self._ahead = None  # now they are as far: heartbeats at this very place are news
            if found is None:
                return 0
            batch = found
        if self._outbox is not None or not self._operation.next_now(batch):
            self._keep(batch, before)
        return len(batch)

    def rewind(self) -> None:
        """The log has gone back: what stands before the place where it joined is new."""
        self._ahead = None

    def part(self, parting: Over) -> None:
        """Nothing more will be offered."""
        self._leave(parting)

    async def stay(self) -> Fell | Over:
        """Send what waits whenever something does, until the member is out and everything is sent."""
        while True:
            while self._outbox:
                each = self._outbox.popleft()
                self._bytes -= len(each.payload)
                await self._operation.next(each.payload, each.cursor)
            self._outbox = None
            if self._parting is not None:
                return self._parting
            self._news = asyncio.get_running_loop().create_future()
            try:
                await self._news
            finally:
                self._news = None

    def _keep(self, batch: Batch, before: Cursor | None) -> None:
        if self._outbox is None:
            self._outbox = deque()
        outbox = self._outbox
        if before is None:
            outbox.clear()
            self._bytes = 0
            batch = batch.last()
        for each in batch.results:
            size = len(each.payload)
            if outbox and (len(outbox) >= self._room.results or self._bytes + size > self._room.bytes):
                assert before is not None  # noqa: S101 - without places the outbox was emptied
                self._leave(Fell(before))
                return
            outbox.append(each)
            self._bytes += size
            before = each.place
        self._wake()

    def _leave(self, parting: Fell | Over) -> None:
        if self._parting is None:
            self.is_in = False
            self._parting = parting
            self._wake()

    def _wake(self) -> None:
        if self._news is not None and not self._news.done():
            self._news.set_result(None)
