"""launchCampaign: make a draft live, or a paused campaign live again."""

from typing import Annotated

import strawberry

from app.campaigns.launch import launch
from app.problem import Problems
from app.projects.admit import Permission
from graphql_schema.authority import Info, require
from graphql_schema.refusals import UserError, user_errors
from graphql_schema.types.campaign import Campaign, show_campaign
from graphql_schema.types.campaign_ref import CampaignRef, campaign_id


@strawberry.input(description="A campaign to be launched.")
class LaunchCampaignInput:
    campaign: CampaignRef = strawberry.field(description="Which campaign.")


@strawberry.type(description="The campaign that was launched.")
class LaunchCampaignPayload:
    campaign: Campaign | None = strawberry.field(description="The campaign; null when it was not launched.")
    user_errors: list[UserError] = strawberry.field(description="Why it was not launched.")


@strawberry.type
class LaunchCampaignMutation:
    @strawberry.mutation(description="Make a draft live, or a paused campaign live again. Needs MANAGE.")
    async def launch_campaign(
        self,
        info: Info,
        input: Annotated[LaunchCampaignInput, strawberry.argument(description="Which campaign.")],
    ) -> LaunchCampaignPayload:
        caller = require(info, Permission.MANAGE)
        campaign = await campaign_id(caller.project, input.campaign, ("campaign",))
        if isinstance(campaign, Problems):
            return _refused(campaign)
        launched = await launch(caller.project, campaign, info.context.now())
        if isinstance(launched, Problems):
            return _refused(launched)
        return LaunchCampaignPayload(campaign=show_campaign(launched), user_errors=[])


def _refused(problems: Problems) -> LaunchCampaignPayload:
    return LaunchCampaignPayload(campaign=None, user_errors=user_errors(problems, id="campaign"))
