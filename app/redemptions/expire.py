"""Expiring holds: whoever needs what they reserve undoes those whose time is over; no sweeper has to come first."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from app.database import Connection
from app.database.standing_edits import begin_redeeming
from app.redemptions.end_holds import end_holds, look_at
from app.redemptions.values import RedemptionState

AT_ONCE = 500

# Whoever had a row before may have confirmed or released it: PostgreSQL looks again once it has the lock.
_LOCK = """
SELECT project_id, id FROM redemptions
WHERE project_id = ANY ($1::uuid[]) AND state = 'HELD' AND expires_at <= $2
ORDER BY id LIMIT $3 FOR NO KEY UPDATE
"""


class HoldsExpired(Exception):  # noqa: N818 - a state of the projects, not a mistake
    """Some holds of these projects are over and must be expired before anything more of theirs is judged."""

    def __init__(self, projects: Collection[UUID]) -> None:
        super().__init__(f"holds of {len(projects)} projects are over")
        self.projects = projects


async def expire_holds(
    connection: Connection, projects: Collection[UUID], now: datetime, most: int = AT_ONCE
) -> int:
    """Expire the projects' holds whose time is over at `now`, in a transaction of its own; how many there were.

    The connection must not be in a transaction. There may be more when it gives `most`. The number of statements is
    the same for one hold and for hundreds. Ring after it. A deadlock or a lost connection undoes all of it.
    """
    try:
        await connection.execute(begin_redeeming(projects))
        ids = [tuple(row) for row in await connection.fetch(_LOCK, list(projects), now, most)]
        if ids:
            await end_holds(connection, await look_at(connection, ids), RedemptionState.EXPIRED, now)
        await connection.execute("COMMIT")
    except BaseException:
        if not connection.is_closed():
            await connection.execute("ROLLBACK")
        raise
    return len(ids)
