-- The uses of vouchers: where there is a limit its counter is exact, else (and before the first use) the ledger tells.
SELECT v.id, v.most, coalesce(
  CASE WHEN v.most IS NOT NULL THEN (SELECT c.used FROM counters c WHERE c.id = v.counter) END,
  (SELECT count(*) FROM redeemed_vouchers u WHERE u.project_id = $1 AND u.voucher_id = v.id AND NOT u.rolled_back)
) AS used
FROM (
  SELECT voucher.id, asked.counter,
         coalesce(voucher.max_redemptions, (o.offer #>> '{limits,per_voucher}')::bigint) AS most
  FROM unnest($2::uuid[], $3::uuid[]) AS asked (id, counter)
  JOIN vouchers voucher ON voucher.project_id = $1 AND voucher.id = asked.id
  JOIN campaigns c ON c.project_id = $1 AND c.id = voucher.campaign_id
  LEFT JOIN offers o ON o.project_id = $1 AND o.campaign_id = c.id AND o.version = c.offer_version
) AS v
