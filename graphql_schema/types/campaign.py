"""A campaign: a main one (a container with limits) or a sub-campaign (offer, vouchers, redemptions)."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry

from app import ids
from app.campaigns.values import Campaign as CampaignValue
from app.campaigns.values import CampaignKind, CampaignState
from app.projects.admit import Permission
from graphql_schema.authority import Info, require
from graphql_schema.disclosure import may_see
from graphql_schema.enums import describe_enum
from graphql_schema.links import linked_list
from graphql_schema.paging import Connection
from graphql_schema.scalars import Metadata
from graphql_schema.types.budget import Budget, show_budget
from graphql_schema.types.node import Node, shown
from graphql_schema.types.offer import Offer, show_offer

if TYPE_CHECKING:
    from graphql_schema.types.partner import Partner
    from graphql_schema.types.publication import Publication
    from graphql_schema.types.redemption import Redemption
    from graphql_schema.types.rejected_redemption import RejectedRedemption
    from graphql_schema.types.voucher import Voucher

describe_enum(
    CampaignState,
    "Where a campaign stands. Only a LIVE one is redeemed, and only between its dates.",
    DRAFT="Being prepared; its codes are not redeemed yet.",
    LIVE="Its codes are redeemed, if its dates allow it.",
    PAUSED="Its codes are not redeemed until it is launched again.",
    ENDED="Over for good.",
)

describe_enum(
    CampaignKind,
    "How the offer of a campaign comes to the cart.",
    COUPONS="By codes, which somebody types.",
    CART_PROMOTION="By itself, without any code, whenever a cart is validated or redeemed.",
)


@strawberry.type(
    description="A promotion: a main campaign holds others and limits them, a sub-campaign has an offer and codes."
)
class Campaign(Node):
    is_main: bool = strawberry.field(description="Whether this is a main campaign, which holds others.")
    kind: CampaignKind = strawberry.field(description="How its offer comes to the cart.")
    is_listed: bool = strawberry.field(
        description="Whether `offers` tells every shopper of its generic code, while it is live; of a cart promotion"
        " it always does."
    )
    name: str = strawberry.field(description="What people call the campaign; unique in the project.")
    category: str | None = strawberry.field(description="What the campaign is filed under.")
    state: CampaignState = strawberry.field(description="Where the campaign stands.")
    time_zone: str = strawberry.field(description="The IANA time zone on whose clock its rules are judged.")
    starts_at: datetime | None = strawberry.field(
        description="The first instant at which codes are redeemed; null means as soon as it is live."
    )
    ends_at: datetime | None = strawberry.field(
        description="The instant from which codes are no longer redeemed; null means until it is ended."
    )
    version: int = strawberry.field(
        description="Rises with every change; pass it as `expectedVersion` to change only what you have seen."
    )
    created_at: datetime = strawberry.field(description="When the campaign was created.")
    updated_at: datetime = strawberry.field(description="When the campaign was last changed.")
    uuid: strawberry.Private[UUID]
    main_id: strawberry.Private[UUID | None]
    internal: strawberry.Private[CampaignValue]

    @strawberry.field(
        description="The present version of what it promises; null for main campaigns and unfinished drafts, and to"
        " storefronts where it is made of what shoppers are not told: expressions, segments, what the company notes of"
        " its customers."
    )
    def offer(self, info: Info) -> Offer | None:
        offer = self.internal.offer
        return show_offer(offer) if offer is not None and may_see(info.context.caller, offer) else None

    # A campaign's description may hold a partner's contract terms: customers and merchants, who come here from
    # their own vouchers and redemptions, see what is promised to them and no more.

    @strawberry.field(description="Whatever the company should know; empty if nothing was said. Needs READ.")
    def description(self, info: Info) -> str:
        require(info, Permission.READ)
        return self.internal.description

    @strawberry.field(
        description="The most redemptions altogether, those of its sub-campaigns included; null means no limit."
        " Needs READ."
    )
    def max_redemptions(self, info: Info) -> int | None:
        require(info, Permission.READ)
        return self.internal.max_redemptions

    @strawberry.field(
        description="How much there may be at most of redemptions, discounts, order values and points; all of them"
        " hold. Needs READ."
    )
    def budgets(self, info: Info) -> list[Budget]:
        require(info, Permission.READ)
        return [show_budget(budget, self.uuid) for budget in self.internal.budgets]

    @strawberry.field(description="Anything else that was said about the campaign. Needs READ.")
    def metadata(self, info: Info) -> Metadata:
        require(info, Permission.READ)
        return Metadata(dict(self.internal.metadata))

    @strawberry.field(description="The main campaign that this one stands under, if there is one.")
    async def main_campaign(
        self, info: Info
    ) -> Annotated["Campaign", strawberry.lazy("graphql_schema.types.campaign")] | None:
        if self.main_id is None:
            return None
        return await info.context.loaders.campaigns.load(self.main_id)

    @strawberry.field(
        description="For whom it runs, if it was told; a sub-campaign does not take the partner of its main one. Needs"
        " READ."
    )
    async def partner(
        self, info: Info
    ) -> Annotated["Partner", strawberry.lazy("graphql_schema.types.partner")] | None:
        require(info, Permission.READ)
        partner = self.internal.partner_id
        return None if partner is None else await info.context.loaders.partners.by_id.load(partner)

    campaigns: Connection[Annotated["Campaign", strawberry.lazy("graphql_schema.types.campaign")]] = (
        linked_list(
            "The campaigns under this main one; none under a sub-campaign.",
            lambda graph: graph.campaigns_of_main,
        )
    )
    vouchers: Connection[Annotated["Voucher", strawberry.lazy("graphql_schema.types.voucher")]] = linked_list(
        "The codes of this campaign; a main campaign has none of its own.",
        lambda graph: graph.vouchers_of_campaign,
    )
    publications: Connection[
        Annotated["Publication", strawberry.lazy("graphql_schema.types.publication")]
    ] = linked_list(
        "To whom codes of this campaign were given.", lambda graph: graph.publications_of_campaign
    )
    redemptions: Connection[Annotated["Redemption", strawberry.lazy("graphql_schema.types.redemption")]] = (
        linked_list(
            "The redemptions of its codes, those of its sub-campaigns included.",
            lambda graph: graph.redemptions_of_campaign,
        )
    )
    rejected_redemptions: Connection[
        Annotated["RejectedRedemption", strawberry.lazy("graphql_schema.types.rejected_redemption")]
    ] = linked_list(
        "The refused attempts with its codes, those of its sub-campaigns included.",
        lambda graph: graph.rejected_of_campaign,
    )

    @strawberry.field(
        description="How many redemptions there are, those of its sub-campaigns included, rolled back ones not."
    )
    async def redemption_count(self, info: Info) -> int:
        require(info, Permission.READ)
        usage = await info.context.loaders.usage_of_campaign.load(self.uuid)
        return 0 if usage is None else usage.used

    @strawberry.field(
        description="How many redemptions are left, exactly; null when the campaign has no limit of its own."
    )
    async def remaining_redemptions(self, info: Info) -> int | None:
        require(info, Permission.READ)
        usage = await info.context.loaders.usage_of_campaign.load(self.uuid)
        return None if usage is None else usage.remaining


def show_campaign(campaign: CampaignValue) -> Campaign:
    """The campaign as callers see it."""
    return Campaign(
        id=shown(ids.CAMPAIGN, campaign.id),
        is_main=campaign.is_main,
        kind=campaign.kind,
        is_listed=campaign.is_listed,
        name=campaign.name,
        category=campaign.category,
        state=campaign.state,
        time_zone=campaign.time_zone,
        starts_at=campaign.starts_at,
        ends_at=campaign.ends_at,
        version=campaign.version,
        created_at=campaign.created_at,
        updated_at=campaign.updated_at,
        uuid=campaign.id,
        main_id=campaign.main_id,
        internal=campaign,
    )
