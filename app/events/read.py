"""Reading the log: only what is settled, in order, in pages that are bounded by count and by bytes."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg
import orjson

from app.database import Connection, fetch_by_index, statement
from app.events.cursor import BEGINNING, Cursor
from app.events.kinds import EventKind
from app.events.log import Event

PAGE_SIZE = 100
# The event that reaches it is the last one of its page: a page holds this much, and at most one event more.
PAGE_BYTES = 1_048_576
# Longer than the longest deed, from its time to its commit: minting a million codes, on a tired machine.
LONGEST_DEED = timedelta(minutes=15)

# For connections that read the log again and again: planning for all partitions takes longer than reading from one.
PLANS = {"plan_cache_mode": "force_generic_plan"}
_NEAR_THEN_ALL = (True, False)

_READ_SETTLED = statement(__package__, "read_settled.sql")
_READ_PROJECT = statement(__package__, "read_project.sql")
_PLACE_BEFORE = statement(__package__, "place_before.sql")
_READ_HEAD = statement(__package__, "read_head.sql")
_KINDS = {kind.value: kind for kind in EventKind}


class CursorExpired(Exception):  # noqa: N818 - what was asked for was there once
    """Behind the place that was asked for, something of the log has been let go.

    One can go on from `oldest`, knowing that there is a gap; `until` is the latest time of what is gone.
    """

    def __init__(self, oldest: Cursor, until: datetime | None = None) -> None:
        super().__init__("the log begins behind this place")
        self.oldest = oldest
        self.until = until


@dataclass(frozen=True, slots=True)
class SettledPage:
    """A stretch of the log: its rows, in order, and how far it leads."""

    rows: Sequence[asyncpg.Record]
    reached: Cursor  # nothing can ever appear between the place asked for and this one that is not in `rows`
    is_full: bool  # there may be more behind `reached`
    horizon: Cursor  # the last place that was let go: behind an older one something is missing
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
    [row] = await fetch_by_index(_READ_HEAD)
    return _head(row)


async def place_before(project: UUID, instant: datetime) -> Cursor:
    """The place before the project's first event that happened at `instant` or later: what stands behind is not missed.

    The newest settled place if there is no such event yet. By the time that the events show, which is that of the
    deed; one that began before the instant and committed after it may stand on either side. One statement.
    CursorExpired for an instant from which on events have been let go.
    """
    [row] = await fetch_by_index(_PLACE_BEFORE, project, instant, LONGEST_DEED)
    if row["horizon_at"] is not None and instant <= row["horizon_at"]:
        raise CursorExpired(_horizon(row), until=row["horizon_at"])
    return _head(row) if row["position"] is None else Cursor(row["epoch"], row["tx"], row["position"] - 1)


async def read_project(
    project: UUID,
    after: Cursor | None = None,
    limit: int = PAGE_SIZE,
    kinds: Collection[EventKind] | None = None,
) -> list[Event]:
    """The first settled events of a project behind `after`, one page; from the first that is left without."""
    page = await read_page(project, after, limit, kinds)
    return page.events()


async def read_page(
    project: UUID,
    after: Cursor | None,
    limit: int = PAGE_SIZE,
    kinds: Collection[EventKind] | None = None,
    most_bytes: int = PAGE_BYTES,
) -> SettledPage:
    """One page of a project's settled events behind `after`, or from the first that is left without it.

    It is full with `limit` events, or with the one whose payload, as JSON text, brings the page to `most_bytes`. One
    statement; two where the partition of `after` does not fill the page. CursorExpired where something behind `after`
    has been let go.
    """
    place = after or BEGINNING
    rows: list[asyncpg.Record] = []
    for near in _NEAR_THEN_ALL:
        rows = await fetch_by_index(_READ_PROJECT, *place, limit, project, _names(kinds), most_bytes, near)
        if not _wants_more(rows, limit):
            break
    page = _page(rows, limit)
    if after is not None and after < page.horizon:
        raise CursorExpired(page.horizon)
    return page


async def read_everything(
    connection: Connection,
    after: Cursor,
    limit: int = PAGE_SIZE,
    kinds: Collection[EventKind] | None = None,
    most_bytes: int = PAGE_BYTES,
) -> SettledPage:
    """One page of all projects' settled events, as `read_page`: for the process's own readers, never for callers.

    Something behind `after` is missing where that stands before the page's `horizon`. The connection's plans should be
    generic (PLANS): to plan takes longer than to read.
    """
    rows: list[asyncpg.Record] = []
    for near in _NEAR_THEN_ALL:
        rows = await connection.fetch(_READ_SETTLED, *after, limit, _names(kinds), most_bytes, near)
        if not _wants_more(rows, limit):
            break
    page = _page(rows, limit)
    if rows[0]["unsettled_tx"] is None:
        return page
    first = Cursor(rows[0]["unsettled_epoch"], rows[0]["unsettled_tx"], rows[0]["unsettled_position"])
    return replace(page, unsettled=first)


def _names(kinds: Collection[EventKind] | None) -> list[str] | None:
    return None if kinds is None else [kind.value for kind in kinds]


def _head(row: asyncpg.Record) -> Cursor:
    """The place of the last settled event; of an empty log the beginning."""
    if row["head_epoch"] is None:
        return BEGINNING
    return Cursor(row["head_epoch"], row["head_tx"], row["head_position"])


def _horizon(row: asyncpg.Record) -> Cursor:
    return Cursor(row["horizon_epoch"], row["horizon_tx"], row["horizon_position"])


def _is_whole(rows: list[asyncpg.Record], limit: int) -> bool:
    """Whether neither the limit nor the bytes have cut anything off; an empty page has one row, without an event."""
    return rows[0]["position"] is None or len(rows) == rows[0]["found"] < limit


def _wants_more(rows: list[asyncpg.Record], limit: int) -> bool:
    """Whether the partition that was looked at does not fill the page, and there are more."""
    return rows[0]["is_near"] and _is_whole(rows, limit)


def _page(rows: list[asyncpg.Record], limit: int) -> SettledPage:
    found = () if rows[0]["position"] is None else rows
    if _is_whole(rows, limit):
        return SettledPage(found, _head(rows[0]), is_full=False, horizon=_horizon(rows[0]))
    return SettledPage(found, place_of(rows[-1]), is_full=True, horizon=_horizon(rows[0]))
