-- Codes that paid from a balance otherwise than the postings say: what is held belongs to holds, what is spent to
-- redemptions, less what rollbacks gave back.
SELECT count(*) AS checked, count(*) FILTER (WHERE wrong) AS drift,
  (array_agg(format('redemption %s, voucher %s', redemption_id, voucher_id)) FILTER (WHERE wrong))[1:10] AS examples
FROM (
  SELECT v.redemption_id, v.voucher_id,
    posted.held <> CASE WHEN r.state = 'HELD' THEN v.spent ELSE 0 END
    OR posted.spent <> CASE WHEN r.state IN ('REDEEMED', 'ROLLED_BACK') THEN v.spent - v.returned_spent ELSE 0 END
    AS wrong
  FROM redeemed_vouchers v
  JOIN redemptions r ON r.project_id = v.project_id AND r.id = v.redemption_id
  CROSS JOIN LATERAL (
    SELECT
      coalesce(sum(CASE WHEN p.credit = 'HELD' THEN p.amount WHEN p.debit = 'HELD' THEN -p.amount ELSE 0 END), 0) AS held,
      coalesce(sum(CASE WHEN p.credit = 'SPENT' THEN p.amount WHEN p.debit = 'SPENT' THEN -p.amount ELSE 0 END), 0) AS spent
    FROM postings p
    WHERE p.project_id = v.project_id AND p.redemption_id = v.redemption_id AND p.voucher_id = v.voucher_id
  ) AS posted
  WHERE v.spent > 0 AND ($1::uuid IS NULL OR v.project_id = $1)
) AS code
