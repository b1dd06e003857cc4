-- The keys behind secrets' hashes with their projects; and for customer tokens, the key that made each and its
-- customer, both only if they live behind the same wall. `place` counts what was asked from 1.
SELECT asked.place,
       k.id, k.kind, k.name, k.redemption_point, k.origins, k.creates_projects, k.expires_at, k.revoked_at,
       p.id AS project_id, p.name AS project_name, p.time_zone, p.currency, p.case_sensitive_codes,
       p.stacking::text AS stacking,
       maker.id IS NOT NULL
         AND maker.revoked_at IS NULL
         AND (maker.expires_at IS NULL OR maker.expires_at > asked.at) AS maker_stands,
       customer.id AS customer_id
FROM unnest($1::bytea[], $2::uuid[], $3::uuid[], $4::timestamptz[])
       WITH ORDINALITY AS asked (secret_hash, maker, customer, at, place)
JOIN api_keys k ON k.secret_hash = asked.secret_hash
JOIN projects p ON p.id = k.project_id
LEFT JOIN api_keys maker ON maker.project_id = k.project_id AND maker.id = asked.maker
LEFT JOIN customers customer ON customer.project_id = k.project_id AND customer.id = asked.customer
