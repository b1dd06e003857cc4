"""The present use of a campaign: what a new limit is measured against.

Uses are always in the ledger, but counted only where a limit exists. So a counter tells the truth as long
as its limit stands; one left over from an earlier limit is stale and goes when a limit comes back.
"""

from uuid import UUID

from app.campaigns.values import Campaign
from app.database import Connection
from app.engine.offer import UNLIMITED, Limits
from app.problem import Problem

_COUNTED = """
SELECT used FROM counters
WHERE project_id = $1 AND scope = 'campaign' AND subject_id = $2 AND window_start IS NULL
"""

_IN_LEDGER = """
SELECT count(*) FROM campaigns c
JOIN redeemed_vouchers r ON r.project_id = c.project_id AND r.campaign_id = c.id AND NOT r.given_back
WHERE c.project_id = $1 AND (c.id = $2 OR c.main_id = $2)
"""

# Locked in the order of ids, as everybody locks counters: a rollback that holds one of them may want another.
_FORGET = """
WITH stale AS MATERIALIZED (
  SELECT id FROM counters
  WHERE id = ANY (ARRAY(
    SELECT k.id FROM counters k
    WHERE k.project_id = $1 AND k.subject_id = $2 AND k.scope = ANY ($3::text[])
    UNION ALL
    SELECT k.id FROM vouchers v
    JOIN counters k ON k.project_id = v.project_id AND k.subject_id = v.id AND k.scope = 'voucher'
    WHERE $4 AND v.project_id = $1 AND v.campaign_id = $2 AND v.max_redemptions IS NULL
  ))
  ORDER BY id
  FOR UPDATE
)
DELETE FROM counters USING stale WHERE counters.id = stale.id
"""


async def limits_below_use(
    connection: Connection, project: UUID, before: Campaign, after: Campaign
) -> tuple[Problem, ...]:
    """A problem, LIMIT_BELOW_USE, for each limit of the whole campaign that was set below its present use."""
    old, new = _limits(before), _limits(after)
    told = [
        (path, limit)
        for path, was, limit in (
            ("max_redemptions", before.max_redemptions, after.max_redemptions),
            ("offer.limits.per_campaign", old.per_campaign, new.per_campaign),
        )
        if limit is not None and limit != was
    ]
    if not told:
        return ()
    used = await _present_use(connection, project, before)
    return tuple(
        Problem(
            tuple(path.split(".")),
            "LIMIT_BELOW_USE",
            f"The campaign has been redeemed {used} times already, so its limit cannot be {limit}.",
        )
        for path, limit in told
        if limit < used
    )


async def forget_stale_counters(
    connection: Connection, project: UUID, before: Campaign, after: Campaign
) -> None:
    """Where a limit comes that was not there, drop the counters of an earlier one."""
    old, new = _limits(before), _limits(after)
    scopes = []
    if not _is_limited(before) and _is_limited(after):
        scopes.append("campaign")
    if old.per_customer is None and new.per_customer is not None:
        scopes.append("customer")
    of_vouchers = old.per_voucher is None and new.per_voucher is not None
    if scopes or of_vouchers:
        await connection.execute(_FORGET, project, after.id, scopes, of_vouchers)


async def _present_use(connection: Connection, project: UUID, campaign: Campaign) -> int:
    """Uses that were not rolled back, those of sub-campaigns included."""
    used: int | None = None
    if _is_limited(campaign):
        used = await connection.fetchval(_COUNTED, project, campaign.id)
    if used is None:
        used = await connection.fetchval(_IN_LEDGER, project, campaign.id)
    return used or 0


def _limits(campaign: Campaign) -> Limits:
    return UNLIMITED if campaign.offer is None else campaign.offer.limits


def _is_limited(campaign: Campaign) -> bool:
    return campaign.max_redemptions is not None or _limits(campaign).per_campaign is not None
