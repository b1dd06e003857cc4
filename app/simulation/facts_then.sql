-- What rules would have been told of customers at moments of the past, each row its own moment `at`: redemptions that
-- stood then, what was paid for them by then, and custom events that had been told by then. Ids rise with time: since_id
-- bounds the walk, created_at decides.
SELECT n.place, CASE n.kind
  WHEN 'redemptions' THEN (
    SELECT count(*) FROM redemptions r
    WHERE r.project_id = $1 AND r.customer_id = n.customer_id AND (r.customer_id, r.id) >= (n.customer_id, n.since_id)
      AND r.created_at < n.at AND (n.since IS NULL OR r.created_at >= n.since)
      AND CASE r.state
          WHEN 'ROLLED_BACK' THEN r.rolled_back_at > n.at
          WHEN 'HELD' THEN r.expires_at > n.at
          WHEN 'EXPIRED' THEN r.expires_at > n.at
          ELSE r.state = 'REDEEMED' OR r.ended_at > n.at
        END
      AND (n.subject_id IS NULL OR EXISTS (
        SELECT FROM redeemed_vouchers v
        WHERE v.project_id = r.project_id AND v.redemption_id = r.id
          AND n.subject_id IN (v.campaign_id, v.main_campaign_id))))
  WHEN 'spend' THEN (
    SELECT coalesce(sum(r.subtotal + r.shipping - r.discount - (
        SELECT coalesce(sum(b.subtotal - b.discount), 0) FROM rollbacks b
        WHERE b.project_id = r.project_id AND b.redemption_id = r.id AND b.created_at <= n.at)), 0)::bigint
    FROM redemptions r
    WHERE r.project_id = $1 AND r.customer_id = n.customer_id AND (r.customer_id, r.id) >= (n.customer_id, n.since_id)
      AND r.currency = n.name AND r.created_at < n.at AND (n.since IS NULL OR r.created_at >= n.since)
      AND CASE r.state
          WHEN 'ROLLED_BACK' THEN r.rolled_back_at > n.at
          WHEN 'HELD' THEN r.expires_at > n.at
          WHEN 'EXPIRED' THEN r.expires_at > n.at
          ELSE r.state = 'REDEEMED' OR r.ended_at > n.at
        END)
  ELSE (
    SELECT count(*) FROM custom_events e
    WHERE e.project_id = $1 AND e.customer_id = n.customer_id AND e.name = n.name
      AND e.created_at <= n.at AND (n.since IS NULL OR e.at >= n.since))
  END AS amount
FROM unnest($2::uuid[], $3::text[], $4::uuid[], $5::text[], $6::timestamptz[], $7::uuid[], $8::timestamptz[])
  WITH ORDINALITY AS n (customer_id, kind, subject_id, name, since, since_id, at, place)
