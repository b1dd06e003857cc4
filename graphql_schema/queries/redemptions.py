"""redemption, redemptions, rejectedRedemption and rejectedRedemptions."""

from datetime import datetime
from typing import Annotated

import strawberry

from app import ids
from app.projects.admit import Permission
from app.redemptions.lists import AttemptSort
from app.redemptions.read import RedemptionFilter as Conditions
from app.redemptions.read import count_redemptions, redemptions_page
from app.redemptions.read_rejected import RejectedFilter as RejectedConditions
from app.redemptions.read_rejected import count_rejected, rejected_page
from app.redemptions.values import RedemptionState
from graphql_schema.authority import Info, own_point, require, sees
from graphql_schema.filters import only_campaign, only_customer, only_voucher
from graphql_schema.paging import (
    After,
    Before,
    Connection,
    First,
    Last,
    asked_page,
    connection,
    page_request,
)
from graphql_schema.sorting import Sort, TimeOrder
from graphql_schema.types.campaign_ref import CampaignRef
from graphql_schema.types.customer_input import CustomerRef
from graphql_schema.types.node import needed_id
from graphql_schema.types.redemption import Redemption, show_redemption
from graphql_schema.types.rejected_redemption import RejectedRedemption
from graphql_schema.types.voucher_ref import VoucherRef


@strawberry.input(description="Which redemptions to list; all given conditions must hold.")
class RedemptionFilter:
    campaign: CampaignRef | None = strawberry.field(
        default=None,
        description="Only codes of this campaign; for a main campaign, of all its sub-campaigns.",
    )
    partner: strawberry.ID | None = strawberry.field(
        default=None, description="Only codes of campaigns that ran for this partner then."
    )
    customer: CustomerRef | None = strawberry.field(default=None, description="Only this customer.")
    voucher: VoucherRef | None = strawberry.field(default=None, description="Only this code.")
    channel: str | None = strawberry.field(default=None, description="Only this channel.")
    redemption_point: str | None = strawberry.field(default=None, description="Only this redemption point.")
    states: list[RedemptionState] | None = strawberry.field(
        default=None, description="Only those that stand so; else those redeemed or rolled back."
    )
    created_from: datetime | None = strawberry.field(default=None, description="Only from this instant on.")
    created_before: datetime | None = strawberry.field(default=None, description="Only before this instant.")


@strawberry.input(description="Which refused attempts to list; all given conditions must hold.")
class RejectedRedemptionFilter:
    campaign: CampaignRef | None = strawberry.field(
        default=None,
        description="Only codes of this campaign; for a main campaign, of all its sub-campaigns.",
    )
    partner: strawberry.ID | None = strawberry.field(
        default=None, description="Only codes of campaigns that ran for this partner then."
    )
    customer: CustomerRef | None = strawberry.field(default=None, description="Only this customer.")
    voucher: VoucherRef | None = strawberry.field(default=None, description="Only this code.")
    reason: str | None = strawberry.field(
        default=None, description='Only attempts with a reason of this code, such as "EXPIRED".'
    )
    channel: str | None = strawberry.field(default=None, description="Only this channel.")
    redemption_point: str | None = strawberry.field(default=None, description="Only this redemption point.")
    created_from: datetime | None = strawberry.field(default=None, description="Only from this instant on.")
    created_before: datetime | None = strawberry.field(default=None, description="Only before this instant.")


@strawberry.type
class RedemptionQueries:
    @strawberry.field(description="A redemption by id; null if there is none that the caller may see.")
    async def redemption(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="Which one.")]
    ) -> Redemption | None:
        caller = require(info, Permission.READ, Permission.READ_OWN_REDEMPTIONS)
        wanted = needed_id(ids.REDEMPTION, id)
        found = None if wanted is None else await info.context.loaders.redemptions.load(wanted)
        return found if found is not None and sees(caller, found.redemption_point) else None

    @strawberry.field(
        description="The project's redemptions, rolled back ones included; holds only where the filter names their"
        " states. A merchant key sees those of its own redemption point."
    )
    async def redemptions(
        self,
        info: Info,
        first: First = None,
        last: Last = None,
        after: After = None,
        before: Before = None,
        filter: Annotated[RedemptionFilter | None, strawberry.argument(description="Which ones.")] = None,
        sort: Sort = TimeOrder.NEWEST_FIRST,
    ) -> Connection[Redemption]:
        caller = require(info, Permission.READ, Permission.READ_OWN_REDEMPTIONS)
        request = page_request(first, last, after, before)
        given = filter or RedemptionFilter()
        stand = {} if given.states is None else {"states": tuple(given.states)}
        only = Conditions(
            campaign=await only_campaign(given.campaign, caller),
            partner=needed_id(ids.PARTNER, given.partner),
            customer=await only_customer(given.customer, caller),
            voucher=await only_voucher(given.voucher, caller),
            channel=given.channel,
            redemption_point=own_point(caller, given.redemption_point),
            created_from=given.created_from,
            created_before=given.created_before,
            **stand,
        )
        order = AttemptSort[sort.value]
        page = await asked_page(redemptions_page(caller.project, request, only, order))
        return connection(page, show_redemption, lambda: count_redemptions(caller.project, only))

    @strawberry.field(description="A refused attempt by id; null if there is none that the caller may see.")
    async def rejected_redemption(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="Which one.")]
    ) -> RejectedRedemption | None:
        caller = require(info, Permission.READ, Permission.READ_OWN_REDEMPTIONS)
        wanted = needed_id(ids.REJECTED_REDEMPTION, id)
        found = None if wanted is None else await info.context.loaders.rejected_redemptions.load(wanted)
        return found if found is not None and sees(caller, found.redemption_point) else None

    @strawberry.field(
        description="The attempts that were refused, with all their reasons. A merchant key sees those of its own"
        " redemption point."
    )
    async def rejected_redemptions(
        self,
        info: Info,
        first: First = None,
        last: Last = None,
        after: After = None,
        before: Before = None,
        filter: Annotated[
            RejectedRedemptionFilter | None, strawberry.argument(description="Which ones.")
        ] = None,
        sort: Sort = TimeOrder.NEWEST_FIRST,
    ) -> Connection[RejectedRedemption]:
        caller = require(info, Permission.READ, Permission.READ_OWN_REDEMPTIONS)
        request = page_request(first, last, after, before)
        given = filter or RejectedRedemptionFilter()
        only = RejectedConditions(
            campaign=await only_campaign(given.campaign, caller),
            partner=needed_id(ids.PARTNER, given.partner),
            customer=await only_customer(given.customer, caller),
            voucher=await only_voucher(given.voucher, caller),
            reason=given.reason,
            channel=given.channel,
            redemption_point=own_point(caller, given.redemption_point),
            created_from=given.created_from,
            created_before=given.created_before,
        )
        order = AttemptSort[sort.value]
        page = await asked_page(rejected_page(caller.project, request, only, order))
        show = info.context.loaders.show_rejected
        return connection(page, show, lambda: count_rejected(caller.project, only))
