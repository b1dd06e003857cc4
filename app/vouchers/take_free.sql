-- Takes the next free codes of a campaign for a customer, oldest first: unique, enabled, not expired, never published,
-- and not redeemed by whoever held the flyer it was printed on (a redemption that was rolled back leaves it free).
-- Codes that another publisher is just taking are skipped, not waited for, so two never get the same one.
-- MATERIALIZED: the rows are chosen and locked exactly once, whatever plan the update takes.
WITH free AS MATERIALIZED (
  SELECT id
  FROM vouchers
  WHERE project_id = $1 AND campaign_id = $2
    AND kind = 'UNIQUE' AND published_at IS NULL AND enabled
    AND (expires_at IS NULL OR expires_at > $5)
    -- OFFSET 0 keeps this a look into an index for each code that is about to be taken; as a join the planner might
    -- read all that the campaign has ever redeemed.
    AND NOT EXISTS (
      SELECT FROM redeemed_vouchers AS used
      WHERE used.project_id = $1 AND used.voucher_id = vouchers.id AND NOT used.given_back
      OFFSET 0
    )
  ORDER BY id
  LIMIT $3
  FOR NO KEY UPDATE SKIP LOCKED
)
UPDATE vouchers
SET holder_id = $4, published_at = $5
FROM free
WHERE vouchers.project_id = $1 AND vouchers.id = free.id
RETURNING vouchers.id, vouchers.code
