-- How many customers redeemed in a period and in each of its intervals (step null: in the whole period), by group and
-- currency; the same of the period it is compared with. report.py fills in the subjects and the name of a group.
--   $1  the project        $2  the subjects, null for all
--   $3  only this channel        $4  this redemption point        $5  this currency; null for all
--   $6  the bounds of the intervals        $7  those of the earlier period, empty for none
WITH periods (is_earlier, bounds) AS (
    VALUES (false, $6::timestamptz[]), (true, $7::timestamptz[])
), bought AS (
    SELECT p.is_earlier, b.currency, /* name */ AS name, width_bucket(b.at, p.bounds) - 1 AS step, b.customer_id
    FROM periods AS p
    JOIN report_buyers AS b ON b.at >= p.bounds[1] AND b.at < p.bounds[array_upper(p.bounds, 1)]
    CROSS JOIN LATERAL unnest(/* subjects */) AS mark (subject)
    WHERE b.project_id = $1 AND ($2::text[] IS NULL OR mark.subject = ANY ($2))
      AND ($3::text IS NULL OR b.channel = $3)
      AND ($4::text IS NULL OR b.redemption_point = $4)
      AND ($5::text IS NULL OR b.currency = $5::char(3))
)
SELECT is_earlier, currency, name, step, count(DISTINCT customer_id) AS buyers
FROM bought
GROUP BY GROUPING SETS ((is_earlier, currency, name, step), (is_earlier, currency, name))
