-- Confirm a hold ($2) whose row, and whose counters if it changes, are locked, at one moment ($3): how it stands now
-- ($4 to $9; its cart only if that changed), its codes where they changed ($10 to $15), what its counters count more
-- ($16, $17), the idempotency key, if any ($18 to $24), and the event ($25).
WITH confirmed AS (
  UPDATE redemptions SET state = 'REDEEMED', confirmed_at = $3::timestamptz, metadata = $4::json, subtotal = $5,
                         shipping = $6, discount = $7, line_discounts = $8, cart = coalesce($9::json, cart)
  WHERE project_id = $1 AND id = $2
),
codes AS (
  UPDATE redeemed_vouchers AS code
  SET offer_version = new.offer_version, discount = new.discount, line_discounts = new.line_discounts::bigint[],
      spent = new.spent, spent_unit = new.spent_unit
  FROM unnest($10::smallint[], $11::int[], $12::bigint[], $13::text[], $14::bigint[], $15::text[])
    AS new (position, offer_version, discount, line_discounts, spent, spent_unit)
  WHERE code.project_id = $1 AND code.redemption_id = $2 AND code.position = new.position
),
counted AS (
  UPDATE counters SET used = counters.used + more.amount
  FROM unnest($16::uuid[], $17::bigint[]) AS more (id, amount)
  WHERE counters.id = more.id
),
keys AS (
  INSERT INTO idempotency_keys (id, project_id, deed, key, request_hash, answer_kind, answer_id, created_at)
  SELECT id, project_id, deed, key, request_hash, answer_kind, answer_id, $3
  FROM unnest($18::uuid[], $19::uuid[], $20::text[], $21::text[], $22::bytea[], $23::text[], $24::uuid[])
    AS new (id, project_id, deed, key, request_hash, answer_kind, answer_id)
)
INSERT INTO events (project_id, kind, at, payload) VALUES ($1, 'REDEMPTION_GRANTED', $3, $25::json)
