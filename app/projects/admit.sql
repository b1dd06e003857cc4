-- The key behind a secret's hash with its project; and for a customer token, the key that made it and its
-- customer, both only if they live behind the same wall.
SELECT k.id, k.kind, k.name, k.redemption_point, k.origins, k.creates_projects, k.expires_at, k.revoked_at,
       p.id AS project_id, p.name AS project_name, p.time_zone, p.currency, p.case_sensitive_codes,
       maker.id IS NOT NULL
         AND maker.revoked_at IS NULL
         AND (maker.expires_at IS NULL OR maker.expires_at > $4) AS maker_stands,
       customer.id AS customer_id
FROM api_keys k
JOIN projects p ON p.id = k.project_id
LEFT JOIN api_keys maker ON maker.project_id = k.project_id AND maker.id = $2
LEFT JOIN customers customer ON customer.project_id = k.project_id AND customer.id = $3
WHERE k.secret_hash = $1
