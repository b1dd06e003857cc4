-- One page of one project's settled events (read_settled.sql says what that is), of some kinds or of all.
--   $1, $2, $3  the place: epoch, tx, position        $4  most events of the page
--   $5  the project        $6  the kinds, null for all        $7  bytes of payload with which a page is full
--   $8  whether to look near the place only
WITH line AS MATERIALIZED (
    SELECT max(id) AS epoch, pg_snapshot_xmin(pg_current_snapshot()) AS tx FROM event_epochs
), border AS MATERIALIZED (
    SELECT epoch, tx, false AS is_near FROM line
    UNION ALL
    SELECT first_epoch, first_tx, true FROM event_partitions
    WHERE id > (SELECT event_partition_near($1::smallint, $2::xid8, $3::bigint, $8::boolean))
    ORDER BY epoch, tx, is_near LIMIT 1
)
SELECT border.is_near, horizon.epoch AS horizon_epoch, horizon.tx AS horizon_tx, horizon.position AS horizon_position,
       head.epoch AS head_epoch, head.tx AS head_tx, head.position AS head_position,
       page.epoch, page.tx, page.position, page.project_id, page.kind, page.at, page.payload::text AS payload,
       page.size, page.found
FROM line
CROSS JOIN border
CROSS JOIN event_horizon AS horizon
LEFT JOIN LATERAL (
    (SELECT epoch, tx, position FROM events
     WHERE part >= event_partition_of_the_line() AND (epoch, tx, position) < (line.epoch, line.tx, 0)
     ORDER BY epoch DESC, tx DESC, position DESC LIMIT 1)
    UNION ALL
    (SELECT last_epoch, last_tx, last_position FROM event_partitions
     WHERE (last_epoch, last_tx, last_position) < (line.epoch, line.tx, 0))
    UNION ALL
    (SELECT horizon.epoch, horizon.tx, horizon.position)
    ORDER BY epoch DESC, tx DESC, position DESC LIMIT 1
) AS head ON true
LEFT JOIN LATERAL (
    SELECT * FROM (
        SELECT *, count(*) OVER () AS found, sum(size) OVER (ORDER BY epoch, tx, position) AS size_so_far
        FROM (
            SELECT *, octet_length(payload::text) AS size FROM events
            WHERE part >= event_partition_behind($1::smallint, $2::xid8, $3::bigint)
              AND part <= event_partition_near($1::smallint, $2::xid8, $3::bigint, $8::boolean)
              AND project_id = $5
              AND (epoch, tx, position) > ($1::smallint, $2::xid8, $3::bigint)
              AND (epoch, tx, position) < (border.epoch, border.tx, 0)
              AND ($6::text[] IS NULL OR kind = ANY ($6))
            ORDER BY epoch, tx, position LIMIT $4
        ) AS ahead
    ) AS measured
    WHERE size_so_far - size < $7::bigint
) AS page ON true
ORDER BY page.epoch, page.tx, page.position
