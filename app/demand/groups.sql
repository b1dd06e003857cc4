-- Refused attempts of a project ($1) of a time ($2 up to $3), of a channel ($4), a redemption point ($5), a campaign or
-- its main one ($6) and a partner ($7), as far as these are given: the latest $8, grouped by what turned them away. Codes
-- of reasons ($9) have causes ($10) with ranks ($11): of an attempt with several obstacles the hardest is the root. The
-- $12 groups that are worth most in a currency ($13).
WITH attempts AS MATERIALIZED (
  SELECT r.id, r.customer_id, r.currency, r.subtotal, r.created_at
  FROM rejected_redemptions r
  WHERE r.project_id = $1 AND r.created_at >= $2 AND r.created_at < $3
    AND ($4::text IS NULL OR r.channel = $4) AND ($5::text IS NULL OR r.redemption_point = $5)
    AND ($6::uuid IS NULL AND $7::uuid IS NULL OR EXISTS (
      SELECT FROM rejected_vouchers v
      WHERE v.project_id = $1 AND v.rejected_redemption_id = r.id
        AND ($6 IS NULL OR $6 IN (v.campaign_id, v.main_campaign_id)) AND ($7 IS NULL OR v.partner_id = $7)))
  ORDER BY r.created_at DESC, r.id DESC LIMIT $8
),
told AS MATERIALIZED (
  SELECT a.id, a.customer_id, a.currency, a.subtotal, a.created_at, v.position, v.voucher_id, v.campaign_id,
         v.main_campaign_id, v.partner_id, why ->> 'code' AS code, why ->> 'subject' AS subject,
         coalesce(known.cause, 'OTHER_CONDITION') AS cause, coalesce(known.rank, 1000) AS rank,
         why -> 'expected' ->> 'currency' AS unit,
         CASE json_typeof(why -> 'expected') WHEN 'object' THEN why -> 'expected' ->> 'minor'
              WHEN 'number' THEN why ->> 'expected' END::bigint AS expected,
         CASE json_typeof(why -> 'actual') WHEN 'object' THEN why -> 'actual' ->> 'minor'
              WHEN 'number' THEN why ->> 'actual' END::bigint AS actual
  FROM attempts a
  JOIN rejected_vouchers v ON v.project_id = $1 AND v.rejected_redemption_id = a.id
  CROSS JOIN LATERAL json_array_elements(v.reasons) AS why
  LEFT JOIN unnest($9::text[], $10::text[], $11::int[]) AS known (code, cause, rank) ON known.code = why ->> 'code'
),
obstacles AS MATERIALIZED (
  SELECT told.*,
         concat_ws('|', code, subject, campaign_id, CASE WHEN subject LIKE 'voucher%' THEN voucher_id END) AS obstacle,
         CASE WHEN cause <> 'MINIMUM_MISSED' THEN cause
              WHEN (expected - actual) * 10 < expected THEN 'MINIMUM_NEARLY_REACHED'
              WHEN (expected - actual) * 4 > expected THEN 'MINIMUM_FAR_AWAY'
              ELSE cause END AS root
  FROM told
),
roots AS MATERIALIZED (
  SELECT DISTINCT ON (id) *,
         min(obstacle) OVER (PARTITION BY id) = max(obstacle) OVER (PARTITION BY id) AS is_sole,
         concat_ws('|', root, code, coalesce(subject, '-'), coalesce(campaign_id::text, '-'), partner_id) AS place
  FROM obstacles
  ORDER BY id, rank, position
),
wanted AS MATERIALIZED (
  SELECT * FROM roots
  WHERE ($6 IS NULL OR $6 IN (campaign_id, main_campaign_id)) AND ($7 IS NULL OR partner_id = $7)
),
largest AS (
  SELECT w.place, w.root, w.code, w.subject, w.campaign_id, w.main_campaign_id, w.partner_id,
         min(w.unit) AS unit,
         count(*) AS attempts,
         count(*) FILTER (WHERE w.is_sole) AS sole_attempts,
         count(DISTINCT w.customer_id) AS customers,
         (array_agg(w.expected ORDER BY w.id DESC))[1] AS expected,
         min(w.actual) AS least,
         (array_agg(w.id ORDER BY w.subtotal DESC, w.id DESC))[1:3] AS examples,
         sum(w.subtotal) FILTER (WHERE w.currency = $13) AS own
  FROM wanted w
  GROUP BY w.place, w.root, w.code, w.subject, w.campaign_id, w.main_campaign_id, w.partner_id
  ORDER BY own DESC NULLS LAST, attempts DESC, w.place
  LIMIT $12
)
SELECT (SELECT count(*) FROM attempts) AS looked_at, g.*,
       (SELECT json_object_agg(sums.currency, sums.value) FROM (
          SELECT w.currency, sum(w.subtotal)::text AS value FROM wanted w WHERE w.place = g.place GROUP BY w.currency
        ) AS sums) AS value,
       ARRAY(
         SELECT w.voucher_id FROM wanted w WHERE w.place = g.place AND w.voucher_id IS NOT NULL
         GROUP BY w.voucher_id ORDER BY count(*) DESC, w.voucher_id LIMIT 3
       ) AS vouchers,
       (SELECT count(*) FROM wanted w
        WHERE w.place = g.place AND EXISTS (
          SELECT FROM redemptions x
          WHERE x.project_id = $1 AND x.customer_id = w.customer_id AND x.id > w.id
            AND x.created_at < w.created_at + interval '1 day' AND x.state IN ('REDEEMED', 'ROLLED_BACK'))) AS came_back
FROM (SELECT 1) AS always LEFT JOIN largest g ON true
ORDER BY g.own DESC NULLS LAST, g.attempts DESC, g.place
