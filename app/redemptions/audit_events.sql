-- Projects in which the log tells of more or fewer redemptions, holds and refusals than the ledger holds. What was let
-- go of the log was counted before.
WITH counted AS MATERIALIZED (
  SELECT project_id, kind, count(*) AS count FROM events
  WHERE $1::uuid IS NULL OR project_id = $1 GROUP BY project_id, kind
  UNION ALL
  SELECT project_id, kind, count FROM events_let_go WHERE $1::uuid IS NULL OR project_id = $1
)
SELECT count(*) AS checked, count(*) FILTER (WHERE told <> happened) AS drift,
  (array_agg(format('project %s: %s events, %s in the ledger', project_id, told, happened))
    FILTER (WHERE told <> happened))[1:10] AS examples
FROM (
  SELECT p.id AS project_id,
    (SELECT array_agg(told.events ORDER BY told.place) FROM (
      SELECT wanted.place, coalesce(sum(e.count), 0)::bigint AS events
      FROM unnest(ARRAY['REDEMPTION_GRANTED', 'REDEMPTION_REJECTED', 'REDEMPTION_HELD', 'HOLD_RELEASED', 'HOLD_EXPIRED',
        'REDEMPTION_ROLLED_BACK']) WITH ORDINALITY AS wanted (kind, place)
      LEFT JOIN counted e ON e.project_id = p.id AND e.kind = wanted.kind
      GROUP BY wanted.place
    ) AS told) AS told,
    (SELECT ARRAY[
      count(*) FILTER (WHERE r.state IN ('REDEEMED', 'ROLLED_BACK')),
      (SELECT count(*) FROM rejected_redemptions j WHERE j.project_id = p.id),
      count(*) FILTER (WHERE r.expires_at IS NOT NULL), count(*) FILTER (WHERE r.state = 'RELEASED'),
      count(*) FILTER (WHERE r.state = 'EXPIRED'),
      (SELECT count(*) FROM rollbacks b WHERE b.project_id = p.id)
    ] FROM redemptions r WHERE r.project_id = p.id) AS happened
  FROM projects p
  WHERE $1::uuid IS NULL OR p.id = $1
) AS project
