"""A shared stream: follows its source once, executes each item once, encodes it once, and tells all its members.

What has been executed while the members were being told is told next, in one stretch: the more there is to tell, the
less each of it costs. Between a few members the event loop gets its turn, and after all of them the stream rests the
longer the more they are, so that requests are answered meanwhile: what happens alone is told at once, what happens in
a rush in stretches. Where nobody else needs the process, it goes on soon.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Hashable
from contextlib import aclosing
from contextvars import Context
from typing import Any

import orjson
import structlog

from app.events.cursor import Cursor
from graphql_schema.errors import Refusal, internal_error
from graphql_schema.http_answer import payload_of
from graphql_schema.shared_batch import Batch, Encoded
from graphql_schema.shared_member import Member, Over
from graphql_schema.shared_rest import Rest
from graphql_schema.shared_source import LogSource, Told
from graphql_schema.subscribed import Subscribed

MEMBERS_PER_TURN = 64
# What is told in one stretch. A client whose transport takes it has at most this much more in its buffers.
BATCH_RESULTS = 64
BATCH_BYTES = 65_536

_log = structlog.get_logger(__name__)


class SharedStream:
    """All who follow the same as the same kind of caller. It begins with its first member and ends with its last.

    `at` is the place that every member has been told everything up to, or is being told right now; None for states.
    """

    def __init__(
        self,
        key: Hashable,
        begun: Subscribed,
        at: Cursor | None,
        ended: Callable[[SharedStream], None],
    ) -> None:
        self.key = key
        self.begun = begun
        self.at = at
        self.executions = 0
        self.deliveries = 0
        self._ended = ended
        self._members: dict[Member, None] = {}  # in the order they came
        self._last: Batch | None = None  # of states
        self._pending: list[Encoded] = []
        self._pending_bytes = 0
        self._has_pending = asyncio.Event()
        self._has_room = asyncio.Event()
        self._telling: asyncio.Task[None] | None = None

    def __len__(self) -> int:
        return len(self._members)

    def join(self, member: Member) -> None:
        """Tell the member what comes from now on, and of states the last one. The first member sets all going."""
        self._members[member] = None
        if self._last is not None:
            member.offer(self._last, None)
        if self._telling is None:
            # The empty context keeps whatever belongs to the first member's request out of it.
            loop = asyncio.get_running_loop()
            self._telling = loop.create_task(self._run(), context=Context(), name="shared stream")

    def leave(self, member: Member) -> None:
        """The member is told nothing more; without members the stream ends."""
        member.is_in = False
        self._members.pop(member, None)
        if not self._members:
            self.stop()

    def stop(self) -> None:
        """End at once, telling nobody."""
        self._ended(self)
        if self._telling is not None:
            self._telling.cancel()

    async def _run(self) -> None:
        following = asyncio.get_running_loop().create_task(self._follow(), name="shared source")
        try:
            await self._tell_until(following)
            over = following.result()
        except Exception as error:
            over = Over([internal_error(error, "delivery")])
        finally:
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)
        self._ended(self)
        for member in list(self._members):
            member.part(over)
        self._members.clear()

    async def _follow(self) -> Over:
        """Execute and encode each item; says how it ended."""
        try:
            async with aclosing(self._items()) as items:
                async for told in items:
                    await self._execute(told)
        except Refusal as refusal:
            return Over([refusal.to_error()])
        except Exception as error:
            return Over([internal_error(error, self.begun.operation.name or "subscription")])
        finally:
            self._has_pending.set()
        return Over()

    def _items(self) -> Any:  # Any: an async generator of whatever the source gives
        source = self.begun.source
        if isinstance(source, LogSource):
            assert self.at is not None  # noqa: S101 - a stream of the log begins where its first member is
            return source.behind(self.at)
        return self.begun.items()

    async def _execute(self, told: Told[Any]) -> None:
        result = await self.begun.show(told)
        self.executions += 1
        # Copied, because orjson's bytes take 4 KiB at least, and they may wait in outboxes.
        encoded = Encoded(bytes(memoryview(orjson.dumps(payload_of(result)))), told.place)
        while self._pending and self._pending_bytes + len(encoded.payload) > BATCH_BYTES:
            await self._room()
        self._pending.append(encoded)
        self._pending_bytes += len(encoded.payload)
        self._has_pending.set()
        if len(self._pending) >= BATCH_RESULTS:
            await self._room()
        await asyncio.sleep(0)  # in a rush all streams are at it: requests are answered in between

    async def _room(self) -> None:
        self._has_room.clear()
        await self._has_room.wait()

    async def _tell_until(self, following: asyncio.Task[Over]) -> None:
        """Tell what has been executed, until the source has ended and all is told."""
        while self._pending or not following.done():
            await self._has_pending.wait()
            self._has_pending.clear()
            if self._pending:
                batch, self._pending, self._pending_bytes = Batch(self._pending), [], 0
                self._has_room.set()
                spent = await self._tell(batch)
                if self._has_backlog():
                    continue  # full stretches are the cheapest of all
                await self._rest(spent, following)

    async def _rest(self, spent: float, following: asyncio.Task[Over]) -> None:
        rest = Rest(spent, in_rush=len(self._pending) > 1)
        while not following.done():
            await asyncio.wait({following}, timeout=rest.seconds)
            if rest.is_over():
                break

    def _has_backlog(self) -> bool:
        return len(self._pending) >= BATCH_RESULTS or self._pending_bytes * 2 >= BATCH_BYTES

    async def _tell(self, batch: Batch) -> float:
        """Tell all members; gives the seconds of CPU that it took, not those of others between."""
        before, last = self.at, batch.results[-1].place
        if before is None:
            self._last = batch.last()
        else:
            if last is not None and last < before:
                self._rewind()
            self.at = last or before
        members, spent = list(self._members), 0.0
        for first in range(0, len(members), MEMBERS_PER_TURN):
            began = time.thread_time()
            for member in members[first : first + MEMBERS_PER_TURN]:
                if member.is_in:
                    self._offer(member, batch, before)
            spent += time.thread_time() - began
            await asyncio.sleep(0)
        return spent

    def _offer(self, member: Member, batch: Batch, before: Cursor | None) -> None:
        try:
            self.deliveries += member.offer(batch, before)
        except Exception as error:  # one member's trouble, not the others'
            member.part(Over([internal_error(error, "delivery")]))
        if not member.is_in:
            self.leave(member)

    def _rewind(self) -> None:
        """Another database stands behind the address now (app/events/tail.py): its places count."""
        _log.error("shared_stream_went_back", was_at=self.at)
        for member in self._members:
            member.rewind()
