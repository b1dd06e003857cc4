-- One page of one project's settled events (read_settled.sql says what that is), of some kinds or of all.
--   $1, $2, $3  the place: epoch, tx, position        $4  most events of the page
--   $5  the project        $6  the kinds, null for all
WITH head AS MATERIALIZED (
    SELECT max(id) AS epoch, pg_snapshot_xmin(pg_current_snapshot()) AS tx FROM event_epochs
)
SELECT head.epoch AS head_epoch, head.tx AS head_tx,
       page.epoch, page.tx, page.position, page.project_id, page.kind, page.at, page.payload::text AS payload
FROM head
LEFT JOIN LATERAL (
    SELECT * FROM events
    WHERE project_id = $5
      AND (epoch, tx, position) > ($1::smallint, $2::xid8, $3::bigint)
      AND (epoch, tx, position) < (head.epoch, head.tx, 0)
      AND ($6::text[] IS NULL OR kind = ANY ($6))
    ORDER BY epoch, tx, position LIMIT $4
) AS page ON true
ORDER BY page.epoch, page.tx, page.position
