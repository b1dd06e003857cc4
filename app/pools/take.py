"""Taking codes out of pools, many at once, inside the caller's transaction; and putting back what nobody has seen."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from app.database import Connection, columns

# Whoever takes from a pool holds it, so that a code is never passed over because somebody may still put it back.
_LOCK = """
SELECT p.id FROM unnest($1::uuid[], $2::uuid[]) AS asked (project_id, id)
JOIN pools p ON p.project_id = asked.project_id AND p.id = asked.id
ORDER BY p.id FOR NO KEY UPDATE OF p
"""
_FREE = """
SELECT asked.id, c.id AS code_id
FROM unnest($1::uuid[], $2::uuid[], $3::int[]) AS asked (project_id, id, most)
CROSS JOIN LATERAL (
  SELECT c.id FROM pool_codes c
  WHERE c.project_id = asked.project_id AND c.pool_id = asked.id AND c.redemption_id IS NULL
  ORDER BY c.id LIMIT asked.most
) AS c
ORDER BY asked.id, c.id
"""
_GIVE = """
UPDATE pool_codes c SET redemption_id = new.redemption_id, given_at = $1
FROM unnest($2::uuid[], $3::uuid[], $4::uuid[]) AS new (project_id, id, redemption_id)
WHERE c.project_id = new.project_id AND c.id = new.id
"""
_PUT_BACK = """
UPDATE pool_codes c SET redemption_id = NULL, given_at = NULL
FROM unnest($1::uuid[], $2::uuid[]) AS held (project_id, redemption_id)
WHERE c.project_id = held.project_id AND c.redemption_id = held.redemption_id
"""
_PUT_BACK_MORE_THAN = """
UPDATE pool_codes c SET redemption_id = NULL, given_at = NULL
FROM (
  SELECT id, pool_id, row_number() OVER (PARTITION BY pool_id ORDER BY id) AS place
  FROM pool_codes WHERE project_id = $1 AND redemption_id = $2
) AS own LEFT JOIN unnest($3::uuid[], $4::bigint[]) AS kept (pool_id, most) ON kept.pool_id = own.pool_id
WHERE c.project_id = $1 AND c.id = own.id AND own.place > coalesce(kept.most, 0)
"""

Named = tuple[UUID, UUID]  # something with its project


async def lock_free(connection: Connection, wanted: Mapping[Named, int]) -> dict[UUID, list[UUID]]:
    """Hold the pools until the transaction ends; by pool, the ids of free codes, no more than are `wanted` of each.

    Two statements, or none when nothing is wanted. Pools are locked last of all, after balances.
    """
    if not wanted:
        return {}
    asked = [(project, pool, most) for (project, pool), most in sorted(wanted.items())]
    await connection.fetch(_LOCK, *columns([(project, pool) for project, pool, _ in asked], 2))
    # A statement of its own: it sees what was committed while the lock was waited for.
    free: dict[UUID, list[UUID]] = {pool: [] for _, pool, _ in asked}
    for pool, code in await connection.fetch(_FREE, *columns(asked, 3)):
        free[pool].append(code)
    return free


async def give(connection: Connection, given: Sequence[tuple[UUID, UUID, UUID]], now: datetime) -> None:
    """Give codes, which `lock_free` has found, to redemptions: (project, code, redemption). One statement, or none."""
    if given:
        await connection.execute(_GIVE, now, *columns(list(given), 3))


async def put_back_more_than(connection: Connection, hold: Named, kept: Mapping[UUID, int]) -> None:
    """Free what was set aside for a hold beyond what is `kept` of each pool; its row must be locked. One statement."""
    await connection.execute(_PUT_BACK_MORE_THAN, *hold, list(kept), list(kept.values()))


async def put_back(connection: Connection, holds: Collection[Named]) -> None:
    """Free what was set aside for holds that end; their rows must be locked. One statement, or none."""
    if holds:
        await connection.execute(_PUT_BACK, *columns(list(holds), 2))
