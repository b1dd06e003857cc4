-- Counters that do not say what the ledger says. A counter is the sum of what was redeemed or is held against it.
SELECT count(*) AS checked, count(*) FILTER (WHERE used <> counted) AS drift,
  (array_agg(format('%s %s: %s, counted %s', scope, subject_id, used, counted)) FILTER (WHERE used <> counted))[1:10]
    AS examples
FROM (
  SELECT k.scope, k.subject_id, k.used, /* uses_in_ledger */ AS counted
  FROM (SELECT *, '00000000-0000-0000-0000-000000000000'::uuid AS since_id FROM counters) AS k
  WHERE ($1::uuid IS NULL OR k.project_id = $1) AND k.scope <> 'past'
) AS k
