-- Redemptions whose codes, lines or rollbacks do not add up to what they say themselves, or that still count although
-- they are over.
SELECT count(*) AS checked, count(*) FILTER (WHERE wrong) AS drift,
  (array_agg(format('redemption %s', id)) FILTER (WHERE wrong))[1:10] AS examples
FROM (
  SELECT r.id,
    codes.number = 0
    OR r.discount <> codes.discount
    OR r.discount <> r.shipping_discount + (SELECT coalesce(sum(off), 0) FROM unnest(r.line_discounts) AS off)
    OR r.shipping_discount <> codes.shipping_discount
    OR codes.any_line_off
    OR (r.state NOT IN ('HELD', 'REDEEMED') AND codes.counting > 0)
    OR (r.state = 'HELD' AND codes.counting < codes.number)
    OR (r.state IN ('HELD', 'REDEEMED', 'ROLLED_BACK') AND r.returned_discount <> codes.returned)
    OR (r.state = 'ROLLED_BACK' AND (r.returned_subtotal <> r.subtotal OR r.returned_discount <> r.discount))
    OR (undone.number > 0 AND r.returned_discount <> undone.discount)
    AS wrong
  FROM redemptions r
  CROSS JOIN LATERAL (
    SELECT count(*) AS number, count(*) FILTER (WHERE NOT v.given_back) AS counting,
      coalesce(sum(v.discount), 0) AS discount, coalesce(sum(v.returned_discount), 0) AS returned,
      coalesce(sum(v.shipping_discount), 0) AS shipping_discount,
      coalesce(bool_or(
        v.discount <> v.shipping_discount + (SELECT coalesce(sum(off), 0) FROM unnest(v.line_discounts) AS off)
      ), false) AS any_line_off
    FROM redeemed_vouchers v WHERE v.project_id = r.project_id AND v.redemption_id = r.id
  ) AS codes
  CROSS JOIN LATERAL (
    SELECT count(*) AS number, coalesce(sum(b.discount), 0) AS discount
    FROM rollbacks b WHERE b.project_id = r.project_id AND b.redemption_id = r.id
  ) AS undone
  WHERE $1::uuid IS NULL OR r.project_id = $1
) AS redemption
