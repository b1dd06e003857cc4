-- The balances of vouchers ($1, $2), as they are at a moment ($3), locking nothing. A hold that has expired, though
-- nobody has tidied it yet, holds nothing: what it took is back in its buckets. What has expired in a bucket is gone.
WITH buckets AS (
  SELECT buckets.*
  FROM unnest($1::uuid[], $2::uuid[]) AS wanted (project_id, voucher_id)
  JOIN balance_buckets AS buckets
    ON buckets.project_id = wanted.project_id AND buckets.voucher_id = wanted.voucher_id
),
parts AS (
  SELECT voucher_id, unit, expires_at, amount_left AS available, 0 AS held
  FROM buckets
  UNION ALL
  SELECT postings.voucher_id, postings.unit, origin.expires_at,
         CASE WHEN holds.expires_at <= $3 THEN postings.amount ELSE 0 END,
         CASE WHEN holds.expires_at <= $3 THEN 0 ELSE postings.amount END
  FROM (SELECT DISTINCT project_id, voucher_id FROM buckets) AS wanted
  JOIN redeemed_vouchers AS codes
    ON codes.project_id = wanted.project_id AND codes.voucher_id = wanted.voucher_id AND codes.spent > 0
  JOIN redemptions AS holds
    ON holds.project_id = codes.project_id AND holds.id = codes.redemption_id AND holds.state = 'HELD'
  JOIN postings
    ON postings.project_id = wanted.project_id AND postings.redemption_id = holds.id
   AND postings.voucher_id = wanted.voucher_id AND postings.credit = 'HELD'
  JOIN balance_buckets AS origin ON origin.id = postings.bucket_id
),
living AS (
  SELECT voucher_id, unit, expires_at, held, CASE WHEN expires_at <= $3 THEN 0 ELSE available END AS available
  FROM parts
),
ranked AS (
  SELECT living.*, min(expires_at) FILTER (WHERE available > 0) OVER (PARTITION BY voucher_id) AS soonest
  FROM living
)
SELECT voucher_id, min(unit) AS unit, sum(available)::bigint AS available, sum(held)::bigint AS held,
       coalesce(sum(available) FILTER (WHERE expires_at = soonest), 0)::bigint AS expiring, min(soonest) AS expires_at
FROM ranked
GROUP BY voucher_id
