-- Projects in which the log tells of more or fewer redemptions, holds and refusals than the ledger holds.
SELECT count(*) AS checked, count(*) FILTER (WHERE told <> happened) AS drift,
  (array_agg(format('project %s: %s events, %s in the ledger', project_id, told, happened))
    FILTER (WHERE told <> happened))[1:10] AS examples
FROM (
  SELECT p.id AS project_id,
    ARRAY[
      count(*) FILTER (WHERE e.kind = 'REDEMPTION_GRANTED'), count(*) FILTER (WHERE e.kind = 'REDEMPTION_REJECTED'),
      count(*) FILTER (WHERE e.kind = 'REDEMPTION_HELD'), count(*) FILTER (WHERE e.kind = 'HOLD_RELEASED'),
      count(*) FILTER (WHERE e.kind = 'HOLD_EXPIRED'), count(*) FILTER (WHERE e.kind = 'REDEMPTION_ROLLED_BACK')
    ] AS told,
    (SELECT ARRAY[
      count(*) FILTER (WHERE r.state IN ('REDEEMED', 'ROLLED_BACK')),
      (SELECT count(*) FROM rejected_redemptions j WHERE j.project_id = p.id),
      count(*) FILTER (WHERE r.expires_at IS NOT NULL), count(*) FILTER (WHERE r.state = 'RELEASED'),
      count(*) FILTER (WHERE r.state = 'EXPIRED'),
      (SELECT count(*) FROM rollbacks b WHERE b.project_id = p.id)
    ] FROM redemptions r WHERE r.project_id = p.id) AS happened
  FROM projects p LEFT JOIN events e ON e.project_id = p.id
  WHERE $1::uuid IS NULL OR p.id = $1
  GROUP BY p.id
) AS project
