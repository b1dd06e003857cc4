"""Reading balances, for any number of vouchers in one statement, and the postings behind them as pages."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import datetime
from enum import Enum
from uuid import UUID

import asyncpg

from app.database import columns, fetch, statement
from app.database.keyset import Listing, Order, Page, PageRequest, counts, pages
from app.wallets.postings import Account, Deed
from app.wallets.values import Balance, Entry

Fetch = Callable[..., Awaitable[list[asyncpg.Record]]]

_BALANCES = statement(__package__, "balances_of.sql")


class PostingSort(Enum):
    """The orders of a list of postings."""

    NEWEST = Order("postings_newest", "id", "uuid", descending=True)
    OLDEST = Order("postings_oldest", "id", "uuid")


def _entry_of(row: asyncpg.Record) -> Entry:
    return Entry(
        id=row["id"],
        voucher_id=row["voucher_id"],
        unit=row["unit"],
        amount=row["amount"],
        debit=Account(row["debit"]),
        credit=Account(row["credit"]),
        deed=Deed(row["deed"]),
        redemption_id=row["redemption_id"],
        source_id=row["source_id"],
        reason=row["reason"],
        key_id=row["key_id"],
        expires_at=row["expires_at"],
        created_at=row["created_at"],
    )


_POSTINGS = Listing(
    select="id, voucher_id, unit, amount, debit, credit, deed, redemption_id, source_id, reason, key_id, created_at,"
    " (SELECT buckets.expires_at FROM balance_buckets AS buckets WHERE buckets.id = postings.bucket_id) AS expires_at",
    from_="postings",
    id="id",
    project="project_id",
    parent="voucher_id",
    read=_entry_of,
)


async def balances_of(
    ask: Fetch, vouchers: Collection[tuple[UUID, UUID]], now: datetime
) -> dict[UUID, Balance]:
    """The balances of vouchers, each named with its project, at `now`; a voucher without a balance is missing.

    `ask` is any way to send a statement. Nothing is locked: `app.wallets.move.lock_buckets` is for whoever takes
    something. One statement, or none when nothing is asked.
    """
    if not vouchers:
        return {}
    rows = await ask(_BALANCES, *columns(list(set(vouchers)), 2), now)
    return {row["voucher_id"]: Balance(*list(row.values())[1:]) for row in rows}


async def balances_by_ids(project: UUID, vouchers: Collection[UUID], now: datetime) -> dict[UUID, Balance]:
    """The balances of vouchers of one project, as `balances_of` tells them."""
    return await balances_of(fetch, [(project, voucher) for voucher in vouchers], now)


async def postings_of(
    project: UUID,
    vouchers: Sequence[UUID],
    request: PageRequest,
    sort: PostingSort = PostingSort.NEWEST,
) -> dict[UUID, Page[Entry]]:
    """A page of each voucher's postings, in one statement. Raises CursorError for a cursor of another list or order."""
    return await pages(_POSTINGS, project, vouchers, sort.value, request)


async def count_postings_of(project: UUID, vouchers: Sequence[UUID]) -> Mapping[UUID, int]:
    """How many postings each voucher has, in one statement."""
    return await counts(_POSTINGS, project, vouchers)
