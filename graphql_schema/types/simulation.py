"""A simulation: what a draft or an edit would have done to what really came to the till."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry

from app.engine.counter import Measure
from app.engine.period import Period
from app.engine.simulated import MOST_EXAMPLES, MOST_OVERLAPS, Newcomer, Sums
from app.engine.simulated_limits import LimitRun
from app.simulation.simulate import Report
from graphql_schema.authority import Info
from graphql_schema.types.budget import BudgetAmount
from graphql_schema.types.money import Money, money

if TYPE_CHECKING:
    from graphql_schema.types.campaign import Campaign
    from graphql_schema.types.customer import Customer
    from graphql_schema.types.rejected_redemption import RejectedRedemption


@strawberry.type(description="Amounts in one currency, less what came back within the period.")
class SimulatedAmounts:
    granted: int = strawberry.field(description="How many attempts would be granted.")
    discount: Money = strawberry.field(description="What the campaign would cost.")
    discount_then: Money = strawberry.field(description="What it really cost; nothing for a draft.")
    order_value: Money = strawberry.field(description="The goods of the carts that it would be used on.")
    order_value_then: Money = strawberry.field(description="The goods of those it was really used on.")
    average_discount: Money = strawberry.field(
        description="The discount of an attempt when it is granted, rounded down."
    )
    overlapping_discount: Money = strawberry.field(
        description="What of the discount, when it is granted, goes to carts with a discount of another campaign."
    )


@strawberry.type(
    description="How one limit or budget of a whole campaign would have run, over all the periods it counts in."
)
class SimulatedLimit:
    of_main_campaign: bool = strawberry.field(description="Whether it is the main campaign's.")
    measure: Measure = strawberry.field(description="What it counts.")
    period: Period = strawberry.field(description="How long it lasts before it starts anew.")
    most: BudgetAmount = strawberry.field(description="The most there may be.")
    used: BudgetAmount = strawberry.field(description="How much would be used in its fullest period.")
    percent_used: int = strawberry.field(description="The same in percent of the most, rounded down.")
    periods: int = strawberry.field(description="In how many periods something was counted.")
    periods_run_out: int = strawberry.field(
        description="In how many of them nothing would be left, or somebody would be refused for it."
    )
    runs_out_at: datetime | None = strawberry.field(
        description="When that would happen first; null when it would not."
    )


@strawberry.type(description="An attempt that got nothing then, and would.")
class SimulatedNewcomer:
    at: datetime = strawberry.field(description="When it was made.")
    discount: Money = strawberry.field(description="What would be taken off.")
    attempt_id: strawberry.Private[UUID]
    customer_id: strawberry.Private[UUID | None]

    @strawberry.field(description="The customer, if one was named.")
    async def customer(
        self, info: Info
    ) -> Annotated["Customer", strawberry.lazy("graphql_schema.types.customer")] | None:
        return (
            None if self.customer_id is None else await info.context.loaders.customers.load(self.customer_id)
        )

    @strawberry.field(description="The attempt, if it was refused; null where another code of it was used.")
    async def rejected_redemption(
        self, info: Info
    ) -> Annotated["RejectedRedemption", strawberry.lazy("graphql_schema.types.rejected_redemption")] | None:
        return await info.context.loaders.rejected_redemptions.load(self.attempt_id)


@strawberry.type(description="How many attempts would be refused for a reason.")
class SimulatedRefusal:
    code: str = strawberry.field(description="The code of the reason.")
    attempts: int = strawberry.field(description="How many attempts would have it; one may have several.")


@strawberry.type(description="Attempts that would have a discount of another campaign, too.")
class SimulatedOverlap:
    attempts: int = strawberry.field(description="How many.")
    campaign_id: strawberry.Private[UUID]

    @strawberry.field(description="The other campaign.")
    async def campaign(
        self, info: Info
    ) -> Annotated["Campaign", strawberry.lazy("graphql_schema.types.campaign")] | None:
        return await info.context.loaders.campaigns.load(self.campaign_id)


@strawberry.type(
    description="What a draft or an edit would have done to what really came to the till. Nothing was changed."
)
class Simulation:
    stored: int = strawberry.field(
        description="The attempts of the period that it is about: for a draft all, for an edit those with codes of the"
        " campaign, and of others under a main campaign that limits it."
    )
    sampled: int = strawberry.field(description="How many of them were looked at.")
    reached: datetime | None = strawberry.field(
        description="Up to where, if the time for it ran out; null when everything was looked at."
    )
    attempts: int = strawberry.field(description="How many of the sample would have used the campaign.")
    qualifying: int = strawberry.field(
        description="How many would be granted if no limit or budget were used up."
    )
    granted: int = strawberry.field(description="How many would be granted.")
    granted_then: int = strawberry.field(description="How many really were; none for a draft.")
    undone: int = strawberry.field(
        description="How many of those granted came back as a whole in the period, or were holds that nobody confirmed."
    )
    newly_granted: int = strawberry.field(description="How many got nothing then, and would.")
    newly_refused: int = strawberry.field(
        description="How many got the campaign then, and would not; none for a draft."
    )
    new_customers: int = strawberry.field(description="How many customers made the newly granted attempts.")
    newcomers: list[SimulatedNewcomer] = strawberry.field(
        description=f"The first {MOST_EXAMPLES} newly granted attempts."
    )
    refusals: list[SimulatedRefusal] = strawberry.field(description="Why attempts would be refused.")
    amounts: list[SimulatedAmounts] = strawberry.field(
        description="What it would cost and touch, by currency."
    )
    limits: list[SimulatedLimit] = strawberry.field(
        description="How the limits and budgets of the campaign, and of its main one, would have run down."
    )
    overlapping: int = strawberry.field(
        description="How many of those granted would have a discount of another campaign, too."
    )
    overlaps: list[SimulatedOverlap] = strawberry.field(
        description=f"Of which campaigns; the {MOST_OVERLAPS} most frequent."
    )
    assumptions: list[str] = strawberry.field(description="What was taken for granted, in sentences.")


def show_simulation(report: Report) -> Simulation:
    """The figures as callers see them."""
    found = report.simulated
    return Simulation(
        stored=report.stored,
        sampled=report.sampled,
        reached=report.reached,
        attempts=found.attempts,
        qualifying=found.qualifying,
        granted=found.granted,
        granted_then=found.granted_then,
        undone=found.undone,
        newly_granted=found.newly_granted,
        newly_refused=found.newly_refused,
        new_customers=found.new_customers,
        newcomers=[_show_newcomer(one) for one in found.newcomers],
        refusals=[SimulatedRefusal(code=code, attempts=attempts) for code, attempts in found.refusals],
        amounts=[_show_sums(sums) for sums in found.sums],
        limits=[_show_limit(limit) for limit in found.limits],
        overlapping=found.overlapping,
        overlaps=[
            SimulatedOverlap(attempts=one.attempts, campaign_id=one.campaign) for one in found.overlaps
        ],
        assumptions=list(report.assumptions),
    )


def _show_newcomer(one: Newcomer) -> SimulatedNewcomer:
    return SimulatedNewcomer(
        at=one.at,
        discount=money(one.discount, one.currency),
        attempt_id=one.attempt,
        customer_id=one.customer,
    )


def _show_sums(sums: Sums) -> SimulatedAmounts:
    currency = sums.currency
    return SimulatedAmounts(
        granted=sums.granted,
        discount=money(sums.discount, currency),
        discount_then=money(sums.discount_then, currency),
        order_value=money(sums.order_value, currency),
        order_value_then=money(sums.order_value_then, currency),
        average_discount=money(sums.average, currency),
        overlapping_discount=money(sums.overlapping, currency),
    )


def _show_limit(limit: LimitRun) -> SimulatedLimit:
    return SimulatedLimit(
        of_main_campaign=limit.is_main,
        measure=limit.measure,
        period=limit.period,
        most=_amount(limit.most, limit.currency),
        used=_amount(limit.used, limit.currency),
        percent_used=limit.percent,
        periods=limit.periods,
        periods_run_out=limit.run_out,
        runs_out_at=limit.runs_out_at,
    )


def _amount(amount: int, currency: str | None) -> BudgetAmount:
    return BudgetAmount(count=amount) if currency is None else BudgetAmount(money=money(amount, currency))
