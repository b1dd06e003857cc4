"""Letting go of the log's oldest events, a partition at a time, and saying where the log begins from then on."""

from datetime import datetime, timedelta

import structlog

from app.database import Connection, columns, fetchrow, fetchval
from app.events.partitions import LogInUse, begin_partition, exclusively, hold_the_log, stretch

_log = structlog.get_logger(__name__)

# By the earlier one of two clocks: one that has jumped ahead costs nobody his events.
_OLDEST = """
SELECT id, last_epoch, last_tx, last_position FROM event_partitions
WHERE closed_at < least($1, clock_timestamp()) - $2::interval AND id = (SELECT min(id) FROM event_partitions)
"""
_UNREAD = """
SELECT string_agg(name, ', ' ORDER BY name) FROM projection_cursors
WHERE (epoch, tx, position) < ($1::smallint, $2::xid8, $3::bigint)
"""
# Who begins a projection anew (projection.py) holds it while what it has read becomes nothing.
_HOLD_HORIZON = "SELECT FROM event_horizon FOR UPDATE NOWAIT"
# A closed partition never changes, so it is counted before the lock is taken.
_COUNTED = (
    "SELECT project_id, kind, count(*) AS count, max(at) AS latest FROM events_{id} GROUP BY project_id, kind"
)
_KEEP_COUNTS = """
INSERT INTO events_let_go (project_id, kind, count)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::bigint[])
ON CONFLICT (project_id, kind) DO UPDATE SET count = events_let_go.count + excluded.count
"""
# A transaction that began early may have written into the next partition, at a place that lies behind the horizon now.
_MOVE_HORIZON = """
UPDATE event_horizon SET epoch = $1, tx = $2, position = $3, at = greatest(event_horizon.at, $4, (
  SELECT max(e.at) FROM events e WHERE (e.epoch, e.tx, e.position) <= ($1::smallint, $2::xid8, $3::bigint)
)) WHERE (epoch, tx, position) < ($1::smallint, $2::xid8, $3::bigint)
"""


async def tend_log(now: datetime, kept: timedelta) -> int:
    """Open the next partition if it is time, and let go of what is older than `kept` (zero: of nothing).

    How many partitions were opened or dropped.
    """
    return await begin_partition(now, stretch(kept)) + (await let_go(now, kept) if kept else 0)


async def let_go(now: datetime, kept: timedelta) -> int:
    """Drop the partitions whose last event was written longer ago than `kept`, oldest first; how many were dropped.

    Never one that a projection has not read to its end: it waits. While somebody uses the log for long (an audit), the
    rest is left for the next time. Followers of the present notice nothing.
    """
    count = 0
    while await _let_go_oldest(now, kept):
        count += 1
    return count


async def _let_go_oldest(now: datetime, kept: timedelta) -> bool:
    row = await fetchrow(_OLDEST, now, kept)
    if row is None:
        return False
    part, *last = row
    if unread := await fetchval(_UNREAD, *last):
        _log.warning("event_partition_unread", partition=f"events_{part}", projections=unread)
        return False
    try:
        async with exclusively() as connection:
            if await connection.fetchval("SELECT min(id) FROM event_partitions") != part:
                return False  # another process has been faster; it goes on
            counted = await connection.fetch(_COUNTED.format(id=part))
            await connection.execute(_HOLD_HORIZON)
            if await connection.fetchval(_UNREAD, *last):
                return False  # a projection has begun anew meanwhile
            await hold_the_log(connection)
            await _drop(connection, part)
            counts = [(one["project_id"], one["kind"], one["count"]) for one in counted]
            await connection.execute(_KEEP_COUNTS, *columns(counts, 3))
            await connection.execute(_MOVE_HORIZON, *last, max(one["latest"] for one in counted))
    except LogInUse:
        _log.info("event_partition_waits", partition=f"events_{part}")
        return False
    _log.info(
        "event_partition_let_go", partition=f"events_{part}", events=sum(one["count"] for one in counted)
    )
    return True


async def _drop(connection: Connection, part: int) -> None:
    await connection.execute(f"DROP TABLE events_{part}")
    await connection.execute("DELETE FROM event_partitions WHERE id = $1", part)
