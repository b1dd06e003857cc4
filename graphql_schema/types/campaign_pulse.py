"""The pulse of a campaign as callers see it: rates, money, refusals, and how long limits and budgets will last."""

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry

from app.engine.counter import Measure
from app.engine.period import Period
from app.reports.pulse_pace import conversion, estimated_end, per_minute, success_rate
from app.reports.pulse_values import Amounts, Beat, Ceiling, Pulse, PulseWindow
from graphql_schema.authority import Info
from graphql_schema.enums import describe_enum
from graphql_schema.scalars import Cursor
from graphql_schema.types.budget import BudgetAmount
from graphql_schema.types.money import Money, money

if TYPE_CHECKING:
    from graphql_schema.types.campaign import Campaign

describe_enum(
    PulseWindow,
    "How far back a pulse looks: whole minutes or hours, and the one that is running.",
    FIVE_MINUTES="Five minutes and the one that is running; a point each minute.",
    HOUR="Sixty minutes and the one that is running; a point each minute.",
    DAY="24 hours of the project's zone and the one that is running; a point each hour.",
)


@strawberry.type(description="Money in one currency: of orders that were granted, and of what came back.")
class PulseAmounts:
    discount: Money = strawberry.field(description="What the campaign's codes took off: what was spent.")
    order_value: Money = strawberry.field(
        description="What the orders came to before any discount, without shipping: each order whole and once."
    )
    returned_discount: Money = strawberry.field(
        description="Discount that was taken back by rollbacks, whenever it had been granted."
    )
    returned_order_value: Money = strawberry.field(
        description="Order value that was taken back by rollbacks, whenever it had been granted."
    )


@strawberry.type(description="One stretch of time: a point of the line to draw.")
class PulsePoint:
    starts_at: datetime = strawberry.field(description="When the minute or the hour begins.")
    redemptions: int = strawberry.field(description="Orders that were granted.")
    rejected_redemptions: int = strawberry.field(description="Attempts that were refused.")
    amounts: list[PulseAmounts] = strawberry.field(description="Money, by currency.")


@strawberry.type(description="How often attempts were refused for one reason.")
class PulseReason:
    code: str = strawberry.field(description='The code of the reason, such as "MINIMUM_SPEND_NOT_REACHED".')
    attempts: int = strawberry.field(
        description="Attempts in which it was a reason; one attempt may have several."
    )


@strawberry.type(
    description="A limit or a budget of a whole campaign in its present period: what is left, and for how long."
)
class BurnDown:
    measure: Measure = strawberry.field(description="What it counts.")
    period: Period = strawberry.field(description="How long it lasts before it starts anew.")
    most: BudgetAmount = strawberry.field(description="The most there may be.")
    used: BudgetAmount = strawberry.field(description="What is used of it, what is held included.")
    left: BudgetAmount = strawberry.field(description="What there may still be.")
    used_in_window: BudgetAmount | None = strawberry.field(
        description="What the window's orders used, each counted once, less what came back in it; below zero if more"
        " came back. Null where no figures are kept of it: points."
    )
    per_minute: Decimal | None = strawberry.field(
        description="The same as a rate: a number each minute, of money in major units."
    )
    estimated_end: datetime | None = strawberry.field(
        description="When nothing will be left if it goes on at this rate; the instant of the pulse if nothing is left."
        " Null if it does not move, or starts anew before, or will last for ten years."
    )
    campaign_id: strawberry.Private[UUID]

    @strawberry.field(description="Whose it is: the campaign's own, or its main campaign's.")
    async def campaign(
        self, info: Info
    ) -> Annotated["Campaign", strawberry.lazy("graphql_schema.types.campaign")]:
        return await info.context.loaders.campaign(self.campaign_id)


