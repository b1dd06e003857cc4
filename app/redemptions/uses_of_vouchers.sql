-- The uses of vouchers ($2, with their counters $3): where there is a limit its counter is exact, else (and before the
-- first use) the ledger tells. Holds are in both: how many there are, and how many of them are still good at $4.
WITH held AS MATERIALIZED (
  SELECT u.voucher_id AS id, count(*) AS uses, count(*) FILTER (WHERE h.expires_at > $4) AS live
  FROM redemptions h JOIN redeemed_vouchers u ON u.project_id = h.project_id AND u.redemption_id = h.id
  WHERE h.project_id = $1 AND h.state = 'HELD' AND u.voucher_id = ANY ($2::uuid[])
  GROUP BY u.voucher_id
)
SELECT v.id, v.most, coalesce(held.live, 0) AS held, coalesce(
  CASE WHEN v.most IS NOT NULL THEN (SELECT c.used FROM counters c WHERE c.id = v.counter) END,
  (SELECT count(*) FROM redeemed_vouchers u WHERE u.project_id = $1 AND u.voucher_id = v.id AND NOT u.given_back)
) - coalesce(held.uses, 0) AS used
FROM (
  SELECT voucher.id, asked.counter,
         coalesce(voucher.max_redemptions, (o.offer #>> '{limits,per_voucher}')::bigint) AS most
  FROM unnest($2::uuid[], $3::uuid[]) AS asked (id, counter)
  JOIN vouchers voucher ON voucher.project_id = $1 AND voucher.id = asked.id
  JOIN campaigns c ON c.project_id = $1 AND c.id = voucher.campaign_id
  LEFT JOIN offers o ON o.project_id = $1 AND o.campaign_id = c.id AND o.version = c.offer_version
) AS v
LEFT JOIN held ON held.id = v.id
