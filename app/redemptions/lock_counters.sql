-- Lock the counters of a batch, in the order they are given (by id), and tell how far they have counted. An upsert,
-- never SELECT FOR UPDATE: that would overlook a row which another till is just inserting, and start again from nought.
INSERT INTO counters AS counter (id, project_id, scope, subject_id, customer_id, window_start, used)
SELECT asked.id, asked.project_id, asked.scope, asked.subject_id, asked.customer_id, asked.window_start, 0
FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::uuid[], $6::timestamptz[])
  AS asked (id, project_id, scope, subject_id, customer_id, window_start)
ON CONFLICT (id) DO UPDATE SET used = counter.used
-- A row that was there is a new version of itself, which carries our transaction in xmax; a new one carries none.
RETURNING counter.id, counter.used, counter.xmax = 0 AS born
