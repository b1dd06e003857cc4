"""What reports should say, in plain SQL over the ledger: slow, and written without a look at how reports do it."""

from typing import Any
from uuid import UUID

from app.database import fetch

# Each order, attempt and rollback with the subjects of its codes: (kind, subject).
_CODES = """
codes AS (
  SELECT v.redemption_id, s.kind, s.subject, sum(v.discount) AS discount, array_agg(v.position) AS positions
  FROM redeemed_vouchers v CROSS JOIN LATERAL (VALUES
    (0, ''), (1, replace(v.campaign_id::text, '-', '')),
    (2, replace(coalesce(v.main_campaign_id, v.campaign_id)::text, '-', '')),
    (3, replace(v.partner_id::text, '-', '')), (4, v.category), (5, v.reward)) AS s (kind, subject)
  WHERE v.project_id = $1 AND s.subject IS NOT NULL GROUP BY 1, 2, 3
),
ranked AS (
  SELECT redemption_id, position, row_number() OVER (PARTITION BY redemption_id ORDER BY position) AS place
  FROM redeemed_vouchers WHERE project_id = $1
),
orders AS (
  SELECT r.*, coalesce(r.confirmed_at, r.created_at) AS redeemed_at, coalesce(r.redemption_point, '') AS point
  FROM redemptions r WHERE r.project_id = $1 AND r.state IN ('REDEEMED', 'ROLLED_BACK')
)
"""
_GRANTED = f"""
WITH {_CODES}
SELECT c.kind, date_trunc($3, o.redeemed_at, $2) AS start, c.subject, o.currency, o.channel, o.point,
       count(*) AS redemptions, sum(o.subtotal) AS order_value, sum(c.discount) AS discount,
       count(*) FILTER (WHERE o.customer_id IS NOT NULL AND NOT EXISTS (
         SELECT FROM orders e WHERE e.customer_id = o.customer_id AND e.redeemed_at < o.redeemed_at)) AS new_customers
FROM orders o JOIN codes c ON c.redemption_id = o.id GROUP BY 1, 2, 3, 4, 5, 6
"""
_RETURNED = f"""
WITH {_CODES},
back AS (
  SELECT b.*, row_number() OVER (PARTITION BY redemption_id ORDER BY id DESC) = 1 AS is_last,
         sum(subtotal) OVER (PARTITION BY redemption_id ORDER BY id) - subtotal AS before
  FROM rollbacks b WHERE project_id = $1
),
by_code AS (
  SELECT b.id, ranked.position,
    (SELECT coalesce(sum((line -> 'discounts' ->> (ranked.place - 1)::int)::bigint), 0)
     FROM json_array_elements(b.lines) AS line)
    + coalesce((b.shipping -> 'discounts' ->> (ranked.place - 1)::int)::bigint, 0) AS discount
  FROM back b JOIN ranked USING (redemption_id)
)
SELECT c.kind, date_trunc($3, b.created_at, $2) AS start, c.subject, o.currency, o.channel, o.point,
       sum(CASE WHEN b.is_last AND o.state = 'ROLLED_BACK' THEN o.subtotal - b.before ELSE b.subtotal END)
         AS returned_order_value,
       sum((SELECT sum(discount) FROM by_code WHERE by_code.id = b.id AND position = ANY (c.positions)))
         AS returned_discount,
       count(*) FILTER (WHERE b.is_last AND o.state = 'ROLLED_BACK') AS rollbacks
FROM orders o JOIN codes c ON c.redemption_id = o.id JOIN back b ON b.redemption_id = o.id GROUP BY 1, 2, 3, 4, 5, 6
"""
_REFUSED = """
WITH refused AS (
  SELECT DISTINCT v.rejected_redemption_id, s.kind, s.subject, reason ->> 'code' AS reason
  FROM rejected_vouchers v CROSS JOIN LATERAL json_array_elements(v.reasons) AS reason
  CROSS JOIN LATERAL (VALUES
    (0, ''), (1, replace(v.campaign_id::text, '-', '')),
    (2, replace(coalesce(v.main_campaign_id, v.campaign_id)::text, '-', '')),
    (3, replace(v.partner_id::text, '-', '')), (4, v.category), (5, v.reward)) AS s (kind, subject)
  WHERE v.project_id = $1 AND s.subject IS NOT NULL
)
SELECT f.kind, date_trunc($3, r.created_at, $2) AS start, f.subject, r.currency, r.channel,
       coalesce(r.redemption_point, '') AS point, {reason} count(DISTINCT r.id) AS rejected, {stake} AS at_stake
FROM rejected_redemptions r JOIN {refused} f ON f.rejected_redemption_id = r.id
WHERE r.project_id = $1 GROUP BY 1, 2, 3, 4, 5, 6 {group}
"""
_REJECTED = _REFUSED.format(
    reason="",
    stake="sum(r.subtotal)",
    refused="(SELECT DISTINCT rejected_redemption_id, kind, subject FROM refused)",
    group="",
)
_REASONS = _REFUSED.format(reason="f.reason,", stake="sum(r.subtotal)", refused="refused", group=", 7")
# At the rate that was told last when the order was redeemed, of what still stands; half to even.
_OWED = f"""
WITH {_CODES},
owed AS (
  SELECT c.subject, o.currency, (o.subtotal - o.returned_subtotal) * coalesce((
      SELECT rate FROM partner_rates p WHERE p.project_id = $1 AND p.partner_id = c.subject::uuid
        AND p.since <= o.redeemed_at ORDER BY since DESC LIMIT 1), 0) / 100 AS exact
  FROM orders o JOIN codes c ON c.redemption_id = o.id AND c.kind = 3
)
SELECT subject, currency, sum(CASE
    WHEN abs(exact - floor(exact)) = 0.5 AND floor(exact) % 2 = 0 THEN floor(exact) ELSE round(exact) END) AS commission
FROM owed GROUP BY 1, 2
"""
_BUYERS = f"""
WITH {_CODES}
SELECT c.kind, date_trunc('day', o.redeemed_at, $2) AS start, c.subject, o.currency,
       count(DISTINCT o.customer_id) AS buyers
FROM orders o JOIN codes c ON c.redemption_id = o.id WHERE o.customer_id IS NOT NULL
GROUP BY 1, 2, 3, 4
"""

Key = tuple[Any, ...]


async def figures(project: UUID, zone: str, grain: str) -> dict[Key, dict[str, int]]:
    """By (kind, start, subject, currency, channel, point): what of all figures but commission is not 0."""
    found: dict[Key, dict[str, int]] = {}
    for query in (_GRANTED, _RETURNED, _REJECTED):
        for row in await fetch(query, project, zone, grain):
            told = {name: int(number) for name, number in list(row.items())[6:] if number}
            found.setdefault(tuple(row)[:6], {}).update(told)
    return {key: told for key, told in found.items() if told}


async def reasons(project: UUID, zone: str, grain: str) -> dict[Key, tuple[int, int]]:
    """By the same and the reason: attempts, and what was at stake."""
    rows = await fetch(_REASONS, project, zone, grain)
    return {tuple(row)[:7]: (row["rejected"], int(row["at_stake"])) for row in rows}


async def owed(project: UUID) -> dict[tuple[str, str], int]:
    """By partner and currency: the commission on what still stands."""
    rows = await fetch(_OWED, project)
    return {(row["subject"], row["currency"]): int(row["commission"]) for row in rows if row["commission"]}


async def buyers(project: UUID, zone: str) -> dict[Key, int]:
    """By (kind, day, subject, currency): how many customers redeemed."""
    return {tuple(row)[:4]: row["buyers"] for row in await fetch(_BUYERS, project, zone)}
