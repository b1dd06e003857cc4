-- What the customers $2 of a project $1 have ordered, a row for each of their currencies. An order is a redeemed cart;
-- one that was rolled back as a whole is none any more, and its shipping was refunded with it. Holds are no orders yet.
SELECT r.customer_id, r.currency,
  count(*) FILTER (WHERE r.state = 'REDEEMED') AS orders,
  count(*) FILTER (WHERE r.state = 'ROLLED_BACK') AS undone,
  min(coalesce(r.confirmed_at, r.created_at)) FILTER (WHERE r.state = 'REDEEMED') AS first_at,
  max(coalesce(r.confirmed_at, r.created_at)) FILTER (WHERE r.state = 'REDEEMED') AS last_at,
  coalesce(sum(r.subtotal - r.returned_subtotal + r.shipping) FILTER (WHERE r.state = 'REDEEMED'), 0) AS gross,
  coalesce(sum(r.discount - r.returned_discount) FILTER (WHERE r.state = 'REDEEMED'), 0) AS discount,
  coalesce(sum((
    SELECT sum(v.spent - v.returned_spent) FROM redeemed_vouchers v
    WHERE v.project_id = r.project_id AND v.redemption_id = r.id AND v.spent_unit = r.currency
  )) FILTER (WHERE r.state = 'REDEEMED'), 0) AS from_balances,
  sum(r.returned_subtotal - r.returned_discount + CASE WHEN r.state = 'ROLLED_BACK' THEN r.shipping ELSE 0 END)
    AS refunded
FROM redemptions r
WHERE r.project_id = $1 AND r.customer_id = ANY ($2::uuid[]) AND r.state IN ('REDEEMED', 'ROLLED_BACK')
GROUP BY r.customer_id, r.currency
