"""Reading who is in segments: those on a list, or those for whom a live segment's rule holds at this moment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from uuid import UUID

import asyncpg

from app.database import fetchrow
from app.database.keyset import Listing, Order, Page, PageRequest, counts, pages
from app.engine.unit import Rule
from app.segments.as_sql import condition
from app.segments.asking import Asking
from app.segments.read import by_ids


class MemberSort(Enum):
    """The orders of a list of members; time is when the customer was first seen."""

    NEWEST = "newest"
    OLDEST = "oldest"

    def by(self, column: str) -> Order:
        """This order by a column that holds the customers' ids; lists and live segments share their cursors."""
        return Order(f"members_{self.value}", column, "uuid", descending=self is MemberSort.NEWEST)


@dataclass(frozen=True, slots=True)
class Clock:
    """The moment at which live segments are judged, and the IANA time zone on whose clock: the project's."""

    now: datetime
    zone: str


@dataclass(frozen=True, slots=True)
class _Hold:
    """That the rule of the page's own segment holds for the customer: a condition of keyset pages."""

    rules: Mapping[UUID, Rule]
    clock: Clock

    def placed(self, values: list[object]) -> str:
        """A branch for each segment; PostgreSQL looks at the one of the page only."""
        asking = Asking(values, self.clock.now, self.clock.zone)
        branches = [
            f"WHEN {asking.place(segment, 'uuid')} THEN {condition(rule, asking)}"
            for segment, rule in self.rules.items()
        ]
        return f"CASE wanted.parent {' '.join(branches)} END"


async def members_of(
    project: UUID,
    segments: Sequence[UUID],
    request: PageRequest,
    clock: Clock,
    sort: MemberSort = MemberSort.NEWEST,
) -> dict[UUID, Page[UUID]]:
    """A page of each segment's members, by their ids; nobody for a segment that the project has not.

    Three statements for any number of segments. Raises keyset.CursorError for a cursor of another list or order.
    """
    lists, live = await _apart(project, segments)
    found = await pages(_ON_LISTS, project, lists, sort.by("m.customer_id"), request)
    if live:
        hold = _Hold(live, clock)
        found |= await pages(_FOR_WHOM, project, list(live), sort.by("c.id"), request, [hold])
    return found


async def count_members(project: UUID, segments: Sequence[UUID], clock: Clock) -> dict[UUID, int]:
    """How many members each segment has, counted now; three statements for any number of segments."""
    lists, live = await _apart(project, segments)
    found = await counts(_ON_LISTS, project, lists)
    if live:
        values: list[object] = [project]
        asking = Asking(values, clock.now, clock.zone)
        columns = [f"count(*) FILTER (WHERE {condition(rule, asking)})" for rule in live.values()]
        row = await fetchrow(
            f"SELECT {', '.join(columns)} FROM customers c WHERE c.project_id = $1",  # noqa: S608
            *values,
        )
        found |= dict(zip(live, row or (), strict=True))
    return found


async def _apart(project: UUID, segments: Sequence[UUID]) -> tuple[list[UUID], dict[UUID, Rule]]:
    """The lists among the segments, with those that there are not, and the rules of the live ones."""
    known = await by_ids(project, segments)
    live = {id_: segment.rule for id_, segment in known.items() if segment.rule is not None}
    return [id_ for id_ in segments if id_ not in live], live


def _customer(row: asyncpg.Record) -> UUID:
    id_: UUID = row["page_id"]
    return id_


_ON_LISTS = Listing(
    "m.segment_id", "segment_members m", "m.customer_id", "m.project_id", "m.segment_id", _customer
)
_FOR_WHOM = Listing("c.source_id", "customers c", "c.id", "c.project_id", "wanted.parent", _customer)
