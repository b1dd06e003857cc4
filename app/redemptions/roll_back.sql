-- Undo a redemption ($2) whose row, and whose counters, are locked: give back the uses it counted ($5, $6), forget
-- the counters that have not counted it ($7; they are counted anew when needed), keep the idempotency key, if any.
WITH given_back AS (
  UPDATE counters SET used = counters.used - counted.uses
  FROM unnest($5::uuid[], $6::bigint[]) AS counted (id, uses)
  WHERE counters.id = counted.id
),
forgotten AS (
  DELETE FROM counters WHERE id = ANY ($7::uuid[])
),
undone AS (
  UPDATE redemptions SET rolled_back_at = $3, rollback_reason = $4 WHERE project_id = $1 AND id = $2
),
undone_codes AS (
  UPDATE redeemed_vouchers SET rolled_back = true WHERE project_id = $1 AND redemption_id = $2
)
INSERT INTO idempotency_keys (id, project_id, deed, key, request_hash, answer_kind, answer_id, created_at)
SELECT id, $1, deed, key, request_hash, 'REDEMPTION', $2, $3
FROM unnest($8::uuid[], $9::text[], $10::text[], $11::bytea[]) AS new (id, deed, key, request_hash)
