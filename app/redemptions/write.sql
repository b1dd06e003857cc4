-- All that a batch has decided, at one moment ($1), in one statement. Every counter in it is locked already: the
-- parts of a statement run in no promised order, so no lock that could be waited for may be left to them, except for
-- idempotency keys. These are written in one order, so that two tills which meet the same keys wait for each other
-- instead of locking up.
WITH keys AS (
  INSERT INTO idempotency_keys (id, project_id, deed, key, request_hash, answer_kind, answer_id, created_at)
  SELECT key_id, project_id, deed, key, request_hash, answer_kind, answer_id, $1::timestamptz
  FROM unnest($2::new_answer[]) AS new
  ORDER BY key_id
),
counted AS (
  UPDATE counters SET used = new.used
  FROM unnest($3::uuid[], $4::bigint[]) AS new (id, used)
  WHERE counters.id = new.id
),
granted AS (
  INSERT INTO redemptions (id, project_id, customer_id, currency, subtotal, shipping, discount, line_discounts,
                           shipping_discount, cart, channel, redemption_point, key_id, metadata, state, expires_at,
                           facts, skipped, created_at)
  SELECT id, project_id, customer_id, currency, subtotal, shipping, discount, line_discounts::bigint[],
         shipping_discount, cart::json, channel, redemption_point, key_id, metadata::json, state, expires_at,
         facts::json, skipped::json, $1
  FROM unnest($5::new_redemption_3[]) AS new
),
granted_codes AS (
  INSERT INTO redeemed_vouchers (id, project_id, redemption_id, position, voucher_id, campaign_id, main_campaign_id,
                                 customer_id, offer_version, code, discount, line_discounts, shipping_discount,
                                 spent, spent_unit, gifts, partner_id, category, reward, given_back, created_at)
  SELECT id, project_id, redemption_id, position, voucher_id, campaign_id, main_campaign_id, customer_id,
         offer_version, code, discount, line_discounts::bigint[], shipping_discount, spent, spent_unit, gifts::json,
         partner_id, category, reward, false, $1
  FROM unnest($6::new_redeemed_voucher_4[]) AS new
),
rejected AS (
  INSERT INTO rejected_redemptions (id, project_id, customer_id, currency, subtotal, shipping, cart, channel,
                                    redemption_point, key_id, metadata, reason_codes, facts, created_at)
  SELECT id, project_id, customer_id, currency, subtotal, shipping, cart::json, channel, redemption_point, key_id,
         metadata::json, reason_codes::text[], facts::json, $1
  FROM unnest($7::new_rejected_redemption_3[]) AS new
),
rejected_codes AS (
  INSERT INTO rejected_vouchers (id, project_id, rejected_redemption_id, position, code, voucher_id, campaign_id,
                                 main_campaign_id, offer_version, reasons, partner_id, category, reward, created_at)
  SELECT id, project_id, rejected_redemption_id, position, code, voucher_id, campaign_id, main_campaign_id,
         offer_version, reasons::json, partner_id, category, reward, $1
  FROM unnest($8::new_rejected_voucher_4[]) AS new
)
-- The event log's own way to append (app/events/log.py), here without a round trip of its own.
INSERT INTO events (project_id, kind, at, payload)
SELECT project_id, event, $1, payload::json
FROM unnest($2) WITH ORDINALITY
  AS new (key_id, project_id, deed, key, request_hash, answer_kind, answer_id, event, payload, place)
ORDER BY place
