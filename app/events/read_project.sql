-- One page of one project's settled events (read_settled.sql says what that is), of some kinds or of all.
--   $1, $2, $3  the place: epoch, tx, position        $4  most events of the page
--   $5  the project        $6  the kinds, null for all        $7  bytes of payload with which a page is full
WITH line AS MATERIALIZED (
    SELECT max(id) AS epoch, pg_snapshot_xmin(pg_current_snapshot()) AS tx FROM event_epochs
)
SELECT head.epoch AS head_epoch, head.tx AS head_tx, head.position AS head_position,
       page.epoch, page.tx, page.position, page.project_id, page.kind, page.at, page.payload::text AS payload,
       page.size, page.found
FROM line
LEFT JOIN LATERAL (
    SELECT epoch, tx, position FROM events
    WHERE (epoch, tx, position) < (line.epoch, line.tx, 0)
    ORDER BY epoch DESC, tx DESC, position DESC LIMIT 1
) AS head ON true
LEFT JOIN LATERAL (
    SELECT * FROM (
        SELECT *, count(*) OVER () AS found, sum(size) OVER (ORDER BY epoch, tx, position) AS size_so_far
        FROM (
            SELECT *, octet_length(payload::text) AS size FROM events
            WHERE project_id = $5
              AND (epoch, tx, position) > ($1::smallint, $2::xid8, $3::bigint)
              AND (epoch, tx, position) < (line.epoch, line.tx, 0)
              AND ($6::text[] IS NULL OR kind = ANY ($6))
            ORDER BY epoch, tx, position LIMIT $4
        ) AS ahead
    ) AS measured
    WHERE size_so_far - size < $7::bigint
) AS page ON true
ORDER BY page.epoch, page.tx, page.position
