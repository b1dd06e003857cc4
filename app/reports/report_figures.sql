-- Figures of a period, and of the one it is compared with, by group, currency and interval; the first groups of each
-- currency, the first one first; of as many currencies as there is room for, the project's own first, then those with
-- most; the others are named. report.py fills in the table, the name of a group, the sums, what makes a group first, and
-- what a currency.
--   $1  the project        $2  the grain        $3  the kind of subject        $4  the subjects, null for all
--   $5  only this channel        $6  this redemption point        $7  this currency; null for all
--   $8  the bounds of the intervals        $9  those of the earlier period, empty for none        $10  most groups
--   $11  most currencies
WITH periods (is_earlier, bounds) AS (
    VALUES (false, $8::timestamptz[]), (true, $9::timestamptz[])
), counted AS (
    SELECT p.is_earlier, f.currency, /* name */ AS name, width_bucket(f.start, p.bounds) - 1 AS step, /* sums */
    FROM periods AS p
    JOIN /* table */ AS f ON f.start >= p.bounds[1] AND f.start < p.bounds[array_upper(p.bounds, 1)]
    WHERE f.project_id = $1 AND f.grain = $2 AND f.kind = $3 AND ($4::text[] IS NULL OR f.subject = ANY ($4))
      AND ($5::text IS NULL OR f.channel = $5)
      AND ($6::text IS NULL OR f.redemption_point = $6)
      AND ($7::text IS NULL OR f.currency = $7::char(3))
    GROUP BY 1, 2, 3, 4
), ranked AS (
    SELECT name, currency, row_number() OVER (
        PARTITION BY currency ORDER BY coalesce(sum(/* top */) FILTER (WHERE NOT is_earlier), 0) DESC, name
    ) AS rank
    FROM counted GROUP BY name, currency
), currencies AS (
    SELECT currency, row_number() OVER (
        ORDER BY currency = (SELECT p.currency FROM projects AS p WHERE p.id = $1) DESC,
            coalesce(sum(/* weight */) FILTER (WHERE NOT is_earlier), 0) DESC, currency
    ) AS rank
    FROM counted GROUP BY currency
)
SELECT counted.*, (
    SELECT string_agg(currency::text, ' ' ORDER BY currency) FROM currencies WHERE rank > $11
) AS left_out
FROM counted JOIN ranked USING (name, currency) JOIN currencies USING (currency)
WHERE ranked.rank <= $10 AND currencies.rank <= $11
ORDER BY counted.currency, ranked.rank, counted.is_earlier, counted.step
