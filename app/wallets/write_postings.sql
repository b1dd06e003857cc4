-- Write what movements came to, at one moment ($1): new buckets ($2 to $7), what is left in locked ones ($8, $9), and
-- the postings ($10 to $22) in their order.
WITH opened AS (
  INSERT INTO balance_buckets (id, project_id, voucher_id, unit, amount_left, expires_at, created_at)
  SELECT id, project_id, voucher_id, unit, amount_left, expires_at, $1::timestamptz
  FROM unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::bigint[], $7::timestamptz[])
    AS new (id, project_id, voucher_id, unit, amount_left, expires_at)
),
changed AS (
  UPDATE balance_buckets SET amount_left = new.amount_left
  FROM unnest($8::uuid[], $9::bigint[]) AS new (id, amount_left)
  WHERE balance_buckets.id = new.id
)
INSERT INTO postings (id, project_id, voucher_id, bucket_id, unit, amount, debit, credit, deed, redemption_id, source_id,
                      reason, key_id, created_at)
SELECT id, project_id, voucher_id, bucket_id, unit, amount, debit, credit, deed, redemption_id, source_id, reason,
       key_id, $1
FROM unnest($10::uuid[], $11::uuid[], $12::uuid[], $13::uuid[], $14::text[], $15::bigint[], $16::text[], $17::text[],
            $18::text[], $19::uuid[], $20::text[], $21::text[], $22::uuid[])
  AS new (id, project_id, voucher_id, bucket_id, unit, amount, debit, credit, deed, redemption_id, source_id, reason,
          key_id)
