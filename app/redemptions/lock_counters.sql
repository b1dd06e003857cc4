-- Lock the counters of a batch, in the order they are given (by id), and tell how far they have counted. An upsert,
-- never SELECT FOR UPDATE: that would overlook a row which another till is just inserting.
-- A counter that is not there yet is counted from the ledger on the way. That is exact: whoever counts something new
-- against it would have made its row, and limits come and go only while no such transaction is under way
-- (app/database/standing_edits.py). A row of scope 'past' counts nothing, it is only locked.
-- Whether it is there is asked by a scalar, not by EXISTS: for that, the planner may read the whole table into a hash.
INSERT INTO counters AS counter
  (id, project_id, scope, subject_id, customer_id, measure, currency, window_start, window_end, used)
SELECT k.id, k.project_id, k.scope, k.subject_id, k.customer_id, k.measure, k.currency, k.window_start, k.window_end,
  CASE WHEN k.scope = 'past' OR (SELECT true FROM counters c WHERE c.id = k.id) THEN 0 ELSE /* uses_in_ledger */ END
FROM unnest($1::wanted_counter[]) AS k
ON CONFLICT (id) DO UPDATE SET used = counter.used
RETURNING counter.id, counter.used
