-- Which vouchers with a balance each of the customers $2 of a project $1 holds, the latest given first, up to $4 of each
-- customer: those that nobody has stopped and whose own time is not over at $3.
SELECT held.customer_id, held.voucher_id
FROM unnest($2::uuid[]) AS wanted (customer_id)
CROSS JOIN LATERAL (
  SELECT holdings.customer_id, holdings.voucher_id
  FROM (/* holdings */) AS holdings
  JOIN vouchers AS v ON v.project_id = holdings.project_id AND v.id = holdings.voucher_id
  WHERE holdings.project_id = $1 AND holdings.customer_id = wanted.customer_id
    AND v.enabled AND (v.expires_at IS NULL OR v.expires_at > $3)
    AND EXISTS (
      SELECT FROM balance_buckets AS buckets
      WHERE buckets.project_id = holdings.project_id AND buckets.voucher_id = holdings.voucher_id)
  ORDER BY holdings.published_at DESC, holdings.voucher_id DESC
  LIMIT $4
) AS held
