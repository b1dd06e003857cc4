-- The uses of counters, the answers to the needs of rules and rewards, and balances, all as they stand at $18 and read
-- without a lock. Holds whose time is over count no more, though nobody may have told them yet.
/* uses_at */
UNION ALL
-- Of what was paid, returned goods are gone, and the discount that they took along; shipping comes back with the last of
-- them, and then nothing of the redemption stands. Ids rise with time: since_id bounds the walk, created_at decides.
SELECT true, n.place,
  CASE n.kind
    WHEN 'profile' THEN (
      SELECT ROW (c.source_id, c.name, c.email, c.birthday, c.metadata::json, c.created_at)
      FROM customers c WHERE c.project_id = n.project_id AND c.id = n.customer_id)
    WHEN 'card' THEN (
      SELECT ROW (v.id, (
        SELECT b.unit FROM balance_buckets b WHERE b.project_id = v.project_id AND b.voucher_id = v.id LIMIT 1), (
        SELECT coalesce(sum(b.amount_left), 0)::bigint FROM balance_buckets b
        WHERE b.project_id = v.project_id AND b.voucher_id = v.id AND (b.expires_at IS NULL OR b.expires_at > $18)))
      FROM vouchers v
      WHERE v.project_id = n.project_id AND v.holder_id = n.customer_id AND v.campaign_id = n.subject_id AND v.enabled
        AND (v.expires_at IS NULL OR v.expires_at > $18)
      ORDER BY v.id LIMIT 1)
  END,
  CASE n.kind
    WHEN 'redemptions' THEN (
      SELECT count(*) FROM redemptions r
      WHERE r.project_id = n.project_id AND r.customer_id = n.customer_id
        AND (r.customer_id, r.id) >= (n.customer_id, n.since_id)
        AND (r.state = 'REDEEMED' OR (r.state = 'HELD' AND r.expires_at > $18))
        AND (n.since IS NULL OR r.created_at >= n.since)
        AND (n.subject_id IS NULL OR EXISTS (
          SELECT FROM redeemed_vouchers v
          WHERE v.project_id = r.project_id AND v.redemption_id = r.id
            AND n.subject_id IN (v.campaign_id, v.main_campaign_id))))
    WHEN 'spend' THEN (
      SELECT coalesce(sum(
        r.subtotal - r.returned_subtotal + r.shipping - r.discount + r.returned_discount), 0)::bigint
      FROM redemptions r
      WHERE r.project_id = n.project_id AND r.customer_id = n.customer_id AND r.currency = n.name
        AND (r.customer_id, r.id) >= (n.customer_id, n.since_id)
        AND (r.state = 'REDEEMED' OR (r.state = 'HELD' AND r.expires_at > $18))
        AND (n.since IS NULL OR r.created_at >= n.since))
    WHEN 'events' THEN (
      SELECT count(*) FROM custom_events e
      WHERE e.project_id = n.project_id AND e.customer_id = n.customer_id AND e.name = n.name
        AND (n.since IS NULL OR e.at >= n.since))
    WHEN 'listed' THEN (
      SELECT count(*) FROM segment_members m
      WHERE m.project_id = n.project_id AND m.segment_id = n.subject_id AND m.customer_id = n.customer_id)
    -- A request takes no more codes than it has; nobody asks how many there are beyond that.
    WHEN 'pool' THEN (
      SELECT count(*) FROM (
        SELECT FROM pool_codes p
        WHERE p.project_id = n.project_id AND p.pool_id = n.subject_id AND p.redemption_id IS NULL LIMIT 100) AS free)
  END
FROM unnest($11::uuid[], $12::uuid[], $13::text[], $14::uuid[], $15::text[], $16::timestamptz[], $17::uuid[])
  WITH ORDINALITY AS n (project_id, customer_id, kind, subject_id, name, since, since_id, place)
UNION ALL
-- The balances of vouchers ($19, $20), as the room of wallets tells them.
SELECT NULL, NULL, ROW (b.voucher_id, b.unit, b.available), NULL
FROM (
/* balances_of */
) AS b
