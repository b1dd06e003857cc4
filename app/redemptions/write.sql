-- All that a batch has decided, at one moment ($1), in one statement. Every counter in it is locked already: the
-- parts of a statement run in no promised order, so no lock that could be waited for may be left to them (idempotency
-- keys come sorted).
WITH keys AS (
  INSERT INTO idempotency_keys (id, project_id, deed, key, request_hash, answer_kind, answer_id, created_at)
  SELECT id, project_id, deed, key, request_hash, answer_kind, answer_id, $1::timestamptz
  FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::bytea[], $7::text[], $8::uuid[])
    AS new (id, project_id, deed, key, request_hash, answer_kind, answer_id)
),
counted AS (
  UPDATE counters SET used = new.used
  FROM unnest($9::uuid[], $10::bigint[]) AS new (id, used)
  WHERE counters.id = new.id
),
granted AS (
  INSERT INTO redemptions (id, project_id, customer_id, currency, subtotal, shipping, discount, line_discounts, cart,
                           channel, redemption_point, key_id, metadata, state, expires_at, created_at)
  SELECT id, project_id, customer_id, currency, subtotal, shipping, discount, line_discounts::bigint[], cart::json,
         channel, redemption_point, key_id, metadata::json, state, expires_at, $1
  FROM unnest($11::uuid[], $12::uuid[], $13::uuid[], $14::text[], $15::bigint[], $16::bigint[], $17::bigint[],
              $18::text[], $19::text[], $20::text[], $21::text[], $22::uuid[], $23::text[], $24::text[],
              $25::timestamptz[])
    AS new (id, project_id, customer_id, currency, subtotal, shipping, discount, line_discounts, cart, channel,
            redemption_point, key_id, metadata, state, expires_at)
),
granted_codes AS (
  INSERT INTO redeemed_vouchers (id, project_id, redemption_id, position, voucher_id, campaign_id, main_campaign_id,
                                 customer_id, offer_version, code, discount, line_discounts, spent, spent_unit,
                                 given_back, created_at)
  SELECT id, project_id, redemption_id, position, voucher_id, campaign_id, main_campaign_id, customer_id,
         offer_version, code, discount, line_discounts::bigint[], spent, spent_unit, false, $1
  FROM unnest($26::uuid[], $27::uuid[], $28::uuid[], $29::smallint[], $30::uuid[], $31::uuid[], $32::uuid[],
              $33::uuid[], $34::int[], $35::text[], $36::bigint[], $37::text[], $38::bigint[], $39::text[])
    AS new (id, project_id, redemption_id, position, voucher_id, campaign_id, main_campaign_id, customer_id,
            offer_version, code, discount, line_discounts, spent, spent_unit)
),
rejected AS (
  INSERT INTO rejected_redemptions (id, project_id, customer_id, currency, subtotal, shipping, cart, channel,
                                    redemption_point, key_id, metadata, reason_codes, created_at)
  SELECT id, project_id, customer_id, currency, subtotal, shipping, cart::json, channel, redemption_point, key_id,
         metadata::json, reason_codes::text[], $1
  FROM unnest($40::uuid[], $41::uuid[], $42::uuid[], $43::text[], $44::bigint[], $45::bigint[], $46::text[],
              $47::text[], $48::text[], $49::uuid[], $50::text[], $51::text[])
    AS new (id, project_id, customer_id, currency, subtotal, shipping, cart, channel, redemption_point, key_id,
            metadata, reason_codes)
),
rejected_codes AS (
  INSERT INTO rejected_vouchers (id, project_id, rejected_redemption_id, position, code, voucher_id, campaign_id,
                                 main_campaign_id, offer_version, reasons, created_at)
  SELECT id, project_id, rejected_redemption_id, position, code, voucher_id, campaign_id, main_campaign_id,
         offer_version, reasons::json, $1
  FROM unnest($52::uuid[], $53::uuid[], $54::uuid[], $55::smallint[], $56::text[], $57::uuid[], $58::uuid[],
              $59::uuid[], $60::int[], $61::text[])
    AS new (id, project_id, rejected_redemption_id, position, code, voucher_id, campaign_id, main_campaign_id,
            offer_version, reasons)
)
-- The event log's own way to append (app/events/log.py), here without a round trip of its own.
INSERT INTO events (project_id, kind, at, payload)
SELECT project_id, kind, $1, payload::json
FROM unnest($62::uuid[], $63::text[], $64::text[]) WITH ORDINALITY
  AS new (project_id, kind, payload, place)
ORDER BY place
