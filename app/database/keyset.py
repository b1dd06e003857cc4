"""Lists by keyset: a page costs the same wherever it lies, and one statement serves many parents.

A list in the graph may hang on fifty parents at once (the vouchers of each campaign of a page). So a
page is always asked for a set of parents, and PostgreSQL makes one small index scan for each of them
(a lateral join). The list of a whole project is the same thing with the project as its only parent.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as BinasciiError
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Generic, Protocol, TypeVar
from uuid import UUID

import asyncpg
import orjson

from app.database.pool import fetch

T = TypeVar("T")

SortValue = UUID | str | int | datetime


# A cursor comes from outside: what PostgreSQL would refuse is refused here, as a cursor that nobody gave out.


def _text(shown: object) -> str:
    if not isinstance(shown, str) or "\0" in shown:
        raise ValueError("PostgreSQL keeps no NUL")
    return shown


def _whole(shown: str) -> int:
    number = int(shown)
    if not -(2**63) <= number < 2**63:
        raise ValueError("larger than any bigint")
    return number


def _instant(shown: str) -> datetime:
    instant = datetime.fromisoformat(shown)
    if instant.tzinfo is None:
        raise ValueError("which instant is meant depends on the offset")
    return instant.astimezone(UTC)


_READ: dict[str, Callable[[str], SortValue]] = {
    "uuid": UUID,
    "text": _text,
    "bigint": _whole,
    "timestamptz": _instant,
}


class CursorError(ValueError):
    """The text is not a cursor of this list in this order."""


@dataclass(frozen=True, slots=True)
class Order:
    """A way to sort: by a column that is never null, then by id, which makes the place of each row unique."""

    name: str
    column: str
    type: str
    descending: bool = False


class Condition(Protocol):
    """What must hold for a row to be listed."""

    def placed(self, values: list[object]) -> str:
        """The condition in SQL; the values it asks for are appended to the statement's."""


@dataclass(frozen=True, slots=True)
class Where:
    """A condition with one value: `Where("v.enabled = $?", True)`; `$?` stands for the value's place."""

    sql: str
    value: object

    def placed(self, values: list[object]) -> str:
        """The condition with the number of its value's place."""
        values.append(self.value)
        return self.sql.replace("$?", f"${len(values)}")


@dataclass(frozen=True, slots=True)
class Listing(Generic[T]):
    """What a list shows: `select` columns `from_` tables; `id`, `project` and `parent` name columns in them.

    `read` makes the value of a row. `parent` is the column that holds the id of the thing the list hangs on;
    for the list of a whole project it is the project column itself.
    """

    select: str
    from_: str
    id: str
    project: str
    parent: str
    read: Callable[[asyncpg.Record], T]


@dataclass(frozen=True, slots=True)
class PageRequest:
    """At most `limit` rows after `after` and before `before`; `backwards` takes the last ones instead of the first."""

    limit: int
    after: str | None = None
    before: str | None = None
    backwards: bool = False


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page in list order; `cursors` stand beside `items`."""

    items: tuple[T, ...]
    cursors: tuple[str, ...]
    has_next: bool
    has_previous: bool


async def pages(
    listing: Listing[T],
    project: UUID,
    parents: Sequence[UUID],
    order: Order,
    request: PageRequest,
    where: Sequence[Condition] = (),
) -> dict[UUID, Page[T]]:
    """A page for each parent, in one statement. Raises CursorError for a cursor of another list or order."""
    values: list[object] = [project, list(parents), request.limit + 1]
    conditions = [f"{listing.project} = $1", f"{listing.parent} = wanted.parent", *_place(where, values)]
    for cursor, past in ((request.after, True), (request.before, False)):
        if cursor is not None:
            sign = ">" if past != order.descending else "<"
            conditions.append(_beyond(order, listing.id, sign, decode(order, cursor), values))
    direction = "DESC" if order.descending != request.backwards else "ASC"
    rows = await fetch(
        f"""SELECT wanted.parent AS page_parent, page_row.*
            FROM unnest($2::uuid[]) WITH ORDINALITY AS wanted (parent, place)
            CROSS JOIN LATERAL (
              SELECT {listing.select}, {order.column} AS page_sort, {listing.id} AS page_id
              FROM {listing.from_} WHERE {" AND ".join(conditions)}
              ORDER BY {order.column} {direction}, {listing.id} {direction} LIMIT $3
            ) AS page_row
            ORDER BY wanted.place, page_row.page_sort {direction}, page_row.page_id {direction}""",  # noqa: S608
        *values,
    )
    found: dict[UUID, list[asyncpg.Record]] = {parent: [] for parent in parents}
    for row in rows:
        found[row["page_parent"]].append(row)
    return {parent: _page(listing, order, request, own) for parent, own in found.items()}


async def counts(
    listing: Listing[T], project: UUID, parents: Sequence[UUID], where: Sequence[Condition] = ()
) -> dict[UUID, int]:
    """How many rows each parent's list has, in one statement; asked only when a caller wants totals."""
    values: list[object] = [project, list(parents)]
    conditions = [f"{listing.project} = $1", f"{listing.parent} = ANY ($2::uuid[])", *_place(where, values)]
    rows = await fetch(
        f"SELECT {listing.parent} AS page_parent, count(*) AS total FROM {listing.from_}"  # noqa: S608
        f" WHERE {' AND '.join(conditions)} GROUP BY {listing.parent}",
        *values,
    )
    return dict.fromkeys(parents, 0) | {row["page_parent"]: row["total"] for row in rows}


def encode(order: Order, value: SortValue, id: UUID) -> str:  # noqa: A002 - an id is what it is
    """The opaque cursor of a row: its order's name, its place in that order, its id."""
    shown = value.isoformat() if isinstance(value, datetime) else str(value)
    return urlsafe_b64encode(orjson.dumps([order.name, shown, id.hex])).rstrip(b"=").decode()


def decode(order: Order, cursor: str) -> tuple[SortValue, UUID]:
    """The place a cursor names; raises CursorError when it is not a cursor of this order."""
    try:
        name, shown, id_ = orjson.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        place = _READ[order.type](shown), UUID(id_)
    except (ValueError, TypeError, AttributeError, OverflowError, BinasciiError) as fault:
        raise CursorError("This is not a cursor of this list.") from fault
    if name != order.name:
        raise CursorError("This cursor belongs to the list in another order.")
    return place


def _place(where: Sequence[Condition], values: list[object]) -> list[str]:
    return [f"({condition.placed(values)})" for condition in where]


def _beyond(
    order: Order, id_column: str, sign: str, place: tuple[SortValue, UUID], values: list[object]
) -> str:
    if order.column == id_column:
        values.append(place[1])
        return f"{id_column} {sign} ${len(values)}"
    values.extend(place)
    return f"({order.column}, {id_column}) {sign} (${len(values) - 1}::{order.type}, ${len(values)}::uuid)"


def _page(listing: Listing[T], order: Order, request: PageRequest, rows: list[asyncpg.Record]) -> Page[T]:
    more = len(rows) > request.limit
    kept = rows[: request.limit]
    if request.backwards:
        kept.reverse()
    return Page(
        items=tuple(listing.read(row) for row in kept),
        cursors=tuple(encode(order, row["page_sort"], row["page_id"]) for row in kept),
        has_next=request.before is not None if request.backwards else more,
        has_previous=more if request.backwards else request.after is not None,
    )
