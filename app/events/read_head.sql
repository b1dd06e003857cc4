-- The place of the last settled event (read_settled.sql), or the horizon, if nothing is left of the log.
WITH line AS MATERIALIZED (
    SELECT max(id) AS epoch, pg_snapshot_xmin(pg_current_snapshot()) AS tx FROM event_epochs
)
(SELECT epoch AS head_epoch, tx AS head_tx, position AS head_position FROM events
 WHERE part >= event_partition_of_the_line() AND (epoch, tx, position) < (SELECT epoch, tx, 0::bigint FROM line)
 ORDER BY epoch DESC, tx DESC, position DESC LIMIT 1)
UNION ALL
(SELECT last_epoch, last_tx, last_position FROM event_partitions
 WHERE (last_epoch, last_tx, last_position) < (SELECT epoch, tx, 0::bigint FROM line))
UNION ALL
(SELECT epoch, tx, position FROM event_horizon)
ORDER BY head_epoch DESC, head_tx DESC, head_position DESC LIMIT 1
