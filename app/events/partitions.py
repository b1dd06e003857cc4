"""Partitions of the log: from time to time a new one is opened, and the one before never changes again.

The default of `events.part` says which partition takes new events. It is changed under a lock for which all who are
writing must have ended: so every event of the closed partition is committed or gone, and its last place is known.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import asyncpg
import structlog

from app.database import Connection, connect

LONGEST_STRETCH = timedelta(days=30)
SHORTEST_STRETCH = timedelta(days=1)
PARTITIONS_KEPT = 13  # about as many make up the time for which events are kept

# Who waits for the lock makes all others wait: rather not for long, and again the next time.
_PATIENCE = "200ms"
# Any number will do, as long as all versions of the service agree on it.
_LOCK = 7_348_920_115

_log = structlog.get_logger(__name__)

# By the earlier one of two clocks: one that has jumped ahead does no harm.
_OPEN = """
SELECT id, opened_at + $2 <= least($1, clock_timestamp()) AS is_due FROM event_partitions WHERE closed_at IS NULL
"""
_HAS_EVENTS = "SELECT EXISTS (SELECT FROM events_{id})"
_CLOSE = """
UPDATE event_partitions AS closed
SET closed_at = clock_timestamp(), last_epoch = last.epoch, last_tx = last.tx, last_position = last.position
FROM (SELECT epoch, tx, position FROM events_{id} ORDER BY epoch DESC, tx DESC, position DESC LIMIT 1) AS last
WHERE closed.id = $1
"""
# Whoever writes from now on has a transaction that is open at this moment, or a later one.
_BEGIN = """
INSERT INTO event_partitions (id, opened_at, first_epoch, first_tx)
SELECT $1, clock_timestamp(), max(id), pg_snapshot_xmin(pg_current_snapshot()) FROM event_epochs
"""


class LogInUse(Exception):  # noqa: N818 - it passes
    """Somebody has been reading or writing the log for longer than others should wait. Nothing was changed."""


def stretch(kept: timedelta) -> timedelta:
    """How long one partition takes new events, where events are kept so long; zero: for ever."""
    return min(max(kept / PARTITIONS_KEPT, SHORTEST_STRETCH), LONGEST_STRETCH) if kept else LONGEST_STRETCH


@asynccontextmanager
async def exclusively() -> AsyncIterator[Connection]:
    """A transaction in which nobody else reads or writes the log: for milliseconds only. Raises LogInUse.

    It has a connection of its own, with time for statements before `hold_the_log`.
    """
    connection = await connect(application_name="tearoff partitions", statement_timeout="0")
    try:
        async with connection.transaction():
            if not await connection.fetchval("SELECT pg_try_advisory_xact_lock($1)", _LOCK):
                raise LogInUse
            yield connection
    except (asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError):
        raise LogInUse from None
    finally:
        connection.terminate()


async def hold_the_log(connection: Connection) -> None:
    """Wait until nobody reads or writes the log, but not for long; then nobody does until the transaction ends."""
    await connection.execute(f"SET LOCAL lock_timeout = '{_PATIENCE}'")
    await connection.execute("LOCK TABLE ONLY events IN ACCESS EXCLUSIVE MODE")


async def begin_partition(now: datetime, length: timedelta) -> int:
    """Open the next partition if the open one has taken events for `length`; how many were opened, 0 or 1.

    Safe from many processes at once. While somebody else uses the log for long it is left for the next time.
    """
    try:
        async with exclusively() as connection:
            [(part, is_due)] = await connection.fetch(_OPEN, now, length)
            if not is_due or not await connection.fetchval(_HAS_EVENTS.format(id=part)):
                return 0
            await _open_next(connection, part)
    except LogInUse:
        _log.info("event_partition_waits")
        return 0
    _log.info("event_partition_begun", partition=f"events_{part + 1}")
    return 1


async def _open_next(connection: Connection, part: int) -> None:
    following = part + 1
    await connection.execute(f"CREATE TABLE events_{following} (LIKE events INCLUDING ALL)")
    await hold_the_log(connection)
    await connection.execute(
        f"ALTER TABLE events ATTACH PARTITION events_{following} FOR VALUES IN ({following})"
    )
    await connection.execute(f"ALTER TABLE ONLY events ALTER COLUMN part SET DEFAULT {following}")
    await connection.execute(_CLOSE.format(id=part), part)
    await connection.execute(_BEGIN, following)
