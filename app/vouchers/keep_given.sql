-- Keeps the given codes that the project does not have yet and gives back their keys.
-- Taken in the order of their keys, so that two imports never wait for each other in a circle.
INSERT INTO vouchers (id, project_id, campaign_id, code, code_key, kind, enabled,
                      starts_at, expires_at, max_redemptions, metadata, created_at)
SELECT id, $4, $5, code, code_key, $6, true, $7, $8, $9, $10, $11
FROM unnest($1::uuid[], $2::text[], $3::text[]) AS given (id, code, code_key)
ORDER BY code_key COLLATE "C"
ON CONFLICT (project_id, code_key) DO NOTHING
RETURNING id, code_key
