"""How far vouchers, campaigns and their budgets have been used, and how much is left of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.database import fetch, fetch_by_index, statement
from app.engine.budget import Budget, budgets_from_json
from app.engine.counter import CounterKey, Scope
from app.engine.period import Window, window_of
from app.redemptions.counters import counter_id, gather

_OF_VOUCHERS = statement(__package__, "uses_of_vouchers.sql")
_OF_CAMPAIGNS = statement(__package__, "uses_of_campaigns.sql")
_BUDGETS = "SELECT id, time_zone, budgets FROM campaigns WHERE project_id = $1 AND id = ANY ($2::uuid[])"


@dataclass(frozen=True, slots=True)
class Usage:
    """Redeemed uses that were not rolled back (a redemption uses each of its codes once), those that are held now, and
    the limit; None: unlimited."""

    used: int
    limit: int | None
    held: int = 0

    @property
    def remaining(self) -> int | None:
        """Uses that are left; None where there is no limit."""
        return None if self.limit is None else max(0, self.limit - self.used - self.held)


@dataclass(frozen=True, slots=True)
class BudgetUse:
    """How far a budget is used in its present period, holds included; minor units where it is money.

    `used` is None for a budget per voucher or per customer: each of them has its own. `window` is None for ever.
    """

    budget: Budget
    used: int | None
    window: Window | None

    @property
    def remaining(self) -> int | None:
        """What is left; None where nobody can say."""
        return None if self.used is None else max(0, self.budget.most - self.used)


async def uses_of_vouchers(project: UUID, vouchers: Iterable[UUID], now: datetime) -> dict[UUID, Usage]:
    """The usage of those of the vouchers that the project has; one statement."""
    return await _uses(_OF_VOUCHERS, "voucher", project, vouchers, now)


async def uses_of_campaigns(project: UUID, campaigns: Iterable[UUID], now: datetime) -> dict[UUID, Usage]:
    """The usage of campaigns, a main campaign's with all its sub-campaigns; one statement."""
    return await _uses(_OF_CAMPAIGNS, "campaign", project, campaigns, now)


async def uses_of_budgets(
    project: UUID, campaigns: Iterable[UUID], now: datetime
) -> dict[UUID, tuple[BudgetUse, ...]]:
    """The budgets of campaigns with their use, in the order they were set; two statements at most."""
    rows = await fetch(_BUDGETS, project, list(dict.fromkeys(campaigns)))
    windows: dict[UUID, list[tuple[Budget, Window | None]]] = {
        row["id"]: [
            (budget, window_of(budget.period, now, row["time_zone"]))
            for budget in budgets_from_json(row["budgets"])
        ]
        for row in rows
    }
    keys = {
        _key(campaign, budget, window): None
        for campaign, budgets in windows.items()
        for budget, window in budgets
        if budget.per is Scope.CAMPAIGN
    }
    used = (await gather(fetch_by_index, [(project, key) for key in keys], (), now)).used
    return {
        campaign: tuple(
            [
                BudgetUse(budget, used.get(_key(campaign, budget, window)), window)
                for budget, window in budgets
            ]
        )
        for campaign, budgets in windows.items()
    }


def _key(campaign: UUID, budget: Budget, window: Window | None) -> CounterKey:
    """The counter of a budget of the whole campaign; for the others no counter has this name."""
    return CounterKey(budget.per.value, campaign, None, budget.measure, budget.currency, window)


async def _uses(
    query: str, scope: str, project: UUID, subjects: Iterable[UUID], now: datetime
) -> dict[UUID, Usage]:
    ids = list(dict.fromkeys(subjects))
    rows = await fetch(query, project, ids, [counter_id(project, CounterKey(scope, id_)) for id_ in ids], now)
    return {row["id"]: Usage(row["used"], row["most"], row["held"]) for row in rows}
