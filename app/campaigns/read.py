"""Reading campaigns: by id, by name, as pages for a project and for main campaigns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from uuid import UUID

import asyncpg

from app import door
from app.campaigns.values import Campaign, CampaignKind, CampaignState
from app.database import fetch, fetchrow
from app.database.keyset import Listing, Order, Page, PageRequest, Where, counts, pages
from app.engine.budget import budgets_from_json
from app.engine.offer import Offer

COLUMNS = (
    "c.id, c.main_id, c.is_main, c.name, c.description, c.category, c.state, c.time_zone, c.starts_at, c.ends_at,"
    " c.max_redemptions, o.offer, c.offer_version, c.metadata, c.version, c.created_at, c.updated_at,"
    " c.budgets, c.kind, c.is_listed, c.partner_id"
)
TABLES = (
    "campaigns c LEFT JOIN offers o"
    " ON o.project_id = c.project_id AND o.campaign_id = c.id AND o.version = c.offer_version"
)


class CampaignSort(Enum):
    """The orders of a list of campaigns; time is the time of creation."""

    NEWEST = Order("campaigns_newest", "c.id", "uuid", descending=True)
    OLDEST = Order("campaigns_oldest", "c.id", "uuid")
    NAME = Order("campaigns_name", "c.name", "text")
    NAME_DESCENDING = Order("campaigns_name_descending", "c.name", "text", descending=True)


@dataclass(frozen=True, slots=True)
class CampaignFilter:
    """Conditions that must all hold; None (and no state) is no condition. `name_prefix` ignores case."""

    states: tuple[CampaignState, ...] = ()
    category: str | None = None
    main_id: UUID | None = None
    is_main: bool | None = None
    kind: CampaignKind | None = None
    name_prefix: str | None = None
    partner_id: UUID | None = None

    def where(self) -> list[Where]:
        """The conditions as SQL on TABLES."""
        texts = (self.category, self.name_prefix)
        if not all(text is None or door.can_be_kept(text) for text in texts):
            return [Where("$?::boolean", False)]
        asked: list[tuple[str, object]] = [
            ("c.state = ANY ($?::text[])", [state.value for state in self.states] or None),
            ("c.category = $?", self.category),
            ("c.main_id = $?", self.main_id),
            ("c.partner_id = $?", self.partner_id),
            ("c.is_main = $?", self.is_main),
            ("c.kind = $?", None if self.kind is None else self.kind.value),
            ("starts_with(lower(c.name), lower($?::text))", self.name_prefix),
        ]
        return [Where(sql, value) for sql, value in asked if value is not None]


_EVERYTHING = CampaignFilter()


async def by_ids(project: UUID, ids: Sequence[UUID]) -> dict[UUID, Campaign]:
    """Those of the campaigns that the project has, with their present offers; one statement."""
    rows = await fetch(
        f"SELECT {COLUMNS} FROM {TABLES} WHERE c.project_id = $1 AND c.id = ANY ($2::uuid[])",  # noqa: S608
        project,
        list(ids),
    )
    return {row["id"]: campaign_of(row) for row in rows}


async def find(project: UUID, ref: UUID | str) -> Campaign | None:
    """The project's campaign with this id or this name."""
    if isinstance(ref, str) and not door.can_be_kept(ref):
        return None
    column = "c.id" if isinstance(ref, UUID) else "c.name"
    row = await fetchrow(
        f"SELECT {COLUMNS} FROM {TABLES} WHERE c.project_id = $1 AND {column} = $2",  # noqa: S608
        project,
        ref,
    )
    return None if row is None else campaign_of(row)


async def campaigns_page(
    project: UUID,
    request: PageRequest,
    filter: CampaignFilter = _EVERYTHING,  # noqa: A002 - the word callers use
    sort: CampaignSort = CampaignSort.NEWEST,
) -> Page[Campaign]:
    """A page of the project's campaigns. Raises CursorError for a cursor of another list or order."""
    found = await pages(_listing("c.project_id"), project, [project], sort.value, request, filter.where())
    return found[project]


async def subcampaigns_of(
    project: UUID,
    mains: Sequence[UUID],
    request: PageRequest,
    filter: CampaignFilter = _EVERYTHING,  # noqa: A002 - the word callers use
    sort: CampaignSort = CampaignSort.NEWEST,
) -> dict[UUID, Page[Campaign]]:
    """A page of each main campaign's sub-campaigns, in one statement. Raises CursorError like `campaigns_page`."""
    return await pages(_listing("c.main_id"), project, mains, sort.value, request, filter.where())


async def count_campaigns(project: UUID, filter: CampaignFilter = _EVERYTHING) -> int:  # noqa: A002
    """How many campaigns of the project the filter lets through."""
    return (await counts(_listing("c.project_id"), project, [project], filter.where()))[project]


async def count_subcampaigns_of(
    project: UUID,
    mains: Sequence[UUID],
    filter: CampaignFilter = _EVERYTHING,  # noqa: A002
) -> Mapping[UUID, int]:
    """How many sub-campaigns each main campaign has, in one statement."""
    return await counts(_listing("c.main_id"), project, mains, filter.where())


def campaign_of(row: asyncpg.Record) -> Campaign:
    """The campaign in a row of COLUMNS."""
    return Campaign(
        id=row["id"],
        main_id=row["main_id"],
        is_main=row["is_main"],
        name=row["name"],
        description=row["description"],
        category=row["category"],
        state=CampaignState(row["state"]),
        time_zone=row["time_zone"],
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        max_redemptions=row["max_redemptions"],
        offer=None if row["offer"] is None else Offer.from_json(row["offer"]),
        offer_version=row["offer_version"],
        metadata=row["metadata"],
        version=row["version"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        budgets=budgets_from_json(row["budgets"]),
        kind=CampaignKind(row["kind"]),
        is_listed=row["is_listed"],
        partner_id=row["partner_id"],
    )


def _listing(parent: str) -> Listing[Campaign]:
    return Listing(COLUMNS, TABLES, "c.id", "c.project_id", parent, campaign_of)
