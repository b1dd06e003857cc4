"""Reading partners: by id, as pages, and the rates of commission that they were promised one after the other."""

from collections.abc import Sequence
from decimal import Decimal
from enum import Enum
from uuid import UUID

import asyncpg

from app.database import fetch, fetchrow
from app.database.keyset import Listing, Order, Page, PageRequest, counts, pages
from app.partners.values import MOST_RATES, Partner, PartnerRate

COLUMNS = """p.id, p.name, p.version, p.created_at, p.updated_at, (
  SELECT r.rate FROM partner_rates r WHERE r.project_id = p.project_id AND r.partner_id = p.id
  ORDER BY r.since DESC LIMIT 1
) AS commission_rate"""
_RATES = """
SELECT r.partner_id, r.rate, r.since
FROM unnest($2::uuid[]) AS asked (id)
CROSS JOIN LATERAL (
  SELECT * FROM partner_rates WHERE project_id = $1 AND partner_id = asked.id ORDER BY since DESC LIMIT $3
) AS r
ORDER BY r.partner_id, r.since DESC
"""


class PartnerSort(Enum):
    """The orders of a list of partners; time is the time of creation."""

    NEWEST = Order("partners_newest", "p.id", "uuid", descending=True)
    OLDEST = Order("partners_oldest", "p.id", "uuid")


async def by_ids(project: UUID, ids: Sequence[UUID]) -> dict[UUID, Partner]:
    """Those of the partners that the project has, with their present rates; one statement."""
    rows = await fetch(
        f"SELECT {COLUMNS} FROM partners p WHERE p.project_id = $1 AND p.id = ANY ($2::uuid[])",  # noqa: S608
        project,
        list(ids),
    )
    return {row["id"]: partner_of(row) for row in rows}


async def find(project: UUID, name: str) -> Partner | None:
    """The project's partner of this name."""
    query = f"SELECT {COLUMNS} FROM partners p WHERE p.project_id = $1 AND p.name = $2"  # noqa: S608
    row = await fetchrow(query, project, name)
    return None if row is None else partner_of(row)


async def partners_page(
    project: UUID, request: PageRequest, sort: PartnerSort = PartnerSort.NEWEST
) -> Page[Partner]:
    """One page of the project's partners. Raises keyset.CursorError for a cursor of another order."""
    return (await pages(_ALL, project, [project], sort.value, request, []))[project]


async def count_partners(project: UUID) -> int:
    """How many partners the project has."""
    return (await counts(_ALL, project, [project], []))[project]


async def rates_of(project: UUID, ids: Sequence[UUID]) -> dict[UUID, tuple[PartnerRate, ...]]:
    """The latest rates of each partner, a hundred at most, the present one first; one statement."""
    found: dict[UUID, tuple[PartnerRate, ...]] = {}
    for partner, rate, since in await fetch(_RATES, project, list(ids), MOST_RATES):
        found[partner] = (*found.get(partner, ()), PartnerRate(_plain(rate), since))
    return found


def partner_of(row: asyncpg.Record) -> Partner:
    """The partner in a row of COLUMNS."""
    return Partner(
        id=row["id"],
        name=row["name"],
        commission_rate=_plain(row["commission_rate"]),
        version=row["version"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
    )


def _plain(rate: Decimal) -> Decimal:
    """7.5 rather than the 7.5000 that the column holds, and 10 rather than 1E+1."""
    return Decimal(f"{rate.normalize():f}")


_ALL = Listing(COLUMNS, "partners p", "p.id", "p.project_id", "p.project_id", partner_of)
