-- The uses of counters as they stand at $11, read without a lock (a counter that is not there is counted from the ledger).
-- Holds whose time is over count no more, though nobody may have told them yet.
SELECT false AS is_need, k.place, NULL::record AS profile, (
  coalesce((SELECT c.used FROM counters c WHERE c.id = k.id), /* uses_in_ledger */) - (
    SELECT coalesce(sum(
      CASE WHEN k.measure = 'ORDER_VALUE' THEN h.subtotal - h.returned_subtotal ELSE code.amount END), 0)
    FROM redemptions h
    JOIN LATERAL (
      SELECT sum(CASE k.measure
          WHEN 'REDEMPTIONS' THEN 1
          WHEN 'DISCOUNT' THEN v.discount
          WHEN 'POINTS' THEN CASE WHEN v.spent_unit = 'points' THEN v.spent ELSE 0 END
          ELSE 0
        END) AS amount
      FROM redeemed_vouchers v
      WHERE v.project_id = h.project_id AND v.redemption_id = h.id AND NOT v.given_back AND CASE k.scope
          WHEN 'voucher' THEN v.voucher_id = k.subject_id
          ELSE k.subject_id IN (v.campaign_id, v.main_campaign_id)
        END
    ) AS code ON code.amount IS NOT NULL
    WHERE h.project_id = k.project_id AND h.state = 'HELD' AND h.expires_at <= $11
      AND (k.customer_id IS NULL OR h.customer_id = k.customer_id)
      AND (k.currency IS NULL OR h.currency = k.currency)
      AND (k.window_start IS NULL OR (h.created_at >= k.window_start AND h.created_at < k.window_end))
  ))::bigint AS amount
FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::uuid[], $6::text[], $7::text[], $8::timestamptz[],
            $9::timestamptz[], $10::uuid[]) WITH ORDINALITY
  AS k (id, project_id, scope, subject_id, customer_id, measure, currency, window_start, window_end, since_id, place)
