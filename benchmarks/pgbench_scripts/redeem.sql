-- One redemption as a careful programmer writes it by hand: one statement after the other, in one transaction.
-- It reads and writes what the till reads and writes for one request; @uuid@ is the server's maker of ids.
\set number random(1, :codes)
\set shopper random(1, :shoppers)
\set salt random(1, 9000000000000000)
\if :admission
SELECT k.id AS key_id, k.kind, k.name, k.redemption_point, k.origins, k.expires_at, k.revoked_at,
       p.id AS project, p.name AS project_name, p.time_zone, p.currency, p.case_sensitive_codes
FROM api_keys k JOIN projects p ON p.id = k.project_id
WHERE k.secret_hash = decode(:secret_hash, 'hex') \gset
\endif
BEGIN;
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
SELECT @uuid@ AS key, @uuid@ AS redemption, count(*) AS answered, EXISTS (
  SELECT FROM redemptions WHERE project_id = :project::uuid AND state = 'HELD' AND expires_at <= now()
) AS expired FROM idempotency_keys
WHERE id = md5(:salt::text)::uuid \gset
\if :counted
INSERT INTO counters AS c (id, project_id, scope, subject_id, measure, used)
SELECT k.id, :project::uuid, :scope::text, :subject::uuid, :measure::text,
  CASE WHEN EXISTS (SELECT FROM counters WHERE id = k.id) THEN 0
  WHEN :by_voucher::int = 1 THEN (
    SELECT count(*) FROM redeemed_vouchers
    WHERE project_id = :project::uuid AND voucher_id = :subject::uuid AND NOT given_back)
  ELSE (
    SELECT count(*) FROM redeemed_vouchers
    WHERE project_id = :project::uuid AND campaign_id = :subject::uuid AND NOT given_back) END
FROM (VALUES (md5(:subject::text)::uuid)) AS k (id)
ON CONFLICT (id) DO UPDATE SET used = c.used
RETURNING c.id AS counter, c.used \gset
UPDATE counters SET used = :used::bigint + :amount::bigint WHERE id = :counter::uuid;
\endif
INSERT INTO idempotency_keys (id, project_id, deed, key, request_hash, answer_kind, answer_id, created_at)
VALUES (:key::uuid, :project::uuid, 'redeem', :key::text, decode(:secret_hash, 'hex'), 'REDEMPTION',
        :redemption::uuid, now());
INSERT INTO redemptions (id, project_id, customer_id, currency, subtotal, shipping, discount, line_discounts, cart,
                         channel, key_id, metadata, state, created_at)
VALUES (:redemption::uuid, :project::uuid, :customer::uuid, 'EUR', 16265, 490, 1627, '{398,790,299,140}',
        :cart::json, 'web', :key_id::uuid, '{}', 'REDEEMED', now());
INSERT INTO redeemed_vouchers (id, project_id, redemption_id, position, voucher_id, campaign_id, customer_id,
                               offer_version, code, discount, line_discounts, spent, given_back, created_at)
VALUES (@uuid@, :project::uuid, :redemption::uuid, 0, :voucher::uuid, :campaign::uuid, :customer::uuid, :version::int,
        :code::text, 1627, '{398,790,299,140}', 0, false, now());
INSERT INTO events (project_id, kind, at, payload)
VALUES (:project::uuid, 'REDEMPTION_GRANTED', now(), :payload::json);
COMMIT;
