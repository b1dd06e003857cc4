"""Reading customers: by id, by the caller's own source id, and in pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from uuid import UUID

import asyncpg

from app import door
from app.customers.values import Customer
from app.database import fetch
from app.database.keyset import Listing, Order, Page, PageRequest, Where, counts, pages

COLUMNS = "c.id, c.source_id, c.name, c.email, c.birthday, c.metadata, c.created_at, c.updated_at"


class CustomerSort(Enum):
    """How a list of customers may be sorted."""

    NEWEST = Order("customers_newest", "c.id", "uuid", descending=True)
    OLDEST = Order("customers_oldest", "c.id", "uuid")


@dataclass(frozen=True, slots=True)
class CustomerFilter:
    """Which customers to list; all given conditions must hold.

    `name_prefix` ignores case.
    """

    email: str | None = None
    name_prefix: str | None = None

    def where(self) -> list[Where]:
        """The conditions in SQL."""
        if not all(door.can_be_kept(text) for text in (self.email, self.name_prefix) if text is not None):
            return [Where("$?::boolean", False)]
        given = (
            ("c.email = $?::text", self.email),
            ("starts_with(lower(c.name), lower($?::text))", self.name_prefix),
        )
        return [Where(sql, value) for sql, value in given if value is not None]


_EVERYBODY = CustomerFilter()


async def by_ids(project: UUID, ids: Sequence[UUID]) -> dict[UUID, Customer]:
    """Those of the customers that the project has."""
    rows = await fetch(
        f"SELECT {COLUMNS} FROM customers c WHERE c.project_id = $1 AND c.id = ANY ($2::uuid[])",  # noqa: S608
        project,
        list(ids),
    )
    return {row["id"]: read_row(row) for row in rows}


async def by_source_ids(project: UUID, source_ids: Sequence[str]) -> dict[str, Customer]:
    """Those of the customers that the project knows by these source ids."""
    rows = await fetch(
        f"SELECT {COLUMNS} FROM customers c"  # noqa: S608
        " WHERE c.project_id = $1 AND c.source_id = ANY ($2::text[])",
        project,
        [source_id for source_id in source_ids if door.can_be_kept(source_id)],
    )
    return {row["source_id"]: read_row(row) for row in rows}


async def customers_page(
    project: UUID,
    request: PageRequest,
    filter: CustomerFilter = _EVERYBODY,  # noqa: A002 - the word callers use
    sort: CustomerSort = CustomerSort.NEWEST,
) -> Page[Customer]:
    """One page of the project's customers. Raises keyset.CursorError for a cursor of another order."""
    return (await pages(_ALL, project, [project], sort.value, request, filter.where()))[project]


async def count_customers(
    project: UUID,
    filter: CustomerFilter = _EVERYBODY,  # noqa: A002 - the word callers use
) -> int:
    """How many customers `customers_page` lists."""
    return (await counts(_ALL, project, [project], filter.where()))[project]


def read_row(row: asyncpg.Record) -> Customer:
    """The customer in a row of COLUMNS."""
    return Customer(
        id=row["id"],
        source_id=row["source_id"],
        name=row["name"],
        email=row["email"],
        metadata=row["metadata"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        birthday=row["birthday"],
    )


_ALL = Listing(COLUMNS, "customers c", "c.id", "c.project_id", "c.project_id", read_row)
