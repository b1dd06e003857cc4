-- The uses of counters, and the answers to the needs of rules. A counter that does not exist yet, or was born in
-- this transaction ($6), is counted from the ledger: so a limit that is set later knows of all uses before it.
SELECT false AS is_need, k.place,
  coalesce(
    CASE WHEN NOT k.born THEN (SELECT c.used FROM counters c WHERE c.id = k.id) END,
    CASE k.scope
      WHEN 'voucher' THEN (
        SELECT count(*) FROM redeemed_vouchers v
        WHERE v.project_id = k.project_id AND v.voucher_id = k.subject_id AND NOT v.rolled_back)
      WHEN 'campaign' THEN (
        SELECT count(*) FROM redeemed_vouchers v
        WHERE v.project_id = k.project_id AND v.campaign_id = k.subject_id AND NOT v.rolled_back
      ) + (
        SELECT count(*) FROM redeemed_vouchers v
        WHERE v.project_id = k.project_id AND v.main_campaign_id = k.subject_id AND NOT v.rolled_back)
      WHEN 'customer' THEN (
        SELECT count(*) FROM redemptions r
        JOIN redeemed_vouchers v ON v.project_id = r.project_id AND v.redemption_id = r.id
        WHERE r.project_id = k.project_id AND r.customer_id = k.customer_id
          AND v.campaign_id = k.subject_id AND NOT v.rolled_back)
    END
  ) AS amount
FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::uuid[], $6::boolean[]) WITH ORDINALITY
  AS k (id, project_id, scope, subject_id, customer_id, born, place)
UNION ALL
SELECT true, n.place, (
  SELECT count(*) FROM redemptions r
  WHERE r.project_id = n.project_id AND r.customer_id = n.customer_id AND r.rolled_back_at IS NULL
    AND (n.since IS NULL OR r.created_at >= n.since)
    AND (n.campaign_id IS NULL OR EXISTS (
      SELECT FROM redeemed_vouchers v
      WHERE v.project_id = r.project_id AND v.redemption_id = r.id
        AND n.campaign_id IN (v.campaign_id, v.main_campaign_id))))
FROM unnest($7::uuid[], $8::uuid[], $9::uuid[], $10::timestamptz[]) WITH ORDINALITY
  AS n (project_id, customer_id, campaign_id, since, place)
