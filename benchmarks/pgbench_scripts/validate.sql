-- One validation as a careful programmer writes it by hand: the reads of the service, one statement after the other.
\set number random(1, :codes)
\set shopper random(1, :shoppers)
\if :admission
SELECT k.id AS key_id, k.kind, k.name, k.redemption_point, k.origins, k.expires_at, k.revoked_at,
       p.id AS project, p.name AS project_name, p.time_zone, p.currency, p.case_sensitive_codes
FROM api_keys k JOIN projects p ON p.id = k.project_id
WHERE k.secret_hash = decode(:secret_hash, 'hex') \gset
\endif
SELECT v.id AS voucher, v.code, v.campaign_id AS campaign,
       CASE WHEN :by_voucher::int = 1 THEN v.id ELSE v.campaign_id END AS subject,
       v.enabled, v.holder_id, v.starts_at, v.expires_at, v.max_redemptions,
       c.state, c.starts_at AS from_, c.ends_at AS until, c.max_redemptions AS most, c.time_zone, c.budgets, o.version, o.offer, m.state AS main_state, m.max_redemptions AS main_most,
       m.budgets AS main_budgets
FROM vouchers v
JOIN campaigns c ON c.project_id = v.project_id AND c.id = v.campaign_id
LEFT JOIN campaigns m ON m.project_id = c.project_id AND m.id = c.main_id
LEFT JOIN offers o ON o.project_id = c.project_id AND o.campaign_id = c.id AND o.version = c.offer_version
WHERE v.project_id = :project::uuid AND v.code_key = :prefix::text || lpad(:number::text, 7, '0') \gset
SELECT id AS customer FROM customers
WHERE project_id = :project::uuid AND source_id = 'shopper-' || lpad(:shopper::text, 7, '0') \gset
\if :counted
SELECT coalesce(
  (SELECT used FROM counters WHERE id = md5(:subject::text)::uuid),
  CASE WHEN :by_voucher::int = 1
    THEN (SELECT count(*) FROM redeemed_vouchers
          WHERE project_id = :project::uuid AND voucher_id = :subject::uuid AND NOT given_back)
    ELSE (SELECT count(*) FROM redeemed_vouchers
          WHERE project_id = :project::uuid AND campaign_id = :subject::uuid AND NOT given_back) END
) AS used \gset
\endif
