-- A first balance for those of the codes ($2) that were kept: one bucket and one posting each, which bear the voucher's
-- id as theirs, at one moment ($6). From here on app/wallets/move.py moves it, and nothing else does.
WITH kept AS (
  SELECT id FROM vouchers WHERE project_id = $1 AND id = ANY ($2::uuid[])
),
opened AS (
  INSERT INTO balance_buckets (id, project_id, voucher_id, unit, amount_left, expires_at, created_at)
  SELECT id, $1, id, $3, $4, $5, $6 FROM kept
)
INSERT INTO postings (id, project_id, voucher_id, bucket_id, unit, amount, debit, credit, deed, created_at)
SELECT id, $1, id, id, $3, $4, 'ISSUED', 'BALANCE', 'ISSUE', $6 FROM kept
