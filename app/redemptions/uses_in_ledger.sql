-- How far the counter k has counted, according to the ledger: an expression over a row k (project_id, scope,
-- subject_id, customer_id, measure, currency, window_start, window_end, since_id) that other statements take in. What
-- is held counts like what is redeemed. Ids rise with time: since_id bounds the period for the indexes, created_at is
-- what decides. Only one of the four ways to the codes is ever walked. A comparison of rows fits one index alone: planned
-- while the ledger is empty, plain conditions would take any index that begins with the project and read all of it.
CASE WHEN k.measure = 'ORDER_VALUE' THEN (
  -- The value of an order counts once, however many of its codes are counted.
  SELECT coalesce(sum(r.subtotal - r.returned_subtotal), 0) FROM (
    SELECT v.redemption_id FROM redeemed_vouchers v
    WHERE k.scope = 'voucher' AND v.project_id = k.project_id AND v.voucher_id = k.subject_id
      AND (v.voucher_id, v.redemption_id) >= (k.subject_id, k.since_id) AND NOT v.given_back
    UNION
    SELECT v.redemption_id FROM redeemed_vouchers v
    WHERE k.scope = 'campaign' AND v.project_id = k.project_id AND v.campaign_id = k.subject_id
      AND (v.campaign_id, v.redemption_id) >= (k.subject_id, k.since_id) AND NOT v.given_back
    UNION
    SELECT v.redemption_id FROM redeemed_vouchers v
    WHERE k.scope = 'campaign' AND v.project_id = k.project_id AND v.main_campaign_id = k.subject_id
      AND (v.main_campaign_id, v.redemption_id) >= (k.subject_id, k.since_id) AND NOT v.given_back
    UNION
    SELECT v.redemption_id FROM redemptions o CROSS JOIN LATERAL (
      SELECT c.* FROM redeemed_vouchers c WHERE c.project_id = o.project_id AND c.redemption_id = o.id OFFSET 0
    ) AS v
    WHERE k.scope = 'customer' AND o.project_id = k.project_id AND o.customer_id = k.customer_id
      AND (o.customer_id, o.id) >= (k.customer_id, k.since_id)
      AND k.subject_id IN (v.campaign_id, v.main_campaign_id) AND NOT v.given_back
  ) AS order_ CROSS JOIN LATERAL (
    -- One by one: joined freely, a plan may walk all redemptions of the project instead.
    SELECT o.* FROM redemptions o WHERE o.project_id = k.project_id AND o.id = order_.redemption_id OFFSET 0
  ) AS r
  WHERE r.currency = k.currency
    AND (k.window_start IS NULL OR (r.created_at >= k.window_start AND r.created_at < k.window_end))
) ELSE (
  SELECT coalesce(sum(CASE k.measure
      WHEN 'REDEMPTIONS' THEN 1
      WHEN 'DISCOUNT' THEN v.discount - v.returned_discount
      WHEN 'POINTS' THEN CASE WHEN v.spent_unit = 'points' THEN v.spent - v.returned_spent ELSE 0 END
    END), 0)
  FROM (
    SELECT v.* FROM redeemed_vouchers v
    WHERE k.scope = 'voucher' AND v.project_id = k.project_id AND v.voucher_id = k.subject_id
      AND (v.voucher_id, v.redemption_id) >= (k.subject_id, k.since_id)
    UNION ALL
    SELECT v.* FROM redeemed_vouchers v
    WHERE k.scope = 'campaign' AND v.project_id = k.project_id AND v.campaign_id = k.subject_id
      AND (v.campaign_id, v.redemption_id) >= (k.subject_id, k.since_id)
    UNION ALL
    SELECT v.* FROM redeemed_vouchers v
    WHERE k.scope = 'campaign' AND v.project_id = k.project_id AND v.main_campaign_id = k.subject_id
      AND (v.main_campaign_id, v.redemption_id) >= (k.subject_id, k.since_id)
    UNION ALL
    SELECT v.* FROM redemptions o CROSS JOIN LATERAL (
      SELECT c.* FROM redeemed_vouchers c WHERE c.project_id = o.project_id AND c.redemption_id = o.id OFFSET 0
    ) AS v
    WHERE k.scope = 'customer' AND o.project_id = k.project_id AND o.customer_id = k.customer_id
      AND (o.customer_id, o.id) >= (k.customer_id, k.since_id) AND k.subject_id IN (v.campaign_id, v.main_campaign_id)
  ) AS v
  WHERE NOT v.given_back
    AND (k.window_start IS NULL OR (v.created_at >= k.window_start AND v.created_at < k.window_end))
    AND (k.currency IS NULL OR k.currency = (
      SELECT r.currency FROM redemptions r WHERE r.project_id = k.project_id AND r.id = v.redemption_id))
) END
