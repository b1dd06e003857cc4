"""Reading the log: only what is settled, in order, in pages that are bounded by count and by bytes."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg
import orjson

from app.database import Connection, fetch, fetchrow, statement
from app.events.cursor import BEGINNING, Cursor
from app.events.kinds import EventKind
from app.events.log import Event

PAGE_SIZE = 100
# The event that reaches it is the last one of its page: a page holds this much, and at most one event more.
PAGE_BYTES = 1_048_576
# Longer than the longest deed, from its time to its commit: minting a million codes, on a tired machine.
LONGEST_DEED = timedelta(minutes=15)

_READ_SETTLED = statement(__package__, "read_settled.sql")
_READ_PROJECT = statement(__package__, "read_project.sql")
_PLACE_BEFORE = statement(__package__, "place_before.sql")
_READ_HEAD = """
SELECT epoch AS head_epoch, tx AS head_tx, position AS head_position FROM events
WHERE (epoch, tx, position)
    < (SELECT max(id), pg_snapshot_xmin(pg_current_snapshot()), 0::bigint FROM event_epochs)
ORDER BY epoch DESC, tx DESC, position DESC LIMIT 1
"""
_KINDS = {kind.value: kind for kind in EventKind}


@dataclass(frozen=True, slots=True)
class SettledPage:
    """A stretch of the log: its rows, in order, and how far it leads."""

    rows: Sequence[asyncpg.Record]
    reached: Cursor  # nothing can ever appear between the place asked for and this one that is not in `rows`
    is_full: bool  # there may be more behind `reached`
    unsettled: Cursor | None = (
        None  # the first committed event that is not settled yet (read_everything only)
    )

    def events(self) -> list[Event]:
        """The rows as events; kinds that only a newer version of the service knows are left out."""
        return [event_of(row) for row in self.rows if is_known(row)]


def is_known(row: asyncpg.Record) -> bool:
    """Whether this version of the service knows the kind of event in a row."""
    return row["kind"] in _KINDS


def place_of(row: asyncpg.Record) -> Cursor:
    """The place of the event in a row."""
    return Cursor(row["epoch"], row["tx"], row["position"])


def event_of(row: asyncpg.Record) -> Event:
    """The event in a row, whose kind must be known."""
    return Event(
        place_of(row),
        row["project_id"],
        _KINDS[row["kind"]],
        row["at"],
        orjson.loads(row["payload"]),
        row["size"],
    )


async def head() -> Cursor:
    """The newest settled place: whatever commits from now on stands behind it."""
    row = await fetchrow(_READ_HEAD)
    return BEGINNING if row is None else _head(row)


async def place_before(project: UUID, instant: datetime) -> Cursor:
    """The place before the project's first event that happened at `instant` or later: what stands behind is not missed.

    The newest settled place if there is no such event yet. By the time that the events show, which is that of the
    deed; one that began before the instant and committed after it may stand on either side. One statement.
    """
    row = await fetchrow(_PLACE_BEFORE, project, instant, LONGEST_DEED)
    if row is None:
        return BEGINNING
    if row["position"] is None:
        return _head(row)
    return Cursor(row["epoch"], row["tx"], row["position"] - 1)


async def read_project(
    project: UUID,
    after: Cursor | None = None,
    limit: int = PAGE_SIZE,
    kinds: Collection[EventKind] | None = None,
) -> list[Event]:
    """The first settled events of a project behind `after`, one page; from its first event without."""
    page = await read_page(project, after or BEGINNING, limit, kinds)
    return page.events()


async def read_page(
    project: UUID,
    after: Cursor,
    limit: int = PAGE_SIZE,
    kinds: Collection[EventKind] | None = None,
    most_bytes: int = PAGE_BYTES,
) -> SettledPage:
    """One page of a project's settled events behind `after`; one statement.

    It is full with `limit` events, or with the one whose payload, as JSON text, brings the page to `most_bytes`.
    """
    return _page(await fetch(_READ_PROJECT, *after, limit, project, _names(kinds), most_bytes), limit)


async def read_everything(
    connection: Connection,
    after: Cursor,
    limit: int = PAGE_SIZE,
    kinds: Collection[EventKind] | None = None,
    most_bytes: int = PAGE_BYTES,
) -> SettledPage:
    """One page of all projects' settled events, as `read_page`: for the process's own readers, never for callers."""
    rows = await connection.fetch(_READ_SETTLED, *after, limit, _names(kinds), most_bytes)
    page = _page(rows, limit)
    if rows[0]["unsettled_tx"] is None:
        return page
    first = Cursor(rows[0]["unsettled_epoch"], rows[0]["unsettled_tx"], rows[0]["unsettled_position"])
    return SettledPage(page.rows, page.reached, page.is_full, unsettled=first)


def _names(kinds: Collection[EventKind] | None) -> list[str] | None:
    return None if kinds is None else [kind.value for kind in kinds]


def _head(row: asyncpg.Record) -> Cursor:
    """The place of the last settled event; of an empty log the beginning."""
    if row["head_epoch"] is None:
        return BEGINNING
    return Cursor(row["head_epoch"], row["head_tx"], row["head_position"])


def _page(rows: list[asyncpg.Record], limit: int) -> SettledPage:
    """The rows of a statement, which gives one row without an event for an empty page."""
    if rows[0]["position"] is None:
        return SettledPage((), _head(rows[0]), is_full=False)
    if len(rows) == rows[0]["found"] < limit:  # neither the limit nor the bytes cut anything off
        return SettledPage(rows, _head(rows[0]), is_full=False)
    return SettledPage(rows, place_of(rows[-1]), is_full=True)
