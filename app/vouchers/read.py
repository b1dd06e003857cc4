"""Reading vouchers: by id, by code, and as pages for a project and for campaigns."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from uuid import UUID

import asyncpg

from app.database import fetch
from app.database.keyset import Listing, Order, Page, PageRequest, Where, counts, pages
from app.vouchers.codes import lookup_key
from app.vouchers.values import Voucher, VoucherKind

COLUMNS = (
    "id, campaign_id, code, kind, enabled, holder_id, published_at, starts_at, expires_at,"
    " max_redemptions, metadata, created_at"
)


def voucher_of(row: asyncpg.Record) -> Voucher:
    """The value of a row that has this room's COLUMNS."""
    return Voucher(
        id=row["id"],
        campaign_id=row["campaign_id"],
        code=row["code"],
        kind=VoucherKind(row["kind"]),
        enabled=row["enabled"],
        holder_id=row["holder_id"],
        published_at=row["published_at"],
        starts_at=row["starts_at"],
        expires_at=row["expires_at"],
        max_redemptions=row["max_redemptions"],
        metadata=row["metadata"],
        created_at=row["created_at"],
    )


class VoucherSort(Enum):
    """The orders of a list of vouchers; time is the time of minting."""

    OLDEST = Order("vouchers_oldest", "id", "uuid")
    NEWEST = Order("vouchers_newest", "id", "uuid", descending=True)
    CODE = Order("vouchers_code", "code_key", "text")
    CODE_DESCENDING = Order("vouchers_code_descending", "code_key", "text", descending=True)


@dataclass(frozen=True, slots=True)
class VoucherFilter:
    """Conditions that must all hold; None is no condition. `published` asks whether a unique code was given out."""

    campaign: UUID | None = None
    holder: UUID | None = None
    kind: VoucherKind | None = None
    enabled: bool | None = None
    published: bool | None = None

    def where(self) -> list[Where]:
        """The conditions as SQL on the vouchers table."""
        asked: list[tuple[str, object]] = [
            ("campaign_id = $?", self.campaign),
            ("holder_id = $?", self.holder),
            ("kind = $?", self.kind),
            ("enabled = $?", self.enabled),
            ("(published_at IS NOT NULL) = $?", self.published),
        ]
        return [Where(sql, value) for sql, value in asked if value is not None]


_EVERYTHING = VoucherFilter()


async def by_ids(project: UUID, ids: Iterable[UUID]) -> dict[UUID, Voucher]:
    """The vouchers that the project has, by id; one statement."""
    rows = await fetch(
        f"SELECT {COLUMNS} FROM vouchers WHERE project_id = $1 AND id = ANY ($2::uuid[])",  # noqa: S608
        project,
        list(ids),
    )
    return {row["id"]: voucher_of(row) for row in rows}


async def by_codes(project: UUID, codes: Iterable[str], case_sensitive: bool) -> dict[str, Voucher]:
    """The vouchers that the project has, by code as it was asked for; one statement."""
    keys = {code: lookup_key(code, case_sensitive) for code in codes}
    rows = await fetch(
        f"SELECT code_key, {COLUMNS} FROM vouchers"  # noqa: S608
        " WHERE project_id = $1 AND code_key = ANY ($2::text[])",
        project,
        list({key for key in keys.values() if key is not None}),
    )
    found = {row["code_key"]: voucher_of(row) for row in rows}
    return {code: found[key] for code, key in keys.items() if key in found}


async def vouchers_page(
    project: UUID,
    request: PageRequest,
    filter: VoucherFilter = _EVERYTHING,  # noqa: A002 - the word callers use
    sort: VoucherSort = VoucherSort.NEWEST,
) -> Page[Voucher]:
    """A page of the project's vouchers. Raises CursorError for a cursor of another list or order."""
    found = await pages(_listing("project_id"), project, [project], sort.value, request, filter.where())
    return found[project]


async def vouchers_of_campaigns(
    project: UUID,
    campaigns: Sequence[UUID],
    request: PageRequest,
    filter: VoucherFilter = _EVERYTHING,  # noqa: A002 - the word callers use
    sort: VoucherSort = VoucherSort.NEWEST,
) -> dict[UUID, Page[Voucher]]:
    """A page of each campaign's vouchers, in one statement. Raises CursorError like `vouchers_page`."""
    return await pages(_listing("campaign_id"), project, campaigns, sort.value, request, filter.where())


async def count_vouchers(project: UUID, filter: VoucherFilter = _EVERYTHING) -> int:  # noqa: A002
    """How many vouchers of the project the filter lets through."""
    return (await counts(_listing("project_id"), project, [project], filter.where()))[project]


async def count_vouchers_of_campaigns(
    project: UUID,
    campaigns: Sequence[UUID],
    filter: VoucherFilter = _EVERYTHING,  # noqa: A002
) -> Mapping[UUID, int]:
    """How many vouchers each campaign has, in one statement."""
    return await counts(_listing("campaign_id"), project, campaigns, filter.where())


def _listing(parent: str) -> Listing[Voucher]:
    return Listing(
        select=COLUMNS, from_="vouchers", id="id", project="project_id", parent=parent, read=voucher_of
    )
