-- Which vouchers of the customers $2 of a project $1 are over between $3 and $4, by their own time or by that of their
-- campaigns: the soonest first, up to $5 of each customer. What is stopped, or over already, is left out.
SELECT found.customer_id, found.voucher_id, found.published_at, found.exclusive
FROM unnest($2::uuid[]) AS wanted (customer_id)
CROSS JOIN LATERAL (
  SELECT holdings.*, least(v.expires_at, c.ends_at, m.ends_at) AS ends
  FROM (/* holdings */) AS holdings
  JOIN vouchers v ON v.project_id = holdings.project_id AND v.id = holdings.voucher_id
  JOIN campaigns c ON c.project_id = v.project_id AND c.id = v.campaign_id
  LEFT JOIN campaigns m ON m.project_id = c.project_id AND m.id = c.main_id
  WHERE holdings.project_id = $1 AND holdings.customer_id = wanted.customer_id AND v.enabled
    AND c.state = 'LIVE' AND (m.id IS NULL OR m.state = 'LIVE')
    AND least(v.expires_at, c.ends_at, m.ends_at) > $3 AND least(v.expires_at, c.ends_at, m.ends_at) <= $4
  ORDER BY ends, holdings.published_at DESC, holdings.voucher_id
  LIMIT $5
) AS found
ORDER BY found.ends, found.published_at DESC, found.voucher_id
