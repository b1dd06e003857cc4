-- What each customer holds: the unique codes that are theirs, and the generic codes that were published to them.
-- A generic code published twice to one customer is held once, since the first time.
SELECT project_id, holder_id AS customer_id, id AS voucher_id, published_at, true AS exclusive
FROM vouchers
WHERE holder_id IS NOT NULL
UNION ALL
SELECT publications.project_id, publications.customer_id, publications.voucher_id,
       min(publications.created_at) AS published_at, false AS exclusive
FROM publications
JOIN vouchers ON vouchers.project_id = publications.project_id AND vouchers.id = publications.voucher_id
WHERE vouchers.kind = 'GENERIC'
GROUP BY publications.project_id, publications.customer_id, publications.voucher_id
