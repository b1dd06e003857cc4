-- The place before a project's first settled event that happened at an instant or later; without one, the settled end.
--
-- Events carry the time of their deed (`at`), and the log is in the order of transactions, so their times rise but for
-- deeds that took long. A search that halves the log goes near the instant, on the side of too early by $3, which is
-- longer than any deed takes; from there the events are looked at one by one. It goes on in one partition only: the first
-- one that was still written to so near to the instant. All that stands in older ones happened too early.
--   $1  the project        $2  the instant        $3  how much earlier the search stops
WITH RECURSIVE line AS MATERIALIZED (
    SELECT max(id) AS epoch, pg_snapshot_xmin(pg_current_snapshot()) AS tx FROM event_epochs
), era AS MATERIALIZED (
    -- The last epoch that began too early: the first event that is wanted stands in it or behind it.
    SELECT max(id) AS epoch FROM event_epochs
    WHERE (SELECT at FROM events
           WHERE part = event_partition_at($2::timestamptz - $3::interval) AND project_id = $1 AND epoch = id
           ORDER BY epoch, tx, position LIMIT 1)
        < $2::timestamptz - $3::interval
), search (low, high) AS (
    -- The first event of transaction `low` or later happened too early; that of one behind `high` did not, or is not.
    SELECT (SELECT tx FROM events
            WHERE part = event_partition_at($2::timestamptz - $3::interval) AND project_id = $1
              AND events.epoch = era.epoch
            ORDER BY epoch, tx, position LIMIT 1)::text::bigint,
           (SELECT tx FROM events
            WHERE part = event_partition_at($2::timestamptz - $3::interval) AND project_id = $1
              AND events.epoch = era.epoch
            ORDER BY epoch DESC, tx DESC, position DESC LIMIT 1)::text::bigint
    FROM era WHERE era.epoch IS NOT NULL
    UNION ALL
    SELECT CASE WHEN too_early THEN middle ELSE low END, CASE WHEN too_early THEN high ELSE middle - 1 END
    FROM (
        SELECT low, high, middle,
               (SELECT at FROM events
                WHERE part = event_partition_at($2::timestamptz - $3::interval) AND project_id = $1
                  AND (epoch, tx, position) >= (era.epoch, middle::text::xid8, 0)
                ORDER BY epoch, tx, position LIMIT 1) < $2::timestamptz - $3::interval AS too_early
        FROM search, era, LATERAL (SELECT (low + high + 1) / 2 AS middle) AS halfway
        WHERE low < high
    ) AS looked
), floor AS MATERIALIZED (
    SELECT coalesce((SELECT epoch FROM era), 0::smallint) AS epoch,
           coalesce((SELECT low FROM search WHERE low = high), 0)::text::xid8 AS tx
)
SELECT horizon.epoch AS horizon_epoch, horizon.tx AS horizon_tx, horizon.position AS horizon_position,
       horizon.at AS horizon_at,
       head.epoch AS head_epoch, head.tx AS head_tx, head.position AS head_position,
       first.epoch, first.tx, first.position
FROM line
CROSS JOIN floor
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
    WHERE part >= event_partition_at($2::timestamptz - $3::interval)
      AND project_id = $1 AND at >= $2
      AND (epoch, tx, position) >= (floor.epoch, floor.tx, 0)
      AND (epoch, tx, position) < (line.epoch, line.tx, 0)
    ORDER BY epoch, tx, position LIMIT 1
) AS first ON true
