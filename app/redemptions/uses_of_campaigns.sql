-- The uses of campaigns: where there is a limit its counter is exact, else (and before the first use) the ledger tells.
SELECT campaign.id, campaign.most, coalesce(
  CASE WHEN campaign.most IS NOT NULL THEN (SELECT c.used FROM counters c WHERE c.id = campaign.counter) END,
  (SELECT count(*) FROM redeemed_vouchers u
   WHERE u.project_id = $1 AND u.campaign_id = campaign.id AND NOT u.rolled_back)
  + (SELECT count(*) FROM redeemed_vouchers u
     WHERE u.project_id = $1 AND u.main_campaign_id = campaign.id AND NOT u.rolled_back)
) AS used
FROM (
  SELECT c.id, asked.counter, least(c.max_redemptions, (o.offer #>> '{limits,per_campaign}')::bigint) AS most
  FROM unnest($2::uuid[], $3::uuid[]) AS asked (id, counter)
  JOIN campaigns c ON c.project_id = $1 AND c.id = asked.id
  LEFT JOIN offers o ON o.project_id = $1 AND o.campaign_id = c.id AND o.version = c.offer_version
) AS campaign
