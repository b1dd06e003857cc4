"""endCampaign: end a campaign for good, effective at once."""

from typing import Annotated

import strawberry

from app.campaigns.launch import end
from app.problem import Problems
from app.projects.admit import Permission
from graphql_schema.authority import Info, require
from graphql_schema.refusals import UserError, user_errors
from graphql_schema.types.campaign import Campaign, show_campaign
from graphql_schema.types.campaign_ref import CampaignRef, campaign_id


@strawberry.input(description="A campaign to be ended.")
class EndCampaignInput:
    campaign: CampaignRef = strawberry.field(description="Which campaign.")


@strawberry.type(description="The campaign that was ended.")
class EndCampaignPayload:
    campaign: Campaign | None = strawberry.field(description="The campaign; null when it was not ended.")
    user_errors: list[UserError] = strawberry.field(description="Why it was not ended.")


@strawberry.type
class EndCampaignMutation:
    @strawberry.mutation(
        description="End a campaign for good: its codes are refused from the next request on. Needs MANAGE."
    )
    async def end_campaign(
        self,
        info: Info,
        input: Annotated[EndCampaignInput, strawberry.argument(description="Which campaign.")],
    ) -> EndCampaignPayload:
        caller = require(info, Permission.MANAGE)
        campaign = await campaign_id(caller.project, input.campaign, ("campaign",))
        if isinstance(campaign, Problems):
            return _refused(campaign)
        ended = await end(caller.project, campaign, info.context.now())
        if isinstance(ended, Problems):
            return _refused(ended)
        return EndCampaignPayload(campaign=show_campaign(ended), user_errors=[])


def _refused(problems: Problems) -> EndCampaignPayload:
    return EndCampaignPayload(campaign=None, user_errors=user_errors(problems, id="campaign"))
