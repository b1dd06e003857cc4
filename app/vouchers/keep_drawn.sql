-- Keeps the drawn codes that the project does not have yet; the command tag tells how many these were.
-- A code that another mint is just making is waited for; both take them in the order of their keys, so
-- that two mints of one pattern never wait for each other in a circle.
INSERT INTO vouchers (id, project_id, campaign_id, code, code_key, kind, enabled,
                      starts_at, expires_at, max_redemptions, metadata, created_at)
SELECT id, $1, $2, code, code_key, $3, true, $4, $5, $6, $7, $8
FROM drawn_codes
ORDER BY code_key COLLATE "C"
ON CONFLICT (project_id, code_key) DO NOTHING
