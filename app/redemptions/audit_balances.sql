-- Buckets that do not hold what was put into them less what was taken out.
SELECT count(*) AS checked, count(*) FILTER (WHERE amount_left <> posted) AS drift,
  (array_agg(format('voucher %s: %s, posted %s', voucher_id, amount_left, posted))
    FILTER (WHERE amount_left <> posted))[1:10] AS examples
FROM (
  SELECT b.voucher_id, b.amount_left, (
    SELECT coalesce(sum(CASE WHEN p.credit = 'BALANCE' THEN p.amount WHEN p.debit = 'BALANCE' THEN -p.amount ELSE 0 END), 0)
    FROM postings p
    WHERE p.project_id = b.project_id AND p.voucher_id = b.voucher_id AND p.bucket_id = b.id
  ) AS posted
  FROM balance_buckets b
  WHERE $1::uuid IS NULL OR b.project_id = $1
) AS bucket
