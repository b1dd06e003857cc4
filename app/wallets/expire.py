"""Expiring: emptying the buckets whose time has come. A chore; nobody is served from them in any case."""

from datetime import datetime
from uuid import UUID

from app.database import Connection, fetch, transaction
from app.events import wake
from app.wallets.move import move
from app.wallets.postings import Bucket, Movement, expiry

AT_ONCE = 1_000  # buckets in a transaction: every feed waits for the oldest one that writes

_PROJECTS = """
SELECT DISTINCT project_id FROM balance_buckets WHERE expires_at <= $1 AND amount_left > 0 ORDER BY project_id
"""
# The condition stands twice, because a bucket may have been emptied while its lock was waited for.
_LOCK_DUE = """
SELECT id, project_id, voucher_id, unit, amount_left, expires_at FROM balance_buckets
WHERE id = ANY (ARRAY(SELECT id FROM balance_buckets
                      WHERE project_id = $1 AND expires_at <= $2 AND amount_left > 0 ORDER BY expires_at LIMIT $3))
  AND amount_left > 0
ORDER BY voucher_id, id FOR UPDATE
"""


async def expire_buckets(now: datetime, at_once: int = AT_ONCE) -> int:
    """Empty what has expired by now, in every project; gives how many vouchers lost something.

    In transactions of their own, of `at_once` buckets, each with its events.
    """
    emptied = 0
    for row in await fetch(_PROJECTS, now):
        while True:
            async with transaction() as connection:
                movements = await _expire_some(connection, row["project_id"], now, at_once)
            if not movements:
                break
            wake.ring()
            emptied += movements
    return emptied


async def _expire_some(connection: Connection, project: UUID, now: datetime, at_once: int) -> int:
    due: dict[UUID, list[Bucket]] = {}
    for row in await connection.fetch(_LOCK_DUE, project, now, at_once):
        due.setdefault(row["voucher_id"], []).append(Bucket(*row))
    movements: list[Movement] = [found for own in due.values() if (found := expiry(own, now)) is not None]
    await move(connection, due, movements, now)
    return len(movements)