@strawberry.type(
    description="A campaign in the last minutes, hour or day; a main campaign with all its sub-campaigns."
)
class CampaignPulse:
    cursor: Cursor = strawberry.field(
        description="The place in the event log up to which the figures are counted; feeds go on from it with `after`."
    )
    at: datetime = strawberry.field(description="When the pulse was taken: the end of the window.")
    since: datetime = strawberry.field(description="When the window begins.")
    redemptions: int = strawberry.field(description="Orders that were granted, each once.")
    redemptions_per_minute: Decimal = strawberry.field(description="The same as a rate over the window.")
    rollbacks: int = strawberry.field(description="Orders that were undone as a whole, whenever granted.")
    rejected_redemptions: int = strawberry.field(description="Attempts that were refused.")
    success_rate: Decimal | None = strawberry.field(
        description="The share of attempts that were granted, from 0 to 1; null if there were none."
    )
    validations: int = strawberry.field(
        description="How often it was asked whether a code of the campaign is good, whatever was answered. They are"
        " counted some seconds later."
    )
    conversion: Decimal | None = strawberry.field(
        description="Redemptions for each validation that said yes; null if there were none."
    )
    amounts: list[PulseAmounts] = strawberry.field(description="Money, by currency.")
    reasons: list[PulseReason] = strawberry.field(
        description="Why attempts were refused, the most frequent reason first."
    )
    points: list[PulsePoint] = strawberry.field(
        description="The window in its minutes or hours, the running one last."
    )
    burn_downs: list[BurnDown] = strawberry.field(
        description="The limits and budgets of the campaign as a whole, then those of its main campaign, as they are"
        " `at` this instant. Those for each code or each customer are not among them."
    )
    campaign_id: strawberry.Private[UUID]

    @strawberry.field(description="Whose pulse it is.")
    async def campaign(
        self, info: Info
    ) -> Annotated["Campaign", strawberry.lazy("graphql_schema.types.campaign")]:
        return await info.context.loaders.campaign(self.campaign_id)


def show_pulse(pulse: Pulse) -> CampaignPulse:
    """The pulse as callers see it."""
    whole = pulse.whole
    return CampaignPulse(
        cursor=Cursor(pulse.cursor.encode()),
        at=pulse.at,
        since=pulse.starts[0],
        redemptions=whole.redemptions,
        redemptions_per_minute=per_minute(whole.redemptions, pulse),
        rollbacks=whole.rollbacks,
        rejected_redemptions=whole.rejected,
        success_rate=success_rate(whole),
        validations=whole.validations_granted + whole.validations_rejected,
        conversion=conversion(whole),
        amounts=_show_amounts(whole),
        reasons=[PulseReason(code=code, attempts=attempts) for code, attempts in pulse.reasons],
        points=[
            PulsePoint(
                starts_at=start,
                redemptions=beat.redemptions,
                rejected_redemptions=beat.rejected,
                amounts=_show_amounts(beat),
            )
            for start, beat in zip(pulse.starts, pulse.beats, strict=True)
        ],
        burn_downs=[_show_ceiling(ceiling, pulse) for ceiling in pulse.ceilings],
        campaign_id=pulse.of.campaign,
    )


def _show_amounts(beat: Beat) -> list[PulseAmounts]:
    """Currencies in which nothing was granted and nothing came back are left out: attempts may name any."""
    return [
        PulseAmounts(
            discount=money(one.discount, currency),
            order_value=money(one.order_value, currency),
            returned_discount=money(one.returned_discount, currency),
            returned_order_value=money(one.returned_order_value, currency),
        )
        for currency, one in beat.amounts.items()
        if one != Amounts()
    ]


def _show_ceiling(ceiling: Ceiling, pulse: Pulse) -> BurnDown:
    moved = ceiling.moved
    return BurnDown(
        measure=ceiling.measure,
        period=ceiling.period,
        most=_show_amount(ceiling.most, ceiling),
        used=_show_amount(ceiling.used, ceiling),
        left=_show_amount(ceiling.left, ceiling),
        used_in_window=None if moved is None else _show_amount(moved, ceiling),
        per_minute=None if moved is None else per_minute(moved, pulse, ceiling.currency),
        estimated_end=estimated_end(ceiling, pulse),
        campaign_id=ceiling.campaign,
    )


def _show_amount(amount: int, ceiling: Ceiling) -> BudgetAmount:
    if ceiling.currency is None:
        return BudgetAmount(count=amount)
    return BudgetAmount(money=money(amount, ceiling.currency))
