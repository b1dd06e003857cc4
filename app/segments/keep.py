"""Keeping a segment: its row, written as part of a deed's transaction."""

from datetime import datetime
from uuid import UUID

from app.database import Connection
from app.engine.shelf import rules
from app.events.kinds import EventKind
from app.events.log import NewEvent
from app.problem import Problems
from app.segments.read import COLUMNS, segment_of
from app.segments.values import Segment

# Names are unique; a taken one must not abort the transaction around the deed.
_INSERT = """
INSERT INTO segments (id, project_id, name, description, rule, version, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (project_id, name) DO NOTHING
RETURNING id
"""

# Not FOR UPDATE: an offer that asks about it may go on being written, which takes a key share lock on its row.
_LOCK = f"SELECT {COLUMNS} FROM segments s WHERE s.project_id = $1 AND s.id = $2 FOR NO KEY UPDATE"  # noqa: S608

_UPDATE = """
UPDATE segments SET name = $3, description = $4, rule = $5, version = $6, updated_at = $7
WHERE project_id = $1 AND id = $2
"""


async def insert(connection: Connection, project: UUID, segment: Segment) -> bool:
    """Write a new segment; False, and nothing written, when its name is taken."""
    made = await connection.fetchval(
        _INSERT,
        segment.id,
        project,
        segment.name,
        segment.description,
        None if segment.rule is None else rules.to_json(segment.rule),
        segment.version,
        segment.created_at,
        segment.updated_at,
    )
    return made is not None


async def lock(connection: Connection, project: UUID, segment: UUID) -> Segment | None:
    """The segment as it stands, held against other changes of it and its list until the transaction ends."""
    row = await connection.fetchrow(_LOCK, project, segment)
    return None if row is None else segment_of(row)


async def update(connection: Connection, project: UUID, segment: Segment) -> None:
    """Write a changed segment; raises asyncpg.UniqueViolationError when its new name is taken."""
    await connection.execute(
        _UPDATE,
        project,
        segment.id,
        segment.name,
        segment.description,
        None if segment.rule is None else rules.to_json(segment.rule),
        segment.version,
        segment.updated_at,
    )


def event_of(
    project: UUID, kind: EventKind, segment: Segment, now: datetime, members: list[UUID] | None = None
) -> NewEvent:
    """What the log tells of a segment; `members` are the customers who were put on its list or taken off it."""
    payload: dict[str, object] = {
        "segment_id": segment.id.hex,
        "name": segment.name,
        "kind": segment.kind.value,
        "version": segment.version,
    }
    if members is not None:
        payload["customer_ids"] = [customer.hex for customer in members]
    return NewEvent(project, kind, payload, now)


def conflict(current: int, expected: int) -> Problems:
    """Somebody was faster. Code: VERSION_CONFLICT."""
    message = f"The segment is at version {current}, not {expected}: it was changed in the meantime."
    return Problems.one("expected_version", "VERSION_CONFLICT", message)
