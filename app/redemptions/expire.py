"""Expiring holds: whoever needs what they reserve undoes those whose time is over; no sweeper has to come first."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import asyncpg
import structlog

from app.database import Connection, connect
from app.database.standing_edits import begin_redeeming
from app.redemptions.end_holds import end_holds, look_at
from app.redemptions.values import RedemptionState

AT_ONCE = 500

# What a hold cannot be blamed for: others stand in the way, or there is no database. All else is a fault of ours.
_NOT_OURS = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError)
# Unless it is the rows themselves that PostgreSQL refuses.
_OURS = (asyncpg.IntegrityConstraintViolationError, asyncpg.DataError, ValueError)

# Whoever had a row before may have confirmed or released it: PostgreSQL looks again once it has the lock.
_LOCK = """
SELECT project_id, id FROM redemptions
WHERE project_id = ANY ($1::uuid[]) AND state = 'HELD' AND expires_at <= $2
ORDER BY id LIMIT $3 FOR NO KEY UPDATE
"""
_DUE = """
SELECT project_id, id FROM redemptions
WHERE project_id = ANY ($1::uuid[]) AND state = 'HELD' AND expires_at <= $2 ORDER BY id LIMIT $3
"""
_LOCK_ONE = """
SELECT project_id, id FROM redemptions
WHERE project_id = $1 AND id = $2 AND state = 'HELD' FOR NO KEY UPDATE
"""

_log = structlog.get_logger(__name__)


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
    the same for one hold and for hundreds. Ring after it. A deadlock or a lost connection undoes all of it. A hold that
    cannot be expired, because of a fault of ours, goes on counting and is told in the log; the others are expired.
    """
    try:
        return await _expire(connection, projects, now, _LOCK, list(projects), now, most)
    except Exception as fault:
        if isinstance(fault, _NOT_OURS) and not isinstance(fault, _OURS):
            raise
    expired = 0
    for project, hold in await connection.fetch(_DUE, list(projects), now, most):
        try:
            expired += await _expire(connection, [project], now, _LOCK_ONE, project, hold)
        except Exception as fault:
            if isinstance(fault, _NOT_OURS) and not isinstance(fault, _OURS):
                raise
            _log.exception("hold_not_expired", project=project.hex, redemption=hold.hex)
    return expired


async def expire_all(connection: Connection, projects: Collection[UUID], now: datetime) -> None:
    """Expire all holds of the projects that are over at `now`, in as many transactions as it takes."""
    while await expire_holds(connection, projects, now, AT_ONCE) >= AT_ONCE:
        pass


async def expire_apart(projects: Collection[UUID], now: datetime) -> None:
    """The same on a connection of its own, for whoever has none outside a transaction."""
    connection = await connect(application_name="tearoff expiry")
    try:
        await expire_all(connection, projects, now)
    finally:
        await connection.close()


async def _expire(
    connection: Connection, projects: Collection[UUID], now: datetime, lock: str, *values: object
) -> int:
    try:
        await connection.execute(begin_redeeming(projects))
        ids = [tuple(row) for row in await connection.fetch(lock, *values)]
        if ids:
            await end_holds(connection, await look_at(connection, ids), RedemptionState.EXPIRED, now)
        await connection.execute("COMMIT")
    except BaseException:
        if not connection.is_closed():
            await connection.execute("ROLLBACK")
        raise
    return len(ids)
