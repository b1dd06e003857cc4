"""Chores: what is over is forgotten, and an open job that the queue has lost is queued again."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from app.database import execute, transaction
from app.jobs.queue import enqueue

# Short transactions: every feed waits for the oldest one that writes.
_AT_ONCE = 500
_QUEUE_LOG_KEPT = timedelta(days=7)

_FORGET = """
DELETE FROM jobs WHERE (project_id, id) IN (
  SELECT project_id, id FROM jobs WHERE expires_at <= $1 AND state NOT IN ('QUEUED', 'RUNNING') LIMIT $2
)
"""
_FORGET_LOG = (
    "DELETE FROM pgqueuer_log WHERE id IN (SELECT id FROM pgqueuer_log WHERE created <= $1 LIMIT $2)"
)
_LOST = """
SELECT project_id, id FROM jobs
WHERE kind = $1 AND state IN ('QUEUED', 'RUNNING') AND NOT EXISTS (
  SELECT FROM pgqueuer q
  WHERE q.dedupe_key = replace(jobs.id::text, '-', '') AND q.status IN ('queued', 'picked')
)
ORDER BY id LIMIT $2
"""


async def forget_jobs(now: datetime) -> int:
    """Delete jobs that are over and whose time has passed, and old lines of the queue's own log; gives their number.

    What a kind has written about them goes with them, or was deleted before.
    """
    forgotten = await _all_of(_FORGET, now)
    await _all_of(_FORGET_LOG, now - _QUEUE_LOG_KEPT)
    return forgotten


async def queue_again(kinds: Sequence[str]) -> int:
    """Queue open jobs that the queue does not hold; gives their number."""
    found = 0
    for kind in kinds:
        async with transaction() as connection:
            rows = await connection.fetch(_LOST, kind, _AT_ONCE)
            if rows:
                await enqueue(connection, kind, [(row["project_id"], row["id"]) for row in rows])
                found += len(rows)
    return found


async def _all_of(statement: str, before: datetime) -> int:
    forgotten = 0
    while True:
        gone = int((await execute(statement, before, _AT_ONCE)).split()[-1])
        forgotten += gone
        if gone < _AT_ONCE:
            return forgotten
