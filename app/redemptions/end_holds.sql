-- End holds ($2, $3; each with its reason $4) at one moment ($1) in a state ($5): their counters, which are locked, go
-- down ($6, $7), their codes count no more, idempotency keys ($8 to $14) and events ($15 to $17) are kept.
WITH counted AS (
  UPDATE counters SET used = counters.used - given_back.amount
  FROM unnest($6::uuid[], $7::bigint[]) AS given_back (id, amount)
  WHERE counters.id = given_back.id
),
ended AS (
  UPDATE redemptions SET state = $5, rollback_reason = held.reason, ended_at = $1
  FROM unnest($2::uuid[], $3::uuid[], $4::text[]) AS held (project_id, id, reason)
  WHERE redemptions.project_id = held.project_id AND redemptions.id = held.id
),
codes AS (
  UPDATE redeemed_vouchers SET given_back = true
  FROM unnest($2::uuid[], $3::uuid[]) AS held (project_id, id)
  WHERE redeemed_vouchers.project_id = held.project_id AND redeemed_vouchers.redemption_id = held.id
),
keys AS (
  INSERT INTO idempotency_keys (id, project_id, deed, key, request_hash, answer_kind, answer_id, created_at)
  SELECT id, project_id, deed, key, request_hash, answer_kind, answer_id, $1::timestamptz
  FROM unnest($8::uuid[], $9::uuid[], $10::text[], $11::text[], $12::bytea[], $13::text[], $14::uuid[])
    AS new (id, project_id, deed, key, request_hash, answer_kind, answer_id)
)
INSERT INTO events (project_id, kind, at, payload)
SELECT project_id, kind, $1, payload::json
FROM unnest($15::uuid[], $16::text[], $17::text[]) WITH ORDINALITY
  AS new (project_id, kind, payload, place)
ORDER BY place
