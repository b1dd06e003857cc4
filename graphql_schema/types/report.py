"""A report as callers see it: figures by group and by interval, money in the group's currency."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry

from app.reports.periods import Comparison, Interval, Period
from app.reports.question import MOST_POINTS_OF_ALL, GroupBy, Top
from app.reports.report import Group, Stretch
from app.reports.report import Report as ReportValue
from app.reports.values import Measure
from graphql_schema.authority import Info
from graphql_schema.enums import describe_enum
from graphql_schema.scalars import Currency, Cursor
from graphql_schema.types.report_figures import ReportFigures

if TYPE_CHECKING:
    from graphql_schema.types.campaign import Campaign
    from graphql_schema.types.partner import Partner

describe_enum(
    Interval,
    "The stretches of time into which a report cuts its period, by the clock of the project's zone.",
    name="ReportInterval",
    MINUTE="Minutes.",
    HOUR="Hours of the clock; one that the clock goes through twice is two.",
    DAY="Days from midnight to midnight, of 23 or 25 hours where the clock is set.",
    WEEK="Weeks from Monday on.",
    MONTH="Months of the calendar.",
)
describe_enum(
    Comparison,
    "With which earlier period a report compares: as many intervals, the first beside the first.",
    name="ReportComparison",
    PREVIOUS_PERIOD="The intervals right before.",
    PREVIOUS_YEAR="The same days of the year before; of weeks those 52 weeks before.",
)
describe_enum(
    GroupBy,
    "By what a report is divided; by currency it always is, for currencies are never added up.",
    name="ReportGroupBy",
    NONE="Not at all.",
    CAMPAIGN="By campaign.",
    MAIN_CAMPAIGN="By main campaign with all its sub-campaigns; a campaign without a main one is its own.",
    PARTNER="By the partner for whom the code's campaign ran then.",
    CATEGORY="By what the code's campaign was filed under then.",
    REWARD="By the kind of reward of the code's offer then.",
    CHANNEL="By channel.",
    REDEMPTION_POINT="By redemption point.",
    REASON="By why attempts were refused: only attempts and what was at stake.",
)
describe_enum(
    Top,
    "Which groups of each currency come first: those with most of it in the whole period.",
    name="ReportSort",
    ORDER_VALUE="Order value, less what came back.",
    DISCOUNT="Discount, less what came back.",
    REDEMPTIONS="Redemptions.",
    REJECTED="Rejected redemptions.",
    COMMISSION="Commission.",
)


@strawberry.type(description="One interval of a report: a point of the line to draw.")
class ReportPoint:
    starts_at: datetime = strawberry.field(description="When the interval begins.")
    ends_at: datetime = strawberry.field(description="When the next one begins.")
    figures: ReportFigures = strawberry.field(description="What was counted in it.")
    compared: ReportFigures | None = strawberry.field(
        description="The interval in the same place of the earlier period, if there is one."
    )


@strawberry.type(description="A period of whole intervals.")
class ReportPeriod:
    starts_at: datetime = strawberry.field(description="When the first interval begins.")
    ends_at: datetime = strawberry.field(description="When the last one has ended.")


@strawberry.type(description="One part of a report, in one currency.")
class ReportGroup:
    currency: Currency = strawberry.field(description="The currency of all its money.")
    total: ReportFigures = strawberry.field(description="The whole period.")
    compared_total: ReportFigures | None = strawberry.field(
        description="The whole earlier period, if there is one."
    )
    group: strawberry.Private[Group]
    by: strawberry.Private[GroupBy]
    kept: strawberry.Private[frozenset[Measure]]
    period: strawberry.Private[Period]

    @strawberry.field(
        description="The category, kind of reward, channel, redemption point or code of the reason; null for campaigns,"
        " partners, orders without a redemption point, validations of channels beyond those that are told apart, and"
        " where a report is not divided."
    )
    def value(self) -> str | None:
        is_an_id = self._is_of(GroupBy.CAMPAIGN, GroupBy.MAIN_CAMPAIGN, GroupBy.PARTNER)
        return None if is_an_id else self.group.name or None

    @strawberry.field(description="The campaign; null where the report is not divided by campaigns.")
    async def campaign(
        self, info: Info
    ) -> Annotated["Campaign", strawberry.lazy("graphql_schema.types.campaign")] | None:
        if not self._is_of(GroupBy.CAMPAIGN, GroupBy.MAIN_CAMPAIGN):
            return None
        return await info.context.loaders.campaigns.load(UUID(self.group.name))

    @strawberry.field(description="The partner; null where the report is not divided by partners.")
    async def partner(
        self, info: Info
    ) -> Annotated["Partner", strawberry.lazy("graphql_schema.types.partner")] | None:
        if not self._is_of(GroupBy.PARTNER):
            return None
        return await info.context.loaders.partners.by_id.load(UUID(self.group.name))

    @strawberry.field(
        description="Every interval of the period, in order, also those in which nothing happened."
    )
    def series(self) -> list[ReportPoint]:
        present, earlier = self.group.present.intervals, self.group.earlier
        before: Sequence[Stretch | None] = [None] * len(present) if earlier is None else earlier.intervals
        bounds = self.period.bounds
        return [
            ReportPoint(
                starts_at=start, ends_at=end, figures=self._figures(now), compared=self._compared(then)
            )
            for start, end, now, then in zip(bounds[:-1], bounds[1:], present, before, strict=True)
        ]

    def _is_of(self, *divisions: GroupBy) -> bool:
        return self.by in divisions

    def _figures(self, stretch: Stretch) -> ReportFigures:
        return ReportFigures(stretch=stretch, unit=self.group.currency, kept=self.kept)

    def _compared(self, stretch: Stretch | None) -> ReportFigures | None:
        return None if stretch is None else self._figures(stretch)


@strawberry.type(
    description="Figures in a period, by interval and by group. They are exactly those of the event log up to `cursor`:"
    " what is redeemed shows here a moment later."
)
class Report:
    cursor: Cursor = strawberry.field(
        description="The place in the event log up to which everything is counted; feeds go on from it."
    )
    time_zone: str = strawberry.field(description="The project's time zone, by which intervals are cut.")
    period: ReportPeriod = strawberry.field(description="The period in whole intervals.")
    compared_period: ReportPeriod | None = strawberry.field(
        description="The earlier period, if there is one."
    )
    groups: list[ReportGroup] = strawberry.field(
        description="The groups of each currency, those with most first; none where nothing happened."
    )
    more_currencies: list[Currency] = strawberry.field(
        description="Currencies for whose groups there was no room, in alphabetical order; ask for each by `filter`."
        " None is missing as long as groups times intervals times currencies are at most"
        f" {MOST_POINTS_OF_ALL:,}; the project's own is always there if anything happened in it."
    )


def show_report(answer: ReportValue, by: GroupBy, kept: frozenset[Measure], time_zone: str) -> Report:
    """The report as callers see it."""
    return Report(
        cursor=Cursor(answer.cursor.encode()),
        time_zone=time_zone,
        period=_period(answer.period),
        compared_period=None if answer.earlier is None else _period(answer.earlier),
        groups=[_group(group, by, kept, answer.period) for group in answer.groups],
        more_currencies=[Currency(currency) for currency in answer.left_out],
    )


def _period(period: Period) -> ReportPeriod:
    return ReportPeriod(starts_at=period.bounds[0], ends_at=period.bounds[-1])


def _group(group: Group, by: GroupBy, kept: frozenset[Measure], period: Period) -> ReportGroup:
    def shown(stretch: Stretch) -> ReportFigures:
        return ReportFigures(stretch=stretch, unit=group.currency, kept=kept)

    return ReportGroup(
        currency=Currency(group.currency),
        total=shown(group.present.total),
        compared_total=None if group.earlier is None else shown(group.earlier.total),
        group=group,
        by=by,
        kept=kept,
        period=period,
    )
