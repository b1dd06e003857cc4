"""The present use of a campaign: what a new limit or budget is measured against.

Uses are always in the ledger, but counted only where a limit or a budget exists. A counter that is there tells the
truth (see forget_counters.py); where none is, the ledger is asked.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from app.campaigns.values import Campaign
from app.database import Connection, columns, statement
from app.engine.budget import Budget
from app.engine.counter import Measure, Scope
from app.engine.money import LARGEST, Money
from app.engine.offer import UNLIMITED, Limits
from app.engine.period import Period, window_of
from app.ids import earliest_at
from app.problem import Problem

_PRESENT_USE = statement(__package__, "present_use.sql")

# Ids and times of creation come from different looks at a clock.
_SLACK = timedelta(minutes=1)

_EVER = Period.EVER
_ALREADY = {
    Period.EVER: "already",
    Period.DAY: "already today",
    Period.WEEK: "already this week",
    Period.MONTH: "already this month",
    Period.YEAR: "already this year",
}


class _Told(NamedTuple):
    """A limit or a budget of the whole campaign that was told anew, and the path to it."""

    path: tuple[str, ...]
    noun: str
    budget: Budget


async def limits_below_use(
    connection: Connection, project: UUID, before: Campaign, after: Campaign, now: datetime
) -> tuple[Problem, ...]:
    """A problem, LIMIT_BELOW_USE, for each limit and budget of the whole campaign that was set below its present use.

    For a budget per day, week, month or year that is the use in the present one. Budgets per voucher and per customer
    are not looked at: each of them may have used another part.
    """
    told = [*_limits_told(before, after), *_budgets_told(before, after)]
    if not told:
        return ()
    used = await _present_use(connection, project, after, [each.budget for each in told], now)
    return tuple(
        Problem(each.path, "LIMIT_BELOW_USE", _in_words(each, use))
        for each, use in zip(told, used, strict=True)
        if each.budget.most < use
    )


def _limits_told(before: Campaign, after: Campaign) -> list[_Told]:
    return [
        _Told(tuple(path.split(".")), "limit", Budget(Measure.REDEMPTIONS, Scope.CAMPAIGN, _EVER, limit))
        for path, was, limit in (
            ("max_redemptions", before.max_redemptions, after.max_redemptions),
            ("offer.limits.per_campaign", _limits(before).per_campaign, _limits(after).per_campaign),
        )
        if limit is not None and limit != was
    ]


def _budgets_told(before: Campaign, after: Campaign) -> list[_Told]:
    return [
        _Told(("budgets", str(place), "most"), "budget", budget)
        for place, budget in enumerate(after.budgets)
        if budget.per is Scope.CAMPAIGN and budget not in before.budgets
    ]


async def _present_use(
    connection: Connection, project: UUID, campaign: Campaign, budgets: Iterable[Budget], now: datetime
) -> list[int]:
    """How far each budget of the campaign is used in the period of `now`, whatever it may amount to at most."""
    asked = []
    for budget in budgets:
        window = window_of(budget.period, now, campaign.time_zone)
        starts, ends = (None, None) if window is None else (window.starts, window.ends)
        since = earliest_at(datetime.fromtimestamp(0, UTC) if starts is None else starts - _SLACK)
        asked.append((budget.measure.value, budget.currency, starts, ends, since))
    rows = await connection.fetch(_PRESENT_USE, project, campaign.id, *columns(asked, 5), now)
    return [row["used"] for row in rows]


def _in_words(told: _Told, used: int) -> str:
    budget = told.budget
    amount, most = str(used), str(budget.most)
    if budget.currency is not None:
        amount = str(Money(min(used, LARGEST), budget.currency))
        most = str(Money(budget.most, budget.currency))
    already = _ALREADY[budget.period]
    done = {
        Measure.REDEMPTIONS: f"The campaign has been redeemed {amount} times {already}",
        Measure.DISCOUNT: f"The campaign has given {amount} of discount {already}",
        Measure.ORDER_VALUE: f"The campaign's orders come to {amount} {already}",
        Measure.POINTS: f"The campaign has taken {amount} points {already}",
    }[budget.measure]
    return f"{done}, so its {told.noun} cannot be {most}."


def _limits(campaign: Campaign) -> Limits:
    return UNLIMITED if campaign.offer is None else campaign.offer.limits
