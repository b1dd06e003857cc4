-- The versions of offers that vouchers were granted, and the clocks of their campaigns.
SELECT o.campaign_id, o.version, o.offer, c.time_zone
FROM unnest($2::uuid[], $3::int[]) AS asked (campaign_id, version)
JOIN offers o ON o.project_id = $1 AND o.campaign_id = asked.campaign_id AND o.version = asked.version
JOIN campaigns c ON c.project_id = o.project_id AND c.id = o.campaign_id
