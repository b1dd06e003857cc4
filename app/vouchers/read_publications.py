"""Reading publications: by id, and as pages for a project, customers, vouchers and campaigns."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from uuid import UUID

import asyncpg

from app import door
from app.database import fetch
from app.database.keyset import Listing, Order, Page, PageRequest, Where, counts, pages
from app.vouchers.values import Publication

PUBLICATION_COLUMNS = (
    "id, campaign_id, voucher_id, customer_id, channel, source_id, metadata, created_at, created_by"
)


def publication_of(row: asyncpg.Record) -> Publication:
    """The value of a row that has the PUBLICATION_COLUMNS."""
    return Publication(
        id=row["id"],
        campaign_id=row["campaign_id"],
        voucher_id=row["voucher_id"],
        customer_id=row["customer_id"],
        channel=row["channel"],
        source_id=row["source_id"],
        metadata=row["metadata"],
        created_at=row["created_at"],
        created_by=row["created_by"],
    )


class PublicationSort(Enum):
    """The orders of a list of publications."""

    NEWEST = Order("publications_newest", "id", "uuid", descending=True)
    OLDEST = Order("publications_oldest", "id", "uuid")


class PublicationParent(Enum):
    """What a list of publications may hang on."""

    CUSTOMER = "customer_id"
    VOUCHER = "voucher_id"
    CAMPAIGN = "campaign_id"


@dataclass(frozen=True, slots=True)
class PublicationFilter:
    """Conditions that must all hold; None is no condition."""

    campaign: UUID | None = None
    customer: UUID | None = None
    voucher: UUID | None = None
    channel: str | None = None

    def where(self) -> list[Where]:
        """The conditions as SQL on the publications table."""
        asked: list[tuple[str, object]] = [
            ("campaign_id = $?", self.campaign),
            ("customer_id = $?", self.customer),
            ("voucher_id = $?", self.voucher),
            ("channel = $?", self.channel),
        ]
        if self.channel is not None and not door.can_be_kept(self.channel):
            return [
                Where("$?::boolean", False)
            ]  # no publication has such a channel, and PostgreSQL refuses it
        return [Where(sql, value) for sql, value in asked if value is not None]


_EVERYTHING = PublicationFilter()


async def publications_by_ids(project: UUID, ids: Iterable[UUID]) -> dict[UUID, Publication]:
    """The publications that the project has, by id; one statement."""
    rows = await fetch(
        f"SELECT {PUBLICATION_COLUMNS} FROM publications"  # noqa: S608
        " WHERE project_id = $1 AND id = ANY ($2::uuid[])",
        project,
        list(ids),
    )
    return {row["id"]: publication_of(row) for row in rows}


async def publications_page(
    project: UUID,
    request: PageRequest,
    filter: PublicationFilter = _EVERYTHING,  # noqa: A002 - the word callers use
    sort: PublicationSort = PublicationSort.NEWEST,
) -> Page[Publication]:
    """A page of the project's publications. Raises CursorError for a cursor of another list or order."""
    found = await pages(_listing("project_id"), project, [project], sort.value, request, filter.where())
    return found[project]


async def publications_of(
    kind: PublicationParent,
    project: UUID,
    parents: Sequence[UUID],
    request: PageRequest,
    filter: PublicationFilter = _EVERYTHING,  # noqa: A002 - the word callers use
    sort: PublicationSort = PublicationSort.NEWEST,
) -> dict[UUID, Page[Publication]]:
    """A page of the publications of each customer, voucher or campaign, in one statement."""
    return await pages(_listing(kind.value), project, parents, sort.value, request, filter.where())


async def count_publications(project: UUID, filter: PublicationFilter = _EVERYTHING) -> int:  # noqa: A002
    """How many publications of the project the filter lets through."""
    return (await counts(_listing("project_id"), project, [project], filter.where()))[project]


async def count_publications_of(
    kind: PublicationParent,
    project: UUID,
    parents: Sequence[UUID],
    filter: PublicationFilter = _EVERYTHING,  # noqa: A002
) -> Mapping[UUID, int]:
    """How many publications each customer, voucher or campaign has, in one statement."""
    return await counts(_listing(kind.value), project, parents, filter.where())


def _listing(parent: str) -> Listing[Publication]:
    return Listing(
        select=PUBLICATION_COLUMNS,
        from_="publications",
        id="id",
        project="project_id",
        parent=parent,
        read=publication_of,
    )
