-- Confirm a hold ($2) whose row, and whose counters if it changes, are locked, at one moment ($3): how it stands now
-- ($4 to $9; its cart only if that changed), its codes where they changed ($10 to $17: those that are not among them are
-- left out), what its counters count more ($18, $19), the idempotency key, if any ($20 to $26), the event ($27), what it
-- was judged by ($28), its discount on the shipping ($29), the codes that were left out ($30), and what those that changed
-- keep of their campaigns and offers ($31 to $33).
WITH confirmed AS (
  UPDATE redemptions SET state = 'REDEEMED', confirmed_at = $3::timestamptz, metadata = $4::json, subtotal = $5,
                         shipping = $6, discount = $7, line_discounts = $8, cart = coalesce($9::json, cart),
                         facts = $28::json, shipping_discount = $29, skipped = $30::json
  WHERE project_id = $1 AND id = $2
),
codes AS (
  UPDATE redeemed_vouchers AS code
  SET offer_version = new.offer_version, discount = new.discount, line_discounts = new.line_discounts::bigint[],
      spent = new.spent, spent_unit = new.spent_unit, shipping_discount = new.shipping_discount,
      gifts = new.gifts::json, partner_id = new.partner_id, category = new.category, reward = new.reward
  FROM unnest($10::smallint[], $11::int[], $12::bigint[], $13::text[], $14::bigint[], $15::text[], $16::bigint[],
              $17::text[], $31::uuid[], $32::text[], $33::text[])
    AS new (position, offer_version, discount, line_discounts, spent, spent_unit, shipping_discount, gifts,
            partner_id, category, reward)
  WHERE code.project_id = $1 AND code.redemption_id = $2 AND code.position = new.position
),
left_out AS (
  DELETE FROM redeemed_vouchers AS code
  WHERE $9::json IS NOT NULL AND code.project_id = $1 AND code.redemption_id = $2 AND code.position <> ALL ($10)
),
counted AS (
  UPDATE counters SET used = counters.used + more.amount
  FROM unnest($18::uuid[], $19::bigint[]) AS more (id, amount)
  WHERE counters.id = more.id
),
keys AS (
  INSERT INTO idempotency_keys (id, project_id, deed, key, request_hash, answer_kind, answer_id, created_at)
  SELECT id, project_id, deed, key, request_hash, answer_kind, answer_id, $3
  FROM unnest($20::uuid[], $21::uuid[], $22::text[], $23::text[], $24::bytea[], $25::text[], $26::uuid[])
    AS new (id, project_id, deed, key, request_hash, answer_kind, answer_id)
)
INSERT INTO events (project_id, kind, at, payload) VALUES ($1, 'REDEMPTION_GRANTED', $3, $27::json)
