"""Holdings: all that a customer holds, newest first; pages for any number of customers in one statement."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import asyncpg

from app.database import statement
from app.database.keyset import Listing, Order, Page, PageRequest, counts, pages
from app.wallets.values import Holding

# For statements of other rooms, which put their own conditions on it.
HOLDINGS_SQL = statement(__package__, "holdings.sql")

HOLDINGS_NEWEST = Order("holdings_newest", "published_at", "timestamptz", descending=True)


def _holding_of(row: asyncpg.Record) -> Holding:
    return Holding(voucher_id=row["voucher_id"], published_at=row["published_at"], exclusive=row["exclusive"])


HOLDINGS = Listing(
    select="voucher_id, published_at, exclusive",
    from_=f"({HOLDINGS_SQL}) AS holdings",
    id="voucher_id",
    project="project_id",
    parent="customer_id",
    read=_holding_of,
)


async def holdings_of(
    project: UUID, customers: Sequence[UUID], request: PageRequest
) -> dict[UUID, Page[Holding]]:
    """A page of each customer's wallet. Raises CursorError for a cursor of another list."""
    return await pages(HOLDINGS, project, customers, HOLDINGS_NEWEST, request)


async def count_holdings(project: UUID, customers: Sequence[UUID]) -> Mapping[UUID, int]:
    """How many vouchers each customer holds, in one statement."""
    return await counts(HOLDINGS, project, customers)
