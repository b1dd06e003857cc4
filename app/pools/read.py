"""Reading pools: by id, as pages, how many codes are in them, and the codes that redemptions have given away."""

from collections.abc import Sequence
from enum import Enum
from uuid import UUID

import asyncpg

from app.database import fetch
from app.database.keyset import Listing, Order, Page, PageRequest, counts, pages
from app.pools.values import Pool, Stock

COLUMNS = "p.id, p.name, p.created_at"
_STOCK = """
SELECT pool_id, count(*) FILTER (WHERE redemption_id IS NULL) AS free,
       count(*) FILTER (WHERE redemption_id IS NOT NULL) AS given
FROM pool_codes WHERE project_id = $1 AND pool_id = ANY ($2::uuid[]) GROUP BY pool_id
"""
_GIVEN = """
SELECT redemption_id, pool_id, code FROM pool_codes
WHERE project_id = $1 AND redemption_id = ANY ($2::uuid[]) ORDER BY redemption_id, pool_id, id
"""


class PoolSort(Enum):
    """The orders of a list of pools; time is the time of creation."""

    NEWEST = Order("pools_newest", "p.id", "uuid", descending=True)
    OLDEST = Order("pools_oldest", "p.id", "uuid")


async def by_ids(project: UUID, ids: Sequence[UUID]) -> dict[UUID, Pool]:
    """Those of the pools that the project has."""
    rows = await fetch(
        f"SELECT {COLUMNS} FROM pools p WHERE p.project_id = $1 AND p.id = ANY ($2::uuid[])",  # noqa: S608
        project,
        list(ids),
    )
    return {row["id"]: _pool(row) for row in rows}


async def pools_page(project: UUID, request: PageRequest, sort: PoolSort = PoolSort.NEWEST) -> Page[Pool]:
    """One page of the project's pools. Raises keyset.CursorError for a cursor of another order."""
    return (await pages(_ALL, project, [project], sort.value, request, []))[project]


async def count_pools(project: UUID) -> int:
    """How many pools the project has."""
    return (await counts(_ALL, project, [project], []))[project]


async def stock_of(project: UUID, ids: Sequence[UUID]) -> dict[UUID, Stock]:
    """How many codes are in the pools; a pool without any is missing."""
    rows = await fetch(_STOCK, project, list(ids))
    return {row["pool_id"]: Stock(row["free"], row["given"]) for row in rows}


async def codes_given(project: UUID, redemptions: Sequence[UUID]) -> dict[UUID, dict[UUID, tuple[str, ...]]]:
    """The codes that each redemption has given away or set aside, by pool."""
    found: dict[UUID, dict[UUID, tuple[str, ...]]] = {}
    for redemption, pool, code in await fetch(_GIVEN, project, list(redemptions)):
        own = found.setdefault(redemption, {})
        own[pool] = (*own.get(pool, ()), code)
    return found


def _pool(row: asyncpg.Record) -> Pool:
    return Pool(row["id"], row["name"], row["created_at"])


_ALL = Listing(COLUMNS, "pools p", "p.id", "p.project_id", "p.project_id", _pool)
