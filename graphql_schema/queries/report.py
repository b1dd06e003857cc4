"""report: figures of what was redeemed and refused, in a period, by interval and by group."""

from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import strawberry

from app import ids
from app.projects.admit import Caller, Permission
from app.reports.periods import Comparison, Interval
from app.reports.question import MOST_GROUPS, MOST_POINTS, GroupBy, Only, Question, ReportError, Top
from app.reports.report import report
from graphql_schema.authority import Info, require
from graphql_schema.errors import Refusal
from graphql_schema.filters import only_campaign
from graphql_schema.scalars import Currency
from graphql_schema.types.campaign_ref import CampaignRef
from graphql_schema.types.node import needed_id
from graphql_schema.types.report import Report, show_report
from graphql_schema.types.report_figures import kept_by


@strawberry.input(
    description="The period of a report; it covers all intervals that any part of this lies in."
)
class ReportPeriodInput:
    from_: datetime = strawberry.field(name="from", description="From this instant on.")
    to: datetime = strawberry.field(description="Up to this instant, which is not in it any more.")


@strawberry.input(
    description="What a report counts; all given conditions must hold. Of campaign, partner, category and reward one at"
    " a time: figures are not kept by several of them together."
)
class ReportFilter:
    campaign: CampaignRef | None = strawberry.field(
        default=None, description="Only codes of this campaign; of a main campaign, of all its sub-campaigns."
    )
    partner: strawberry.ID | None = strawberry.field(
        default=None, description="Only codes of campaigns that ran for this partner then."
    )
    category: str | None = strawberry.field(
        default=None, description="Only codes of campaigns that were filed under this then."
    )
    reward: str | None = strawberry.field(
        default=None,
        description='Only codes whose offer had this kind of reward then, such as "percent_off".',
    )
    channel: str | None = strawberry.field(default=None, description="Only this channel.")
    redemption_point: str | None = strawberry.field(default=None, description="Only this redemption point.")
    currency: Currency | None = strawberry.field(default=None, description="Only this currency.")


@strawberry.type
class ReportQueries:
    @strawberry.field(
        description="Figures of what was redeemed, refused and validated, kept up from the event log and exactly as the"
        " ledger adds up. The best campaigns, with success rate and return on discount: divide by CAMPAIGN. What"
        " partners are owed: divide by PARTNER. Combinations that the figures cannot answer are BAD_USER_INPUT with"
        " what they can. Needs READ."
    )
    async def report(
        self,
        info: Info,
        range: Annotated[ReportPeriodInput, strawberry.argument(description="The period.")],
        interval: Annotated[
            Interval, strawberry.argument(description="The stretches of time it is cut into.")
        ] = Interval.DAY,
        group_by: Annotated[
            GroupBy, strawberry.argument(description="By what it is divided.")
        ] = GroupBy.NONE,
        filter: Annotated[ReportFilter | None, strawberry.argument(description="What is counted.")] = None,
        compare_with: Annotated[
            Comparison | None, strawberry.argument(description="An earlier period to set beside it.")
        ] = None,
        sort: Annotated[Top, strawberry.argument(description="Which groups come first.")] = Top.ORDER_VALUE,
        most: Annotated[
            int,
            strawberry.argument(
                description=f"Most groups of each currency, up to {MOST_GROUPS}; groups times intervals are at most"
                f" {MOST_POINTS:,}."
            ),
        ] = 10,
        count_customers: Annotated[
            bool, strawberry.argument(description="Count unique customers as well, which takes longer.")
        ] = False,
    ) -> Report:
        caller = require(info, Permission.READ)
        question = Question(
            caller.project,
            ZoneInfo(caller.time_zone),
            range.from_,
            range.to,
            interval,
            group_by,
            await _only(filter or ReportFilter(), caller),
            compare_with,
            most,
            sort,
            count_customers,
        )
        try:
            answer = await report(question)
        except ReportError as fault:
            raise Refusal("BAD_USER_INPUT", str(fault)) from None
        only = question.only
        is_about_partners = only.campaign is None and only.category is None and only.reward is None
        return show_report(answer, group_by, kept_by(group_by, is_about_partners), caller.time_zone)


async def _only(given: ReportFilter, caller: Caller) -> Only:
    return Only(
        campaign=await only_campaign(given.campaign, caller),
        partner=needed_id(ids.PARTNER, given.partner),
        category=given.category,
        reward=given.reward,
        channel=given.channel,
        redemption_point=given.redemption_point,
        currency=given.currency,
    )
