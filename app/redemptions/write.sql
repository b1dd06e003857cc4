-- All that a batch has decided, in one statement. Every counter in it is locked already: the parts of a statement
-- run in no promised order, so no lock that could be waited for may be left to them (idempotency keys come sorted).
WITH keys AS (
  INSERT INTO idempotency_keys (id, project_id, deed, key, request_hash, answer_kind, answer_id, created_at)
  SELECT id, project_id, deed, key, request_hash, answer_kind, answer_id, created_at
  FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::bytea[], $6::text[], $7::uuid[], $8::timestamptz[])
    AS new (id, project_id, deed, key, request_hash, answer_kind, answer_id, created_at)
),
counted AS (
  UPDATE counters SET used = new.used
  FROM unnest($9::uuid[], $10::bigint[]) AS new (id, used)
  WHERE counters.id = new.id
),
granted AS (
  INSERT INTO redemptions (id, project_id, customer_id, currency, subtotal, shipping, discount, line_discounts, cart,
                           channel, redemption_point, key_id, metadata, created_at)
  SELECT id, project_id, customer_id, currency, subtotal, shipping, discount, line_discounts::bigint[], cart::json,
         channel, redemption_point, key_id, metadata::json, created_at
  FROM unnest($11::uuid[], $12::uuid[], $13::uuid[], $14::text[], $15::bigint[], $16::bigint[], $17::bigint[],
              $18::text[], $19::text[], $20::text[], $21::text[], $22::uuid[], $23::text[], $24::timestamptz[])
    AS new (id, project_id, customer_id, currency, subtotal, shipping, discount, line_discounts, cart, channel,
            redemption_point, key_id, metadata, created_at)
),
granted_codes AS (
  INSERT INTO redeemed_vouchers (id, project_id, redemption_id, position, voucher_id, campaign_id, main_campaign_id,
                                 customer_id, offer_version, code, discount, line_discounts, counted, rolled_back,
                                 created_at)
  SELECT id, project_id, redemption_id, position, voucher_id, campaign_id, main_campaign_id, customer_id,
         offer_version, code, discount, line_discounts::bigint[], counted::uuid[], false, created_at
  FROM unnest($25::uuid[], $26::uuid[], $27::uuid[], $28::smallint[], $29::uuid[], $30::uuid[], $31::uuid[],
              $32::uuid[], $33::int[], $34::text[], $35::bigint[], $36::text[], $37::text[], $38::timestamptz[])
    AS new (id, project_id, redemption_id, position, voucher_id, campaign_id, main_campaign_id, customer_id,
            offer_version, code, discount, line_discounts, counted, created_at)
),
rejected AS (
  INSERT INTO rejected_redemptions (id, project_id, customer_id, currency, subtotal, shipping, cart, channel,
                                    redemption_point, key_id, metadata, reason_codes, created_at)
  SELECT id, project_id, customer_id, currency, subtotal, shipping, cart::json, channel, redemption_point, key_id,
         metadata::json, reason_codes::text[], created_at
  FROM unnest($39::uuid[], $40::uuid[], $41::uuid[], $42::text[], $43::bigint[], $44::bigint[], $45::text[],
              $46::text[], $47::text[], $48::uuid[], $49::text[], $50::text[], $51::timestamptz[])
    AS new (id, project_id, customer_id, currency, subtotal, shipping, cart, channel, redemption_point, key_id,
            metadata, reason_codes, created_at)
),
rejected_codes AS (
  INSERT INTO rejected_vouchers (id, project_id, rejected_redemption_id, position, code, voucher_id, campaign_id,
                                 main_campaign_id, offer_version, reasons, created_at)
  SELECT id, project_id, rejected_redemption_id, position, code, voucher_id, campaign_id, main_campaign_id,
         offer_version, reasons::json, created_at
  FROM unnest($52::uuid[], $53::uuid[], $54::uuid[], $55::smallint[], $56::text[], $57::uuid[], $58::uuid[],
              $59::uuid[], $60::int[], $61::text[], $62::timestamptz[])
    AS new (id, project_id, rejected_redemption_id, position, code, voucher_id, campaign_id, main_campaign_id,
            offer_version, reasons, created_at)
)
-- The event log's own way to append (app/events/log.py), here without a round trip of its own.
INSERT INTO events (project_id, kind, at, payload)
SELECT project_id, kind, at, payload::json
FROM unnest($63::uuid[], $64::text[], $65::timestamptz[], $66::text[]) WITH ORDINALITY
  AS new (project_id, kind, at, payload, place)
ORDER BY place
