"""The rule of counters: one is there only as long as a limit or a budget is, of just its kind.

What no limit or budget names is not counted, so a counter that outlived its own would tell too little when one came
back. Therefore an edit forgets every counter whose kind came, went, or begins its periods at other times; the next
redemption that needs one counts it anew, from the ledger.
"""

from typing import NamedTuple
from uuid import UUID

from app.campaigns.values import Campaign
from app.database import Connection, columns
from app.engine.counter import Measure, Scope
from app.engine.offer import UNLIMITED
from app.engine.period import Period

# A voucher's own limit is a limit of its kind whatever its campaign says.
_FORGET = """
WITH subjects AS (
  SELECT $2::uuid AS id, false AS has_limit
  UNION ALL
  SELECT id, max_redemptions IS NOT NULL FROM vouchers
  WHERE project_id = $1 AND campaign_id = $2 AND 'voucher' = ANY ($3::text[])
)
DELETE FROM counters USING subjects, unnest($3::text[], $4::text[], $5::text[], $6::boolean[])
  AS kind (scope, measure, currency, in_periods)
WHERE counters.project_id = $1 AND counters.subject_id = subjects.id
  AND counters.scope = kind.scope AND counters.measure = kind.measure
  AND counters.currency IS NOT DISTINCT FROM kind.currency
  AND (counters.window_start IS NOT NULL) = kind.in_periods
  AND NOT (subjects.has_limit AND kind.measure = 'REDEMPTIONS' AND NOT kind.in_periods)
"""


class _Kind(NamedTuple):
    """Counters that come and go together: `in_periods` are all those of days, weeks, months and years."""

    scope: str
    measure: str
    currency: str | None
    in_periods: bool


async def forget_counters(connection: Connection, project: UUID, before: Campaign, after: Campaign) -> None:
    """Drop the counters that the edit leaves without a limit or budget, or for which it sets the first.

    Nobody may be redeeming: see `begin_editing`.
    """
    old, new = _kinds(before), _kinds(after)
    changed = [kind for kind in old | new if old.get(kind) != new.get(kind)]
    if changed:
        await connection.execute(_FORGET, project, after.id, *columns(changed, 4))


def _kinds(campaign: Campaign) -> dict[_Kind, frozenset[tuple[Period, str]]]:
    """The kinds of counters that the campaign needs, each with its periods and the clock on which they begin."""
    limits = UNLIMITED if campaign.offer is None else campaign.offer.limits
    found: dict[_Kind, set[tuple[Period, str]]] = {}
    for scope, most in (
        (Scope.VOUCHER, limits.per_voucher),
        (Scope.CUSTOMER, limits.per_customer),
        (Scope.CAMPAIGN, limits.per_campaign),
        (Scope.CAMPAIGN, campaign.max_redemptions),
    ):
        if most is not None:
            found[_Kind(scope.value, Measure.REDEMPTIONS.value, None, in_periods=False)] = {(Period.EVER, "")}
    for budget in campaign.budgets:
        is_for_ever = budget.period is Period.EVER
        kind = _Kind(budget.per.value, budget.measure.value, budget.currency, in_periods=not is_for_ever)
        found.setdefault(kind, set()).add((budget.period, "" if is_for_ever else campaign.time_zone))
    return {kind: frozenset(periods) for kind, periods in found.items()}
