-- Redemptions that gave otherwise than they say: credit and points, which were put on cards when they were consumed, and
-- codes of somebody else's, which are theirs as long as they are held or were consumed. No more is ever taken back from
-- a card than was put there.
SELECT count(*) AS checked, count(*) FILTER (WHERE wrong) AS drift,
  (array_agg(format('redemption %s', id)) FILTER (WHERE wrong))[1:10] AS examples
FROM (
  SELECT r.id,
    posted.given <> CASE WHEN r.state IN ('REDEEMED', 'ROLLED_BACK') THEN said.put_on_cards ELSE 0 END
    OR posted.removed > posted.given
    OR codes.number <> CASE WHEN r.state IN ('HELD', 'REDEEMED', 'ROLLED_BACK') THEN said.codes ELSE 0 END
    AS wrong
  FROM (
    SELECT project_id, redemption_id FROM redeemed_vouchers WHERE gifts IS NOT NULL
    UNION
    SELECT project_id, redemption_id FROM postings
    WHERE redemption_id IS NOT NULL AND deed IN ('ISSUE', 'REMOVE')
    UNION
    SELECT project_id, redemption_id FROM pool_codes WHERE redemption_id IS NOT NULL
  ) AS giving
  JOIN redemptions r ON r.project_id = giving.project_id AND r.id = giving.redemption_id
  CROSS JOIN LATERAL (
    SELECT
      coalesce(sum((gift->>'amount')::bigint) FILTER (WHERE gift->>'kind' <> 'EXTERNAL_CODE'), 0) AS put_on_cards,
      coalesce(sum((gift->>'amount')::bigint) FILTER (WHERE gift->>'kind' = 'EXTERNAL_CODE'), 0) AS codes
    FROM redeemed_vouchers v CROSS JOIN LATERAL json_array_elements(v.gifts) AS gift
    WHERE v.project_id = r.project_id AND v.redemption_id = r.id AND v.gifts IS NOT NULL
  ) AS said
  CROSS JOIN LATERAL (
    SELECT
      coalesce(sum(p.amount) FILTER (WHERE p.deed = 'ISSUE'), 0) AS given,
      coalesce(sum(p.amount) FILTER (WHERE p.deed = 'REMOVE'), 0) AS removed
    FROM postings p WHERE p.project_id = r.project_id AND p.redemption_id = r.id
  ) AS posted
  CROSS JOIN LATERAL (
    SELECT count(*) AS number FROM pool_codes c WHERE c.project_id = r.project_id AND c.redemption_id = r.id
  ) AS codes
  WHERE $1::uuid IS NULL OR r.project_id = $1
) AS redemption
