"""recoverableDemand: refused attempts by what turned them away, with what would have let them pass."""

from datetime import datetime, timedelta
from typing import Annotated

import strawberry

from app import ids
from app.demand.find import LONGEST, MOST_ATTEMPTS, MOST_GROUPS, recoverable_demand
from app.demand.values import DemandQuestion
from app.problem import Problems
from app.projects.admit import Permission
from graphql_schema.authority import Info, require
from graphql_schema.errors import Refusal
from graphql_schema.filters import only_campaign
from graphql_schema.refusals import shown_path
from graphql_schema.types.campaign_ref import CampaignRef
from graphql_schema.types.demand import RecoverableDemand, show_demand
from graphql_schema.types.node import needed_id

USUAL = timedelta(days=30)


@strawberry.input(description=f"A stretch of time of {LONGEST.days} days at most.")
class DemandRangeInput:
    from_: datetime = strawberry.field(name="from", description="Its first instant.")
    to: datetime = strawberry.field(description="The instant from which it is over.")


@strawberry.input(description="Which refused attempts to look at; all given conditions must hold.")
class DemandFilter:
    campaign: CampaignRef | None = strawberry.field(
        default=None,
        description="Only codes of this campaign; for a main campaign, of all its sub-campaigns.",
    )
    partner: strawberry.ID | None = strawberry.field(
        default=None, description="Only codes of campaigns that ran for this partner then."
    )
    channel: str | None = strawberry.field(default=None, description="Only this channel.")
    redemption_point: str | None = strawberry.field(default=None, description="Only this redemption point.")


@strawberry.type
class RecoverableDemandQueries:
    @strawberry.field(
        description="Refused attempts by what turned them away, those worth most first, with the mutations that would"
        f" let such attempts pass. The latest {MOST_ATTEMPTS} attempts of the range are looked at. Needs READ."
    )
    async def recoverable_demand(
        self,
        info: Info,
        range: Annotated[
            DemandRangeInput | None,
            strawberry.argument(
                description=f"When they were made; the last {USUAL.days} days if it is left out."
            ),
        ] = None,
        filter: Annotated[DemandFilter | None, strawberry.argument(description="Which ones.")] = None,
        most: Annotated[int, strawberry.argument(description=f"The most groups; 1 to {MOST_GROUPS}.")] = 20,
    ) -> RecoverableDemand:
        caller = require(info, Permission.READ)
        only, now = filter or DemandFilter(), info.context.now()
        question = DemandQuestion(
            from_=now - USUAL if range is None else range.from_,
            to=now if range is None else range.to,
            currency=caller.currency,
            campaign=await only_campaign(only.campaign, caller),
            partner=needed_id(ids.PARTNER, only.partner),
            channel=only.channel,
            redemption_point=only.redemption_point,
            first=most,
        )
        found = await recoverable_demand(caller.project, question, now)
        if isinstance(found, Problems):
            fault = found.all[0]
            raise Refusal("BAD_USER_INPUT", f"{'.'.join(shown_path(fault.path))}: {fault.message}")
        return show_demand(found, question)
