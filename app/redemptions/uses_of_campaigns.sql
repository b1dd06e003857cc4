-- The uses of campaigns ($2, with their counters $3): where there is a limit its counter is exact, else (and before the
-- first use) the ledger tells. Holds are in both: how many there are, and how many of them are still good at $4.
WITH held AS MATERIALIZED (
  SELECT asked.id, count(*) AS uses, count(*) FILTER (WHERE h.expires_at > $4) AS live
  FROM redemptions h
  JOIN redeemed_vouchers u ON u.project_id = h.project_id AND u.redemption_id = h.id
  JOIN unnest($2::uuid[]) AS asked (id) ON asked.id IN (u.campaign_id, u.main_campaign_id)
  WHERE h.project_id = $1 AND h.state = 'HELD'
  GROUP BY asked.id
)
SELECT campaign.id, campaign.most, coalesce(held.live, 0) AS held, coalesce(
  CASE WHEN campaign.most IS NOT NULL THEN (SELECT c.used FROM counters c WHERE c.id = campaign.counter) END,
  (SELECT count(*) FROM redeemed_vouchers u
   WHERE u.project_id = $1 AND u.campaign_id = campaign.id AND NOT u.given_back)
  + (SELECT count(*) FROM redeemed_vouchers u
     WHERE u.project_id = $1 AND u.main_campaign_id = campaign.id AND NOT u.given_back)
) - coalesce(held.uses, 0) AS used
FROM (
  SELECT c.id, asked.counter, least(c.max_redemptions, (o.offer #>> '{limits,per_campaign}')::bigint) AS most
  FROM unnest($2::uuid[], $3::uuid[]) AS asked (id, counter)
  JOIN campaigns c ON c.project_id = $1 AND c.id = asked.id
  LEFT JOIN offers o ON o.project_id = $1 AND o.campaign_id = c.id AND o.version = c.offer_version
) AS campaign
LEFT JOIN held ON held.id = campaign.id
