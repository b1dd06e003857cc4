-- Attempts of a project ($1) behind an id ($2), made in a period ($3, $4), in the order of their ids, which rise with
-- time; of all of them those whose hash is below $5 of 2^32. With a campaign ($6), only those that named its codes, or
-- codes under one of the main campaigns $7; what was left out of a redemption stands in its own row. $8 at most.
SELECT attempt.id, attempt.is_rejected, attempt.ended_at FROM (
  (
    SELECT r.id, false AS is_rejected, r.ended_at FROM redemptions r
    WHERE r.project_id = $1 AND r.id > $2 AND r.created_at >= $3 AND r.created_at < $4
      AND ('x' || left(md5(r.id::text), 8))::bit(32)::bigint < $5::bigint
      AND ($6::uuid IS NULL OR r.skipped IS NOT NULL OR EXISTS (
        SELECT FROM redeemed_vouchers v
        WHERE v.project_id = r.project_id AND v.redemption_id = r.id
          AND (v.campaign_id = $6 OR v.main_campaign_id = ANY ($7::uuid[]))))
    ORDER BY r.id LIMIT $8
  )
  UNION ALL
  (
    SELECT r.id, true, NULL FROM rejected_redemptions r
    WHERE r.project_id = $1 AND r.id > $2 AND r.created_at >= $3 AND r.created_at < $4
      AND ('x' || left(md5(r.id::text), 8))::bit(32)::bigint < $5::bigint
      AND ($6::uuid IS NULL OR EXISTS (
        SELECT FROM rejected_vouchers v
        WHERE v.project_id = r.project_id AND v.rejected_redemption_id = r.id
          AND (v.campaign_id = $6 OR v.main_campaign_id = ANY ($7::uuid[]))))
    ORDER BY r.id LIMIT $8
  )
) AS attempt
ORDER BY attempt.id LIMIT $8
