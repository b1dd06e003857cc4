"""campaign and campaigns: one campaign by id or name, and the project's campaigns as a list."""

from enum import Enum
from typing import Annotated

import strawberry

from app import ids
from app.campaigns.read import CampaignFilter as Conditions
from app.campaigns.read import CampaignSort, campaigns_page, count_campaigns, find
from app.campaigns.values import CampaignKind, CampaignState
from app.projects.admit import Caller, Permission
from graphql_schema.authority import Info, require
from graphql_schema.filters import needed_campaign_ref, only_campaign
from graphql_schema.paging import After, Before, Connection, First, Last, asked_page, connection, page_request
from graphql_schema.types.campaign import Campaign, show_campaign
from graphql_schema.types.campaign_ref import CampaignRef
from graphql_schema.types.node import needed_id


@strawberry.enum(description="The order of a list of campaigns.")
class CampaignOrder(Enum):
    NEWEST_FIRST = strawberry.enum_value("NEWEST_FIRST", description="The latest created first.")
    OLDEST_FIRST = strawberry.enum_value("OLDEST_FIRST", description="The earliest created first.")
    NAME_ASCENDING = strawberry.enum_value("NAME_ASCENDING", description="By name, a to z.")
    NAME_DESCENDING = strawberry.enum_value("NAME_DESCENDING", description="By name, z to a.")


_SORTS = {
    CampaignOrder.NEWEST_FIRST: CampaignSort.NEWEST,
    CampaignOrder.OLDEST_FIRST: CampaignSort.OLDEST,
    CampaignOrder.NAME_ASCENDING: CampaignSort.NAME,
    CampaignOrder.NAME_DESCENDING: CampaignSort.NAME_DESCENDING,
}


@strawberry.input(description="Which campaigns to list. Everything that is given must hold.")
class CampaignFilter:
    state: list[CampaignState] | None = strawberry.field(
        default=None, description="Only campaigns in one of these states."
    )
    category: str | None = strawberry.field(
        default=None, description="Only campaigns filed under this category."
    )
    main_campaign: CampaignRef | None = strawberry.field(
        default=None, description="Only campaigns under this main one."
    )
    partner: strawberry.ID | None = strawberry.field(
        default=None, description="Only campaigns that run for this partner."
    )
    is_main: bool | None = strawberry.field(
        default=None, description="Only main campaigns, or only those that are not."
    )
    kind: CampaignKind | None = strawberry.field(
        default=None, description="Only campaigns with codes, or only cart promotions."
    )
    name_prefix: str | None = strawberry.field(
        default=None, description="Only campaigns whose name begins like this; case does not matter."
    )


@strawberry.type
class CampaignQueries:
    @strawberry.field(description="A campaign of the project; null if there is none. Needs READ.")
    async def campaign(
        self,
        info: Info,
        ref: Annotated[CampaignRef, strawberry.argument(description="Which campaign.")],
    ) -> Campaign | None:
        caller = require(info, Permission.READ)
        campaign = await find(caller.project, needed_campaign_ref(ref))
        return None if campaign is None else show_campaign(campaign)

    @strawberry.field(description="The project's campaigns, main and sub-campaigns alike. Needs READ.")
    async def campaigns(
        self,
        info: Info,
        first: First = None,
        last: Last = None,
        after: After = None,
        before: Before = None,
        filter: Annotated[
            CampaignFilter | None, strawberry.argument(description="Which campaigns; all if it is left out.")
        ] = None,
        sort: Annotated[
            CampaignOrder, strawberry.argument(description="The order of the list.")
        ] = CampaignOrder.NEWEST_FIRST,
    ) -> Connection[Campaign]:
        caller = require(info, Permission.READ)
        request = page_request(first, last, after, before)
        only = Conditions() if filter is None else await _read_filter(filter, caller)
        page = await asked_page(campaigns_page(caller.project, request, only, _SORTS[sort]))
        return connection(page, show_campaign, lambda: count_campaigns(caller.project, only))


async def _read_filter(given: CampaignFilter, caller: Caller) -> Conditions:
    return Conditions(
        states=tuple(given.state or ()),
        category=given.category,
        main_id=await only_campaign(given.main_campaign, caller),
        partner_id=needed_id(ids.PARTNER, given.partner),
        is_main=given.is_main,
        kind=given.kind,
        name_prefix=given.name_prefix,
    )
