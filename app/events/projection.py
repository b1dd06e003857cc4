"""A projection: tables that are kept up from the log, with a cursor of their own; each event counts exactly once."""

import asyncio
from collections.abc import Sequence
from typing import Protocol

from app.database import Connection, fetchrow, transaction
from app.events.cursor import BEGINNING, Cursor
from app.events.kinds import EventKind
from app.events.log import Event
from app.events.read import PAGE_BYTES, CursorExpired, SettledPage, event_of, is_known, read_everything

PAGE_SIZE = 500
EVENTS_PER_TURN = 32  # parsed before everything else in the process gets its turn

_PLACE = "SELECT epoch, tx, position FROM projection_cursors WHERE name = $1"
_FOUND = """
INSERT INTO projection_cursors (name, epoch, tx, position, updated_at) VALUES ($1, 0, '0', 0, now())
ON CONFLICT (name) DO NOTHING
"""
_MOVE = """
UPDATE projection_cursors SET epoch = $5, tx = $6, position = $7, updated_at = now()
WHERE name = $1 AND (epoch, tx, position) = ($2::smallint, $3::xid8, $4::bigint)
"""
# Whoever lets go of the log has to wait for this, or is waited for: it spares what a projection has not read.
_HORIZON = "SELECT epoch, tx, position FROM event_horizon FOR SHARE"
_TO_THE_BEGINNING = """
UPDATE projection_cursors SET epoch = 0, tx = '0', position = 0, updated_at = now() WHERE name = $1
"""


class Projection(Protocol):
    """What is kept up from the log. Its tables are written by `apply` alone, in the order of the log.

    `name` is that of its cursor and stays for ever; `kinds` are the events it is told of, of all projects; `tables`
    are emptied by a rebuild, nothing in them may come from anywhere else.
    """

    @property
    def name(self) -> str: ...

    @property
    def kinds(self) -> frozenset[EventKind]: ...

    @property
    def tables(self) -> tuple[str, ...]: ...

    async def apply(self, connection: Connection, events: Sequence[Event]) -> None:
        """Write what the events mean, in the connection's transaction, which moves the cursor and commits.

        Compute first and write last, sorted by key: from its first write to the commit all feeds wait for this
        transaction, and two processes may be at the same page for a moment. It may be called again with events whose
        transaction was given up; what committed never comes again.
        """


class _OvertakenError(Exception):
    """Somebody else has moved the cursor: what was written here must go."""


async def found(connection: Connection, name: str) -> Cursor:
    """The place of a projection, which begins at the beginning of the log if it is new."""
    row = await connection.fetchrow(_PLACE, name)
    if row is None:
        await connection.execute(_FOUND, name)
        row = await connection.fetchrow(_PLACE, name)
        assert row is not None  # noqa: S101 - cursors are never deleted
    return Cursor(*row)


async def projected(name: str) -> Cursor:
    """The place up to which a projection holds all settled events; BEGINNING if it was never begun. One statement."""
    row = await fetchrow(_PLACE, name)
    return BEGINNING if row is None else Cursor(*row)


async def read_ahead(
    connection: Connection, projection: Projection, at: Cursor, page_size: int = PAGE_SIZE
) -> SettledPage:
    """The next page of what a projection is told of; outside any transaction."""
    return await read_everything(connection, at, page_size, projection.kinds, PAGE_BYTES)


async def go_on(connection: Connection, projection: Projection, at: Cursor, page: SettledPage) -> bool:
    """Apply a page read behind `at` and move the cursor, both or neither; False if somebody else moved it first."""
    events = await _parsed(page)
    try:
        async with connection.transaction():
            if events:
                await projection.apply(connection, events)
            moved = await connection.execute(_MOVE, projection.name, *at, *page.reached)
            if moved != "UPDATE 1":
                raise _OvertakenError
    except _OvertakenError:
        return False
    return True


async def empty(projection: Projection) -> None:
    """Empty its tables and set its cursor to the beginning, both or neither: who keeps it up begins again there.

    Raises asyncpg.LockNotAvailableError when the tables are in use for longer than a second: all feeds would wait.
    Raises CursorExpired where the beginning of the log has been let go, even if that was a moment ago: what was built
    from it stays as it is.
    """
    async with transaction() as connection:
        await connection.execute("SET LOCAL lock_timeout = '1s'")
        await found(connection, projection.name)
        # In the order of `go_on`: the tables, then the cursor.
        if projection.tables:
            await connection.execute(f"TRUNCATE {', '.join(projection.tables)}")
        [row] = await connection.fetch(_HORIZON)
        if (horizon := Cursor(*row)) > BEGINNING:
            raise CursorExpired(horizon)
        await connection.execute(_TO_THE_BEGINNING, projection.name)


async def _parsed(page: SettledPage) -> list[Event]:
    events = []
    for count, row in enumerate(page.rows, start=1):
        if is_known(row):
            events.append(event_of(row))
        if count % EVENTS_PER_TURN == 0:
            await asyncio.sleep(0)
    return events
