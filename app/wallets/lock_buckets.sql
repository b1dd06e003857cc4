-- Lock all buckets of vouchers, each with its project ($1, $2), in the one order in which everybody locks them.
SELECT buckets.id, buckets.project_id, buckets.voucher_id, buckets.unit, buckets.amount_left, buckets.expires_at
FROM unnest($1::uuid[], $2::uuid[]) AS wanted (project_id, voucher_id)
JOIN balance_buckets AS buckets
  ON buckets.project_id = wanted.project_id AND buckets.voucher_id = wanted.voucher_id
ORDER BY buckets.voucher_id, buckets.id
FOR UPDATE OF buckets
