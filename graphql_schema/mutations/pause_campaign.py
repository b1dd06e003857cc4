"""pauseCampaign: stop a whole campaign for a while, effective at once."""

from typing import Annotated

import strawberry

from app.campaigns.launch import pause
from app.problem import Problems
from app.projects.admit import Permission
from graphql_schema.authority import Info, require
from graphql_schema.refusals import UserError, user_errors
from graphql_schema.types.campaign import Campaign, show_campaign
from graphql_schema.types.campaign_ref import CampaignRef, campaign_id


@strawberry.input(description="A campaign to be paused.")
class PauseCampaignInput:
    campaign: CampaignRef = strawberry.field(description="Which campaign.")


@strawberry.type(description="The campaign that was paused.")
class PauseCampaignPayload:
    campaign: Campaign | None = strawberry.field(description="The campaign; null when it was not paused.")
    user_errors: list[UserError] = strawberry.field(description="Why it was not paused.")


@strawberry.type
class PauseCampaignMutation:
    @strawberry.mutation(
        description="Stop a live campaign for a while: its codes are refused from the next request on. Needs MANAGE."
    )
    async def pause_campaign(
        self,
        info: Info,
        input: Annotated[PauseCampaignInput, strawberry.argument(description="Which campaign.")],
    ) -> PauseCampaignPayload:
        caller = require(info, Permission.MANAGE)
        campaign = await campaign_id(caller.project, input.campaign, ("campaign",))
        if isinstance(campaign, Problems):
            return _refused(campaign)
        paused = await pause(caller.project, campaign, info.context.now())
        if isinstance(paused, Problems):
            return _refused(paused)
        return PauseCampaignPayload(campaign=show_campaign(paused), user_errors=[])


def _refused(problems: Problems) -> PauseCampaignPayload:
    return PauseCampaignPayload(campaign=None, user_errors=user_errors(problems, id="campaign"))
