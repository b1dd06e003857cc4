"""Deleting a segment that nobody asks about any more, its list included."""

from datetime import datetime
from uuid import UUID

from app.database import transaction
from app.events.kinds import EventKind
from app.events.log import append
from app.events.wake import ring
from app.problem import Problem, Problems
from app.segments import keep
from app.segments.values import Segment

# Whoever writes an offer that asks about the segment holds its row by a key share lock: this waits for them, and what
# they wrote is seen by the statement after it.
_LOCK = "SELECT FROM segments WHERE project_id = $1 AND id = $2 FOR UPDATE"

_ASKING = """
SELECT c.name, count(*) OVER () AS campaigns
FROM campaigns c
JOIN offers o ON o.project_id = c.project_id AND o.campaign_id = c.id AND o.version = c.offer_version
WHERE c.project_id = $1 AND c.state <> 'ENDED' AND $2 = ANY (o.segments)
ORDER BY c.name LIMIT 3
"""

_DELETE = "DELETE FROM segments WHERE project_id = $1 AND id = $2"


async def delete_segment(
    project: UUID,
    id: UUID,  # noqa: A002 - an id is what it is
    expected_version: int | None,
    now: datetime,
) -> Segment | Problems:
    """Delete the segment; gives it as it last was.

    Codes: NOT_FOUND, VERSION_CONFLICT, and SEGMENT_IN_USE while the offer of a campaign that has not ended asks about
    it.
    """
    async with transaction() as connection:
        await connection.execute(_LOCK, project, id)
        segment = await keep.lock(connection, project, id)
        if segment is None:
            return Problems.one("id", "NOT_FOUND", "There is no such segment.")
        if expected_version is not None and expected_version != segment.version:
            return keep.conflict(segment.version, expected_version)
        asking = await connection.fetch(_ASKING, project, id)
        if asking:
            return Problems((_in_use([row["name"] for row in asking], asking[0]["campaigns"]),))
        await connection.execute(_DELETE, project, id)
        await append(connection, [keep.event_of(project, EventKind.SEGMENT_DELETED, segment, now)])
    ring()
    return segment


def _in_use(names: list[str], count: int) -> Problem:
    more = f" and {count - len(names)} more" if count > len(names) else ""
    which = f"{', '.join(names)}{more}"
    message = f"Offers of campaigns that have not ended ask about this segment: {which}."
    return Problem(("id",), "SEGMENT_IN_USE", message)
