-- What was counted of some subjects in some stretches of time, and how far the log had been counted at that instant.
-- Each stretch is looked up by its start: what other subjects did in it is not read.
--   $1  the project        $2  the grain        $3  the starts of the stretches
--   $4, $5  the subjects: kind and name; reasons are told of the first one        $6  the projection
WITH asked AS MATERIALIZED (
    SELECT point.start, subject.kind, subject.name, subject.place
    FROM unnest($3::timestamptz[]) AS point (start)
    CROSS JOIN unnest($4::smallint[], $5::text[]) WITH ORDINALITY AS subject (kind, name, place)
)
SELECT here.epoch, here.tx, here.position, counted.figures, counted.reasons
FROM (
    SELECT (
        SELECT json_agg(json_build_array(
            place, start, currency, redemptions, rollbacks, rejected, validations_granted, validations_rejected,
            order_value, discount, returned_order_value, returned_discount
        ))
        FROM (
            SELECT asked.place, asked.start, f.currency, sum(f.redemptions) AS redemptions,
                   sum(f.rollbacks) AS rollbacks, sum(f.rejected) AS rejected,
                   sum(f.validations_granted) AS validations_granted,
                   sum(f.validations_rejected) AS validations_rejected,
                   sum(f.order_value) AS order_value, sum(f.discount) AS discount,
                   sum(f.returned_order_value) AS returned_order_value,
                   sum(f.returned_discount) AS returned_discount
            FROM asked
            JOIN report_figures f ON f.project_id = $1 AND f.grain = $2::smallint AND f.kind = asked.kind
                AND f.start = asked.start AND f.subject = asked.name
            GROUP BY asked.place, asked.start, f.currency
        ) AS summed
    ) AS figures, (
        SELECT json_agg(json_build_array(reason, attempts) ORDER BY attempts DESC, reason)
        FROM (
            SELECT r.reason, sum(r.rejected) AS attempts
            FROM asked
            JOIN report_reasons r ON r.project_id = $1 AND r.grain = $2::smallint AND r.kind = asked.kind
                AND r.start = asked.start AND r.subject = asked.name
            WHERE asked.place = 1
            GROUP BY r.reason
        ) AS summed
    ) AS reasons
) AS counted
LEFT JOIN projection_cursors here ON here.name = $6
