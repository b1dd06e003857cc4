"""updateCampaign: new values for some fields of a campaign."""

from datetime import datetime
from typing import Annotated

import strawberry

from app.campaigns.draft import update_campaign
from app.campaigns.values import CampaignChanges
from app.problem import Problems
from app.projects.admit import Permission
from app.unset import UNSET
from graphql_schema.authority import Info, require
from graphql_schema.refusals import UserError, user_errors
from graphql_schema.scalars import Metadata
from graphql_schema.types.budget import BudgetInput, read_budgets
from graphql_schema.types.campaign import Campaign, show_campaign
from graphql_schema.types.campaign_ref import CampaignRef, campaign_id, read_partner
from graphql_schema.types.offer import OfferInput, read_offer


@strawberry.input(
    description="New values for some fields of a campaign. What is left out stays as it is; null empties it."
)
class UpdateCampaignInput:
    campaign: CampaignRef = strawberry.field(description="Which campaign.")
    expected_version: int | None = strawberry.field(
        default=None,
        description="The `version` you have seen; if it is no longer the present one, nothing is changed.",
    )
    name: strawberry.Maybe[str] = strawberry.field(description="What people call the campaign.")
    description: strawberry.Maybe[str] = strawberry.field(description="Whatever people should know.")
    category: strawberry.Maybe[str | None] = strawberry.field(
        description="What the campaign is filed under; null for nothing."
    )
    partner: strawberry.Maybe[strawberry.ID | None] = strawberry.field(
        description="For whom it runs from now on; null for nobody. What was redeemed before stays with whom it was."
    )
    time_zone: strawberry.Maybe[str] = strawberry.field(
        description="The IANA time zone on whose clock its rules are judged."
    )
    starts_at: strawberry.Maybe[datetime | None] = strawberry.field(
        description="The first instant at which codes are redeemed; null for as soon as it is live."
    )
    ends_at: strawberry.Maybe[datetime | None] = strawberry.field(
        description="The instant from which codes are no longer redeemed; null for until it is ended."
    )
    max_redemptions: strawberry.Maybe[int | None] = strawberry.field(
        description="The most redemptions altogether, not less than there are already; null for no limit."
    )
    budgets: strawberry.Maybe[list[BudgetInput]] = strawberry.field(
        description="How much there may be of discounts, order values, points and redemptions: all budgets anew, none"
        " of the whole campaign below what is used already."
    )
    offer: strawberry.Maybe[OfferInput] = strawberry.field(
        description="What it promises, as a whole; becomes the next version of the offer."
    )
    is_listed: strawberry.Maybe[bool] = strawberry.field(
        description="Whether `offers` tells every shopper of its generic code, while it is live; of a cart promotion"
        " it always does."
    )
    metadata: strawberry.Maybe[Metadata] = strawberry.field(
        description="Anything else about the campaign; replaces what was there."
    )


@strawberry.type(description="The campaign as it is now.")
class UpdateCampaignPayload:
    campaign: Campaign | None = strawberry.field(description="The campaign; null when it was not changed.")
    user_errors: list[UserError] = strawberry.field(description="Why nothing was changed.")


@strawberry.type
class UpdateCampaignMutation:
    @strawberry.mutation(
        description="Change a campaign. A changed offer becomes its next version; redemptions keep the version they"
        " were granted. Needs MANAGE."
    )
    async def update_campaign(
        self,
        info: Info,
        input: Annotated[UpdateCampaignInput, strawberry.argument(description="What to change.")],
    ) -> UpdateCampaignPayload:
        caller = require(info, Permission.MANAGE)
        campaign = await campaign_id(caller.project, input.campaign, ("campaign",))
        if isinstance(campaign, Problems):
            return _refused(campaign)
        changes = _read(input)
        if isinstance(changes, Problems):
            return _refused(changes)
        updated = await update_campaign(
            caller.project, campaign, changes, input.expected_version, caller.key, info.context.now()
        )
        if isinstance(updated, Problems):
            return _refused(updated)
        return UpdateCampaignPayload(campaign=show_campaign(updated), user_errors=[])


def _read(given: UpdateCampaignInput) -> CampaignChanges | Problems:
    offer = read_offer(given.offer.value) if given.offer else UNSET
    budgets = read_budgets(given.budgets.value) if given.budgets else UNSET
    partner = read_partner(given.partner.value) if given.partner else UNSET
    if isinstance(offer, Problems) or isinstance(budgets, Problems) or isinstance(partner, Problems):
        parts = (partner, offer, budgets)
        return Problems(tuple(fault for part in parts if isinstance(part, Problems) for fault in part.all))
    return CampaignChanges(
        name=given.name.value if given.name else UNSET,
        description=given.description.value if given.description else UNSET,
        category=given.category.value if given.category else UNSET,
        time_zone=given.time_zone.value if given.time_zone else UNSET,
        starts_at=given.starts_at.value if given.starts_at else UNSET,
        ends_at=given.ends_at.value if given.ends_at else UNSET,
        max_redemptions=given.max_redemptions.value if given.max_redemptions else UNSET,
        offer=offer,
        metadata=given.metadata.value if given.metadata else UNSET,
        budgets=budgets,
        is_listed=given.is_listed.value if given.is_listed else UNSET,
        partner_id=partner,
    )


def _refused(problems: Problems) -> UpdateCampaignPayload:
    return UpdateCampaignPayload(
        campaign=None, user_errors=user_errors(problems, id="campaign", partner_id="partner")
    )
