-- What may be offered to a shopper: one row with the customer of project $1 (by id $2 or source id $3, null if there is no
-- such one), the latest vouchers that they hold, and a generic code of each of the latest campaigns that are live at $6:
-- of those that are listed if $4, of all others too if $5. Each list has up to $7 entries.
WITH shopper AS MATERIALIZED (
  SELECT c.id FROM customers c WHERE c.project_id = $1 AND c.id = $2
  UNION ALL
  SELECT c.id FROM customers c WHERE c.project_id = $1 AND c.source_id = $3
)
SELECT
  (SELECT id FROM shopper) AS customer,
  ARRAY(
    SELECT holdings.voucher_id
    FROM (/* holdings */) AS holdings
    WHERE holdings.project_id = $1 AND holdings.customer_id = (SELECT id FROM shopper)
    ORDER BY holdings.published_at DESC, holdings.voucher_id DESC
    LIMIT $7
  ) AS held,
  ARRAY(
    SELECT code.id
    FROM campaigns c
    CROSS JOIN LATERAL (
      SELECT v.id
      FROM vouchers v
      WHERE v.project_id = c.project_id AND v.campaign_id = c.id AND v.kind = 'GENERIC' AND v.enabled
        AND (v.expires_at IS NULL OR v.expires_at > $6)
      ORDER BY v.id
      LIMIT 1
    ) AS code
    WHERE c.project_id = $1 AND c.state = 'LIVE' AND (c.ends_at IS NULL OR c.ends_at > $6)
      AND ((c.is_listed AND $4) OR $5)
    ORDER BY c.id DESC
    LIMIT $7
  ) AS listed
