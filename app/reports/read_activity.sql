-- A page of the activity of each of the customers $2 of a project $1, of the kinds $7 (null: all), beyond a place ($3,
-- $4, $5) in the list's direction: at most $6 events, fewer if their payloads, as JSON text, come to $8 bytes. What the
-- log has let go of is not shown. With each row, how far the list is kept up at this instant.
SELECT wanted.customer_id, reached.epoch AS reached_epoch, reached.tx AS reached_tx,
       reached.position AS reached_position, horizon.epoch AS horizon_epoch, horizon.tx AS horizon_tx,
       horizon.position AS horizon_position, page.epoch, page.tx, page.position, page.project_id, page.kind, page.at,
       page.payload, page.size, page.found
FROM unnest($2::uuid[]) WITH ORDINALITY AS wanted (customer_id, place)
CROSS JOIN event_horizon AS horizon
LEFT JOIN projection_cursors AS reached ON reached.name = 'activity'
LEFT JOIN LATERAL (
  SELECT * FROM (
    SELECT *, count(*) OVER () AS found, sum(size) OVER (ORDER BY epoch /* down */, tx /* down */, position /* down */)
      AS size_so_far
    FROM (
      SELECT event.*, octet_length(event.payload) AS size
      FROM customer_activity AS a
      -- LIMIT 1 holds the planner to looking up each of the few events that are wanted.
      CROSS JOIN LATERAL (
        SELECT e.epoch, e.tx, e.position, e.project_id, e.kind, e.at, e.payload::text AS payload FROM events AS e
        WHERE e.part BETWEEN event_partition_behind(a.epoch, a.tx, a.position - 1)
            AND event_partition_near(a.epoch, a.tx, a.position, true)
          AND e.project_id = a.project_id AND (e.epoch, e.tx, e.position) = (a.epoch, a.tx, a.position)
        LIMIT 1
      ) AS event
      WHERE a.project_id = $1 AND a.customer_id = wanted.customer_id
        AND (a.epoch, a.tx, a.position) /* beyond */ ($3::smallint, $4::xid8, $5::bigint)
        AND (a.epoch, a.tx, a.position) > (horizon.epoch, horizon.tx, horizon.position)
        AND ($7::text[] IS NULL OR a.kind = ANY ($7))
      ORDER BY a.epoch /* down */, a.tx /* down */, a.position /* down */ LIMIT $6
    ) AS ahead
  ) AS measured
  WHERE size_so_far - size < $8::bigint
) AS page ON true
ORDER BY wanted.place, page.epoch /* down */, page.tx /* down */, page.position /* down */
