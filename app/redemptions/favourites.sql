-- Which categories the customers $2 of a project $1 bought most of, up to $3 of each: a row for each category, with what
-- was paid in each currency. Goods that came back are gone, with the discount that went with them; so is all of an order
-- that was undone. A line of several categories counts for each. Ranked by what was paid in the currency $4, or by units
-- ($5 says which), then by the other.
WITH kept AS (
  SELECT r.customer_id, r.currency, line.categories, stays.units,
    stays.units * line.unit_price - r.line_discounts[line.place] + coalesce(back.discount, 0) AS paid
  FROM redemptions r
  CROSS JOIN LATERAL ROWS FROM (
    json_to_recordset(r.cart -> 'lines') AS (quantity bigint, unit_price bigint, categories json)
  ) WITH ORDINALITY AS line (quantity, unit_price, categories, place)
  LEFT JOIN LATERAL (
    SELECT sum((gone.told ->> 'quantity')::bigint)::bigint AS units,
      sum((gone.told ->> 'discount')::bigint)::bigint AS discount
    FROM rollbacks b
    CROSS JOIN LATERAL json_array_elements(b.lines) AS gone (told)
    WHERE (r.returned_subtotal > 0 OR r.returned_discount <> 0)
      AND b.project_id = r.project_id AND b.redemption_id = r.id AND (gone.told ->> 'line')::bigint = line.place - 1
  ) AS back ON true
  CROSS JOIN LATERAL (SELECT line.quantity - coalesce(back.units, 0) AS units) AS stays
  WHERE r.project_id = $1 AND r.customer_id = ANY ($2::uuid[]) AND r.state = 'REDEEMED'
    AND line.categories IS NOT NULL
),
in_currency AS (
  SELECT kept.customer_id, of_line.category, kept.currency, sum(kept.units) AS units, sum(kept.paid) AS paid
  FROM kept
  -- Who names a category twice means it once.
  CROSS JOIN LATERAL (SELECT DISTINCT json_array_elements_text(kept.categories) AS category) AS of_line
  GROUP BY kept.customer_id, of_line.category, kept.currency
),
together AS (
  SELECT customer_id, category, sum(units) AS units, coalesce(sum(paid) FILTER (WHERE currency = $4), 0) AS paid,
    array_agg(currency ORDER BY currency COLLATE "C") FILTER (WHERE units > 0) AS currencies,
    array_agg(paid ORDER BY currency COLLATE "C") FILTER (WHERE units > 0) AS amounts
  FROM in_currency GROUP BY customer_id, category HAVING sum(units) > 0
)
SELECT customer_id, category, units, currencies, amounts
FROM (
  SELECT *, row_number() OVER (
    PARTITION BY customer_id
    ORDER BY CASE WHEN $5 THEN units ELSE paid END DESC, CASE WHEN $5 THEN paid ELSE units END DESC,
      category COLLATE "C"
  ) AS place
  FROM together
) AS ranked
WHERE place <= $3
ORDER BY customer_id, place
