-- Keeps those of the drawn vouchers whose codes the project does not have yet; the command tag tells how many these were.
-- A code that another mint is just making is waited for; both take them in the order of their keys, so
-- that two mints of one pattern never wait for each other in a circle.
INSERT INTO vouchers (id, project_id, campaign_id, code, code_key, kind, enabled,
                      starts_at, expires_at, max_redemptions, metadata, created_at)
SELECT id, project_id, campaign_id, code, code_key, kind, enabled,
       starts_at, expires_at, max_redemptions, metadata, created_at
FROM drawn_vouchers
ORDER BY code_key COLLATE "C"
ON CONFLICT (project_id, code_key) DO NOTHING
