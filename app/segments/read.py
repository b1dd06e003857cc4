"""Reading segments: by id, by name, and as pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from uuid import UUID

import asyncpg

from app import door
from app.database import fetch, fetchrow
from app.database.keyset import Listing, Order, Page, PageRequest, Where, counts, pages
from app.engine.shelf import rules
from app.segments.values import Segment, SegmentKind

COLUMNS = "s.id, s.name, s.description, s.rule, s.version, s.created_at, s.updated_at"


class SegmentSort(Enum):
    """The orders of a list of segments; time is the time of creation."""

    NEWEST = Order("segments_newest", "s.id", "uuid", descending=True)
    OLDEST = Order("segments_oldest", "s.id", "uuid")
    NAME = Order("segments_name", "s.name", "text")
    NAME_DESCENDING = Order("segments_name_descending", "s.name", "text", descending=True)


@dataclass(frozen=True, slots=True)
class SegmentFilter:
    """Conditions that must all hold; None is no condition. `name_prefix` ignores case."""

    kind: SegmentKind | None = None
    name_prefix: str | None = None

    def where(self) -> list[Where]:
        """The conditions in SQL."""
        if self.name_prefix is not None and not door.can_be_kept(self.name_prefix):
            return [Where("$?::boolean", False)]
        asked: list[tuple[str, object]] = [
            (
                "(s.rule IS NOT NULL) = $?::boolean",
                None if self.kind is None else self.kind is SegmentKind.LIVE,
            ),
            ("starts_with(lower(s.name), lower($?::text))", self.name_prefix),
        ]
        return [Where(sql, value) for sql, value in asked if value is not None]


_ALL_OF_THEM = SegmentFilter()


async def by_ids(project: UUID, ids: Sequence[UUID]) -> dict[UUID, Segment]:
    """Those of the segments that the project has."""
    rows = await fetch(
        f"SELECT {COLUMNS} FROM segments s WHERE s.project_id = $1 AND s.id = ANY ($2::uuid[])",  # noqa: S608
        project,
        list(ids),
    )
    return {row["id"]: segment_of(row) for row in rows}


async def find(project: UUID, ref: UUID | str) -> Segment | None:
    """The project's segment with this id or this name."""
    if isinstance(ref, str) and not door.can_be_kept(ref):
        return None
    column = "s.id" if isinstance(ref, UUID) else "s.name"
    row = await fetchrow(
        f"SELECT {COLUMNS} FROM segments s WHERE s.project_id = $1 AND {column} = $2",  # noqa: S608
        project,
        ref,
    )
    return None if row is None else segment_of(row)


async def all_segments(project: UUID) -> list[Segment]:
    """All segments of the project, by name; there are MOST_SEGMENTS at most."""
    rows = await fetch(
        f"SELECT {COLUMNS} FROM segments s WHERE s.project_id = $1 ORDER BY s.name",  # noqa: S608
        project,
    )
    return [segment_of(row) for row in rows]


async def segments_page(
    project: UUID,
    request: PageRequest,
    filter: SegmentFilter = _ALL_OF_THEM,  # noqa: A002 - the word callers use
    sort: SegmentSort = SegmentSort.NEWEST,
) -> Page[Segment]:
    """A page of the project's segments. Raises keyset.CursorError for a cursor of another list or order."""
    return (await pages(_ALL, project, [project], sort.value, request, filter.where()))[project]


async def count_segments(project: UUID, filter: SegmentFilter = _ALL_OF_THEM) -> int:  # noqa: A002
    """How many segments `segments_page` lists."""
    return (await counts(_ALL, project, [project], filter.where()))[project]


def segment_of(row: asyncpg.Record) -> Segment:
    """The segment in a row of COLUMNS."""
    return Segment(
        id=row["id"],
        name=row["name"],
        description=row["description"],
        rule=None if row["rule"] is None else rules.from_json(row["rule"]),
        version=row["version"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
    )


_ALL = Listing(COLUMNS, "segments s", "s.id", "s.project_id", "s.project_id", segment_of)
