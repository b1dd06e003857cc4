"""Budgets: how much of something there may be at most, read from input and shown with what is used of it."""

from collections.abc import Sequence
from uuid import UUID

import strawberry

from app.engine.budget import Budget as EngineBudget
from app.engine.counter import Measure, Scope
from app.engine.period import Period
from app.engine.unit import UnitError
from app.problem import Problem, Problems
from app.redemptions.usage import BudgetUse
from graphql_schema.authority import Info
from graphql_schema.enums import describe_enum
from graphql_schema.types.money import Money, MoneyInput, money, read_money

Path = tuple[str, ...]

describe_enum(
    Measure,
    "What a budget counts.",
    REDEMPTIONS="Redemptions: each redeemed code once.",
    DISCOUNT="What is taken off, in money.",
    ORDER_VALUE="The subtotals of the carts, in money; a cart with several codes counts once.",
    POINTS="Points that are paid with.",
)
describe_enum(
    Scope,
    "For whom a budget counts.",
    name="BudgetScope",
    VOUCHER="For each code.",
    CUSTOMER="For each customer, who must then be known.",
    CAMPAIGN="For the whole campaign; for a main campaign with all its sub-campaigns.",
)
describe_enum(
    Period,
    "How long a budget lasts before it starts anew, on the clock of the campaign's time zone.",
    EVER="For ever.",
    DAY="A calendar day, from midnight to midnight.",
    WEEK="A week from Monday to Sunday.",
    MONTH="A calendar month.",
    YEAR="A calendar year.",
)


@strawberry.type(description="How much of what a budget counts: money, or a number of redemptions or points.")
class BudgetAmount:
    money: Money | None = strawberry.field(
        default=None, description="The amount of money, where the budget counts money."
    )
    count: int | None = strawberry.field(
        default=None, description="The number, where it counts redemptions or points."
    )


@strawberry.type(
    description="At most so much for each code, for each customer or for the campaign, in each calendar period."
)
class Budget:
    measure: Measure = strawberry.field(description="What it counts.")
    per: Scope = strawberry.field(description="For whom it counts.")
    period: Period = strawberry.field(description="How long it lasts before it starts anew.")
    most: BudgetAmount = strawberry.field(description="The most there may be.")
    internal: strawberry.Private[EngineBudget]
    campaign: strawberry.Private[UUID]

    @strawberry.field(
        description="How much is used in the present period, what is held included. Null for a budget per code or per"
        " customer: each of them has its own."
    )
    async def used(self, info: Info) -> BudgetAmount | None:
        found = await self._use(info)
        return None if found is None or found.used is None else _show_amount(found.used, self.internal)

    @strawberry.field(
        description="How much is left in the present period, exactly. Null for a budget per code or per customer."
    )
    async def remaining(self, info: Info) -> BudgetAmount | None:
        found = await self._use(info)
        return (
            None if found is None or found.remaining is None else _show_amount(found.remaining, self.internal)
        )

    async def _use(self, info: Info) -> BudgetUse | None:
        """None as well for a budget that somebody has just changed: it is no longer this one."""
        uses = await info.context.loaders.usage_of_budgets.load(self.campaign)
        return next((use for use in uses or () if use.budget == self.internal), None)


@strawberry.input(one_of=True, description="What a budget counts, and how much of it there may be at most.")
class BudgetMostInput:
    redemptions: strawberry.Maybe[int] = strawberry.field(
        description="A number of redemptions; each redeemed code counts once."
    )
    discount: strawberry.Maybe[MoneyInput] = strawberry.field(description="What is taken off.")
    order_value: strawberry.Maybe[MoneyInput] = strawberry.field(
        description="The subtotals of the carts; a cart with several codes counts once."
    )
    points: strawberry.Maybe[int] = strawberry.field(description="Points that are paid with.")


@strawberry.input(
    description="At most so much for each code, for each customer or for the campaign, in each calendar period."
)
class BudgetInput:
    most: BudgetMostInput = strawberry.field(description="What is counted, and the most there may be of it.")
    per: Scope = strawberry.field(default=Scope.CAMPAIGN, description="For whom it counts.")
    period: Period = strawberry.field(
        default=Period.EVER, description="How long it lasts before it starts anew."
    )


def show_budget(budget: EngineBudget, campaign: UUID) -> Budget:
    """A budget of the campaign as callers see it."""
    return Budget(
        measure=budget.measure,
        per=budget.per,
        period=budget.period,
        most=_show_amount(budget.most, budget),
        internal=budget,
        campaign=campaign,
    )


def read_budgets(
    given: Sequence[BudgetInput], path: Path = ("budgets",)
) -> tuple[EngineBudget, ...] | Problems:
    """The engine's budgets, or everything that is wrong with them. Codes: INVALID_MONEY, INVALID_PARAMETER."""
    read = [_read_budget(each, (*path, str(place))) for place, each in enumerate(given)]
    faults = tuple([each for each in read if isinstance(each, Problem)])
    if faults:
        return Problems(faults)
    return tuple([each for each in read if not isinstance(each, Problem)])


def _read_budget(given: BudgetInput, path: Path) -> EngineBudget | Problem:
    measure, name, most = _read_most(given.most)
    path = (*path, "most", name)
    currency = None
    if not isinstance(most, int):
        exact = read_money(most, path)
        if isinstance(exact, Problem):
            return exact
        most, currency = exact.minor, exact.currency
    try:
        return EngineBudget(measure, given.per, given.period, most, currency)
    except UnitError:
        return Problem(path, "INVALID_PARAMETER", "Must be more than nothing, and not beyond all bounds.")


def _read_most(given: BudgetMostInput) -> tuple[Measure, str, int | MoneyInput]:
    if given.redemptions:
        return Measure.REDEMPTIONS, "redemptions", given.redemptions.value
    if given.discount:
        return Measure.DISCOUNT, "discount", given.discount.value
    if given.order_value:
        return Measure.ORDER_VALUE, "order_value", given.order_value.value
    if given.points:
        return Measure.POINTS, "points", given.points.value
    raise AssertionError("@oneOf promises one of them")


def _show_amount(amount: int, budget: EngineBudget) -> BudgetAmount:
    if budget.currency is None:
        return BudgetAmount(count=amount)
    return BudgetAmount(money=money(amount, budget.currency))
