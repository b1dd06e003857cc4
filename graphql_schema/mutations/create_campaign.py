"""createCampaign: a new campaign, as a draft."""

from datetime import datetime
from typing import Annotated

import strawberry

from app.campaigns.draft import create_campaign
from app.campaigns.values import CampaignDraft, CampaignKind
from app.engine.budget import MOST_BUDGETS
from app.problem import Problems
from app.projects.admit import Caller, Permission
from graphql_schema.authority import Info, require
from graphql_schema.refusals import UserError, user_errors
from graphql_schema.scalars import Metadata
from graphql_schema.types.budget import BudgetInput, read_budgets
from graphql_schema.types.campaign import Campaign, show_campaign
from graphql_schema.types.campaign_ref import CampaignRef, campaign_id, read_partner
from graphql_schema.types.offer import OfferInput, read_offer


@strawberry.input(description="A campaign to be created.")
class CreateCampaignInput:
    name: str = strawberry.field(description="What people call the campaign; unique in the project.")
    is_main: bool = strawberry.field(
        default=False,
        description="Whether this is a main campaign: it holds others and has no offer of its own.",
    )
    kind: CampaignKind = strawberry.field(
        default=CampaignKind.COUPONS,
        description="How its offer comes to the cart; it cannot be changed later. A cart promotion has no codes.",
    )
    main_campaign: CampaignRef | None = strawberry.field(
        default=None, description="The main campaign that this one stands under, if there is one."
    )
    description: str = strawberry.field(default="", description="Whatever people should know.")
    category: str | None = strawberry.field(default=None, description="What the campaign is filed under.")
    partner: strawberry.ID | None = strawberry.field(
        default=None, description="For whom it runs: a partner of the project."
    )
    time_zone: str | None = strawberry.field(
        default=None,
        description="The IANA time zone on whose clock its rules are judged; else the project's.",
    )
    starts_at: datetime | None = strawberry.field(
        default=None, description="The first instant at which codes are redeemed."
    )
    ends_at: datetime | None = strawberry.field(
        default=None, description="The instant from which codes are no longer redeemed."
    )
    max_redemptions: int | None = strawberry.field(
        default=None, description="The most redemptions altogether, those of its sub-campaigns included."
    )
    budgets: list[BudgetInput] = strawberry.field(
        default_factory=list,
        description="How much there may be of discounts, order values, points and redemptions, for ever or in each day,"
        " week, month or year;"
        f" {MOST_BUDGETS} at most.",
    )
    offer: OfferInput | None = strawberry.field(
        default=None, description="What it promises; a sub-campaign needs it before it is launched."
    )
    is_listed: bool = strawberry.field(
        default=False,
        description="Whether `offers` tells every shopper of its generic code, while it is live; of a cart promotion"
        " it always does.",
    )
    metadata: Metadata | None = strawberry.field(
        default=None, description="Anything else about the campaign."
    )


@strawberry.type(description="The campaign that was created.")
class CreateCampaignPayload:
    campaign: Campaign | None = strawberry.field(description="The campaign; null when it was not created.")
    user_errors: list[UserError] = strawberry.field(description="What is wrong with the input.")


@strawberry.type
class CreateCampaignMutation:
    @strawberry.mutation(
        description="Create a campaign as a draft; launchCampaign makes it live. Needs MANAGE."
    )
    async def create_campaign(
        self,
        info: Info,
        input: Annotated[CreateCampaignInput, strawberry.argument(description="The campaign.")],
    ) -> CreateCampaignPayload:
        caller = require(info, Permission.MANAGE)
        draft = await _read(input, caller)
        if isinstance(draft, Problems):
            return _refused(draft)
        created = await create_campaign(caller.project, draft, caller.key, info.context.now())
        if isinstance(created, Problems):
            return _refused(created)
        return CreateCampaignPayload(campaign=show_campaign(created), user_errors=[])


async def _read(given: CreateCampaignInput, caller: Caller) -> CampaignDraft | Problems:
    main, offer = given.main_campaign, given.offer
    main_id = None if main is None else await campaign_id(caller.project, main, ("main_campaign",))
    partner = read_partner(given.partner)
    promise = None if offer is None else read_offer(offer)
    budgets = read_budgets(given.budgets)
    parts = (main_id, partner, promise, budgets)
    if (
        isinstance(main_id, Problems)
        or isinstance(partner, Problems)
        or isinstance(promise, Problems)
        or isinstance(budgets, Problems)
    ):
        return Problems(tuple(fault for part in parts if isinstance(part, Problems) for fault in part.all))
    return CampaignDraft(
        name=given.name,
        is_main=given.is_main,
        kind=given.kind,
        is_listed=given.is_listed,
        main_id=main_id,
        description=given.description,
        category=given.category,
        partner_id=partner,
        time_zone=given.time_zone,
        starts_at=given.starts_at,
        ends_at=given.ends_at,
        max_redemptions=given.max_redemptions,
        offer=promise,
        metadata=given.metadata or {},
        budgets=budgets,
    )


def _refused(problems: Problems) -> CreateCampaignPayload:
    return CreateCampaignPayload(
        campaign=None, user_errors=user_errors(problems, main_id="main_campaign", partner_id="partner")
    )
