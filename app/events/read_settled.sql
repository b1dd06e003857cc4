-- One page of the log behind a place, and the place up to which the log is settled at this instant.
--
-- A transaction may commit after one that began later, so what is committed is not yet in order. Settled is
-- what stands before the oldest transaction that is still open: nothing can be added there any more.
-- The place is that of the last settled event, never the line itself: a crash may take back numbers of transactions
-- that left nothing behind, and those that get them again would then stand before a place that had been given out.
-- `unsettled` is the first event that is committed but has to wait for such a transaction.
-- `horizon` is the last place that was let go: behind an older one something is missing.
--   $1, $2, $3  the place: epoch, tx, position        $4  most events of the page
--   $5  the kinds wanted, null for all        $6  bytes of payload with which a page is full
--   $7  whether to look near the place only, in the partition where it lies: `is_near` tells that there are more
--
-- Comparing `part` keeps the statement from opening partitions that do not matter; what the closed ones begin and end
-- with stands in event_partitions. These must be stable functions of parameters: for a sub-select it would open all.
WITH line AS MATERIALIZED (
    SELECT max(id) AS epoch, pg_snapshot_xmin(pg_current_snapshot()) AS tx FROM event_epochs
), border AS MATERIALIZED (
    SELECT epoch, tx, false AS is_near FROM line
    UNION ALL
    SELECT first_epoch, first_tx, true FROM event_partitions
    WHERE id > (SELECT event_partition_near($1::smallint, $2::xid8, $3::bigint, $7::boolean))
    ORDER BY epoch, tx, is_near LIMIT 1
)
SELECT border.is_near, horizon.epoch AS horizon_epoch, horizon.tx AS horizon_tx, horizon.position AS horizon_position,
       head.epoch AS head_epoch, head.tx AS head_tx, head.position AS head_position,
       unsettled.epoch AS unsettled_epoch, unsettled.tx AS unsettled_tx, unsettled.position AS unsettled_position,
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
    SELECT epoch, tx, position FROM events
    WHERE part >= event_partition_of_the_line() AND (epoch, tx, position) >= (line.epoch, line.tx, 0)
    ORDER BY epoch, tx, position LIMIT 1
) AS unsettled ON true
LEFT JOIN LATERAL (
    SELECT * FROM (
        SELECT *, count(*) OVER () AS found, sum(size) OVER (ORDER BY epoch, tx, position) AS size_so_far
        FROM (
            SELECT *, octet_length(payload::text) AS size FROM events
            WHERE part >= event_partition_behind($1::smallint, $2::xid8, $3::bigint)
              AND part <= event_partition_near($1::smallint, $2::xid8, $3::bigint, $7::boolean)
              AND (epoch, tx, position) > ($1::smallint, $2::xid8, $3::bigint)
              AND (epoch, tx, position) < (border.epoch, border.tx, 0)
              AND ($5::text[] IS NULL OR kind = ANY ($5))
            ORDER BY epoch, tx, position LIMIT $4
        ) AS ahead
    ) AS measured
    WHERE size_so_far - size < $6::bigint
) AS page ON true
ORDER BY page.epoch, page.tx, page.position
