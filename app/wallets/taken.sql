-- What redemptions ($1, $2) hold, or have spent, in an account ($3), net of what was given back; bucket by bucket in
-- the order in which it was taken, which is that of their expiry.
SELECT postings.project_id, postings.redemption_id, postings.voucher_id, postings.bucket_id, postings.unit,
       sum(CASE WHEN postings.credit = $3 THEN postings.amount ELSE -postings.amount END)::bigint AS amount
FROM unnest($1::uuid[], $2::uuid[]) AS wanted (project_id, redemption_id)
JOIN postings
  ON postings.project_id = wanted.project_id AND postings.redemption_id = wanted.redemption_id
 AND (postings.credit = $3 OR postings.debit = $3)
JOIN balance_buckets AS buckets ON buckets.id = postings.bucket_id
GROUP BY postings.project_id, postings.redemption_id, postings.voucher_id, postings.bucket_id, postings.unit,
         buckets.expires_at
HAVING sum(CASE WHEN postings.credit = $3 THEN postings.amount ELSE -postings.amount END) > 0
ORDER BY postings.redemption_id, postings.voucher_id, buckets.expires_at NULLS LAST, postings.bucket_id
