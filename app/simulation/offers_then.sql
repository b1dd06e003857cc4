-- The versions of offers ($2, $3) that decisions were made by, each with its campaign's clock; and their vouchers ($4):
-- whether they are cart promotions, that take part by themselves, and the limits of their own.
SELECT
  ARRAY(
    SELECT ROW (o.campaign_id, o.version, o.offer, c.time_zone)
    FROM unnest($2::uuid[], $3::int[]) AS asked (campaign_id, version)
    JOIN offers o ON o.project_id = $1 AND o.campaign_id = asked.campaign_id AND o.version = asked.version
    JOIN campaigns c ON c.project_id = o.project_id AND c.id = o.campaign_id
  ) AS versions,
  ARRAY(
    SELECT ROW (v.id, v.kind = 'PROMOTION', v.max_redemptions)
    FROM vouchers v WHERE v.project_id = $1 AND v.id = ANY ($4::uuid[])
  ) AS vouchers
