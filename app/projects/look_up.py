"""Look-ups of keys made together: those that arrive while one statement is under way share the next one.

Nothing is remembered: every request is answered by a statement that began after it had arrived. Nothing waits when
idle. One statement for thirty requests costs hardly more than one for one, and one turn of the pool instead of thirty.
"""

import asyncio
from contextvars import Context
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import asyncpg

from app.database import columns, fetch_by_index, statement

_ADMIT = statement(__package__, "admit.sql")
_MOST = 256


class Asked(NamedTuple):
    """A secret's hash; with a customer token the key that made it and its customer; and when it was shown."""

    secret_hash: bytes
    maker: UUID | None
    customer: UUID | None
    at: datetime


class _Place(NamedTuple):
    asked: Asked
    row: asyncio.Future[asyncpg.Record | None]


class _Counter:
    """Where the requests of one event loop stand."""

    def __init__(self) -> None:
        self.waiting: list[_Place] = []
        self.work: asyncio.Task[None] | None = None


_counters: dict[asyncio.AbstractEventLoop, _Counter] = {}


async def look_up(asked: Asked) -> asyncpg.Record | None:
    """What admit.sql finds, or None where the key is not known."""
    loop = asyncio.get_running_loop()
    counter = _counters.get(loop)
    if counter is None:
        for ended in [each for each in _counters if each.is_closed()]:
            del _counters[ended]
        counter = _counters[loop] = _Counter()
    place = _Place(asked, loop.create_future())
    counter.waiting.append(place)
    if counter.work is None or counter.work.done():
        # Of nobody's context: the request that happens to start it may end, or be inside a transaction.
        counter.work = loop.create_task(_serve(counter), context=Context())
    return await place.row


async def _serve(counter: _Counter) -> None:
    while counter.waiting:
        batch, counter.waiting = counter.waiting[:_MOST], counter.waiting[_MOST:]
        try:
            rows = await fetch_by_index(_ADMIT, *columns([place.asked for place in batch], 4))
        except Exception as fault:  # whatever it is, the callers must hear of it
            for place in batch:
                if not place.row.done():
                    place.row.set_exception(fault)
            continue
        found = {row["place"]: row for row in rows}
        for number, place in enumerate(batch, 1):
            if not place.row.done():
                place.row.set_result(found.get(number))
