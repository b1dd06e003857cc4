-- How far each counter would have counted before a simulation begins: all that the ledger holds against it today, of
-- redemptions made in its period before then.
SELECT k.place, (/* uses_in_ledger */)::bigint AS used
FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::timestamptz[],
            $8::timestamptz[], $9::uuid[]) WITH ORDINALITY
  AS k (project_id, scope, subject_id, customer_id, measure, currency, window_start, window_end, since_id, place)
