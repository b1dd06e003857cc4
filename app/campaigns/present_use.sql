-- The present use of a campaign ($2), with that of its sub-campaigns: for each budget asked what its counter tells, or
-- would tell. What is held counts like what is redeemed, unless the hold is over at $8; what was returned is taken off.
-- Ids rise with time: since_id bounds the period for the indexes, created_at is what decides.
SELECT asked.place, (coalesce(
  (SELECT k.used FROM counters k
   WHERE k.project_id = $1 AND k.scope = 'campaign' AND k.subject_id = $2 AND k.measure = asked.measure
     AND k.currency IS NOT DISTINCT FROM asked.currency
     AND k.window_start IS NOT DISTINCT FROM asked.starts AND k.window_end IS NOT DISTINCT FROM asked.ends),
  (SELECT sum(CASE asked.measure
      WHEN 'REDEMPTIONS' THEN orders.codes
      WHEN 'DISCOUNT' THEN orders.discount
      WHEN 'ORDER_VALUE' THEN orders.value
      WHEN 'POINTS' THEN orders.points
    END)
   FROM (
     SELECT count(*) AS codes, sum(v.discount - v.returned_discount) AS discount,
            sum(v.spent - v.returned_spent) FILTER (WHERE v.spent_unit = 'points') AS points,
            -- An order counts once, however many of its codes are the campaign's.
            min(r.subtotal - r.returned_subtotal) AS value
     FROM (
       SELECT * FROM redeemed_vouchers
       WHERE project_id = $1 AND campaign_id = $2 AND redemption_id >= asked.since_id
       UNION ALL
       SELECT * FROM redeemed_vouchers
       WHERE project_id = $1 AND main_campaign_id = $2 AND redemption_id >= asked.since_id
     ) AS v
     -- Which currency it was is asked only where it matters.
     LEFT JOIN redemptions r ON asked.currency IS NOT NULL AND r.project_id = $1 AND r.id = v.redemption_id
     WHERE NOT v.given_back AND (asked.currency IS NULL OR r.currency = asked.currency)
       AND (asked.starts IS NULL OR (v.created_at >= asked.starts AND v.created_at < asked.ends))
     GROUP BY v.redemption_id
   ) AS orders),
  0
) - (
  SELECT coalesce(sum(CASE asked.measure
      WHEN 'REDEMPTIONS' THEN orders.codes
      WHEN 'DISCOUNT' THEN orders.discount
      WHEN 'ORDER_VALUE' THEN h.subtotal
      WHEN 'POINTS' THEN orders.points
    END), 0)
  FROM redemptions h
  JOIN LATERAL (
    SELECT count(*) AS codes, sum(v.discount) AS discount, sum(v.spent) FILTER (WHERE v.spent_unit = 'points') AS points
    FROM redeemed_vouchers v
    WHERE v.project_id = $1 AND v.redemption_id = h.id AND NOT v.given_back AND $2 IN (v.campaign_id, v.main_campaign_id)
  ) AS orders ON orders.codes > 0
  WHERE h.project_id = $1 AND h.state = 'HELD' AND h.expires_at <= $8
    AND (asked.currency IS NULL OR h.currency = asked.currency)
    AND (asked.starts IS NULL OR (h.created_at >= asked.starts AND h.created_at < asked.ends))
))::bigint AS used
FROM unnest($3::text[], $4::text[], $5::timestamptz[], $6::timestamptz[], $7::uuid[]) WITH ORDINALITY
  AS asked (measure, currency, starts, ends, since_id, place)
ORDER BY asked.place
