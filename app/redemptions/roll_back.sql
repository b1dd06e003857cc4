-- Write down a rollback of a redemption ($2) whose row, and whose counters, are locked: what the counters count less
-- ($5, $6), how the redemption stands now ($7 to $11), what its codes have lost altogether ($12 to $15), the rollback
-- itself ($16 to $20, $25), and the idempotency key, if any ($21 to $24).
WITH uncounted AS (
  UPDATE counters SET used = counters.used - less.amount
  FROM unnest($5::uuid[], $6::bigint[]) AS less (id, amount)
  WHERE counters.id = less.id
),
undone AS (
  UPDATE redemptions SET state = $7, returned_subtotal = $8, returned_discount = $9, rolled_back_at = $10,
                         rollback_reason = $11
  WHERE project_id = $1 AND id = $2
),
undone_codes AS (
  UPDATE redeemed_vouchers v
  SET returned_discount = code.returned_discount, returned_spent = code.returned_spent, given_back = code.given_back
  FROM unnest($12::smallint[], $13::bigint[], $14::bigint[], $15::boolean[])
    AS code (position, returned_discount, returned_spent, given_back)
  WHERE v.project_id = $1 AND v.redemption_id = $2 AND v.position = code.position
),
done AS (
  INSERT INTO rollbacks (id, project_id, redemption_id, policy, lines, subtotal, discount, reason, created_at, shipping)
  VALUES ($4, $1, $2, $16, $17::json, $18, $19, $20, $3, $25::json)
)
INSERT INTO idempotency_keys (id, project_id, deed, key, request_hash, answer_kind, answer_id, created_at)
SELECT id, $1, deed, key, request_hash, 'ROLLBACK', $4, $3
FROM unnest($21::uuid[], $22::text[], $23::text[], $24::bytea[]) AS new (id, deed, key, request_hash)
