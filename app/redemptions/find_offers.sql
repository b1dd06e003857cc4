-- Everything that is known of codes at the till, of who presents them, and of requests answered before: one row
-- with five lists. A campaign comes once, however many of its codes are asked for. Nothing is locked: limits are
-- counters, and a voucher or campaign that was stopped is seen stopped by every statement that starts later.
-- The last list names those of the projects $10 that have holds whose time is over at $11. Cart promotions of the
-- projects $12 take part by themselves: those that are live then, the oldest 50. Nobody can type the code of one.
WITH presented AS MATERIALIZED (
  SELECT v.project_id, v.code_key, v.id, v.code, v.campaign_id, v.enabled, v.holder_id, v.starts_at, v.expires_at,
         v.max_redemptions
  FROM unnest($1::uuid[], $2::text[]) AS asked (project_id, code_key)
  JOIN vouchers v ON v.project_id = asked.project_id AND v.code_key = asked.code_key AND v.kind <> 'PROMOTION'
  UNION ALL
  SELECT v.project_id, v.code_key, v.id, v.code, v.campaign_id, v.enabled, v.holder_id, v.starts_at, v.expires_at,
         v.max_redemptions
  FROM unnest($3::uuid[], $4::uuid[]) AS asked (project_id, id)
  JOIN vouchers v ON v.project_id = asked.project_id AND v.id = asked.id
  UNION ALL
  SELECT v.project_id, NULL, v.id, v.code, v.campaign_id, v.enabled, v.holder_id, v.starts_at, v.expires_at,
         v.max_redemptions
  FROM unnest($12::uuid[]) AS asked (project_id)
  CROSS JOIN LATERAL (
    SELECT c.id FROM campaigns c
    WHERE c.project_id = asked.project_id AND c.kind = 'CART_PROMOTION' AND c.state = 'LIVE'
      AND (c.starts_at IS NULL OR c.starts_at <= $11::timestamptz) AND (c.ends_at IS NULL OR c.ends_at > $11)
    ORDER BY c.id LIMIT 50
  ) AS promotion
  JOIN vouchers v ON v.project_id = asked.project_id AND v.campaign_id = promotion.id AND v.kind = 'PROMOTION'
)
SELECT
  ARRAY(
    SELECT ROW (project_id, code_key, id, code, campaign_id, enabled, holder_id, starts_at, expires_at, max_redemptions)
    FROM presented
  ) AS vouchers,
  ARRAY(
    SELECT ROW (c.id, c.state, c.starts_at, c.ends_at, c.max_redemptions, c.time_zone, c.budgets, c.category,
                c.partner_id,
                CASE WHEN c.kind = 'CART_PROMOTION' THEN c.name END,
                o.version, o.offer,
                -- Most offers ask about no segment.
                CASE WHEN o.segments <> '{}' THEN ARRAY(
                  SELECT ROW (s.id, s.version, s.name, s.rule)
                  FROM segments s WHERE s.project_id = o.project_id AND s.id = ANY (o.segments)
                ) END,
                m.id, m.state, m.starts_at, m.ends_at, m.max_redemptions, m.time_zone, m.budgets)
    FROM (SELECT DISTINCT project_id, campaign_id FROM presented) AS wanted
    JOIN campaigns c ON c.project_id = wanted.project_id AND c.id = wanted.campaign_id
    LEFT JOIN campaigns m ON m.project_id = c.project_id AND m.id = c.main_id
    LEFT JOIN offers o ON o.project_id = c.project_id AND o.campaign_id = c.id AND o.version = c.offer_version
  ) AS campaigns,
  ARRAY(
    SELECT ROW (c.project_id, c.id, c.source_id)
    FROM unnest($5::uuid[], $6::uuid[]) AS asked (project_id, id)
    JOIN customers c ON c.project_id = asked.project_id AND c.id = asked.id
    UNION ALL
    SELECT ROW (c.project_id, c.id, c.source_id)
    FROM unnest($7::uuid[], $8::text[]) AS asked (project_id, source_id)
    JOIN customers c ON c.project_id = asked.project_id AND c.source_id = asked.source_id
  ) AS customers,
  ARRAY(
    SELECT ROW (k.id, k.project_id, k.request_hash, k.answer_kind, k.answer_id)
    FROM idempotency_keys k WHERE k.id = ANY ($9::uuid[])
  ) AS answered,
  ARRAY(
    SELECT asked.project_id FROM unnest($10::uuid[]) AS asked (project_id)
    WHERE EXISTS (
      SELECT FROM redemptions r
      WHERE r.project_id = asked.project_id AND r.state = 'HELD' AND r.expires_at <= $11::timestamptz)
  ) AS expired
