-- What was counted of some subjects in some stretches of time, and how far the log had been counted at that instant.
-- Each stretch of each subject is looked up by the whole key, whatever the planner knows of the tables: what others
-- did meanwhile is not read.
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
            asked.place, asked.start, f.currency, f.redemptions, f.rollbacks, f.rejected, f.validations_granted,
            f.validations_rejected, f.order_value, f.discount, f.returned_order_value, f.returned_discount
        ))
        FROM asked
        CROSS JOIN LATERAL (
            SELECT currency, sum(redemptions) AS redemptions, sum(rollbacks) AS rollbacks, sum(rejected) AS rejected,
                   sum(validations_granted) AS validations_granted, sum(validations_rejected) AS validations_rejected,
                   sum(order_value) AS order_value, sum(discount) AS discount,
                   sum(returned_order_value) AS returned_order_value, sum(returned_discount) AS returned_discount
            FROM report_figures
            WHERE project_id = $1 AND grain = $2::smallint AND kind = asked.kind AND start = asked.start
              AND subject = asked.name
            GROUP BY currency
        ) AS f
    ) AS figures, (
        SELECT json_agg(json_build_array(reason, attempts) ORDER BY attempts DESC, reason)
        FROM (
            SELECT r.reason, sum(r.rejected) AS attempts
            FROM asked
            CROSS JOIN LATERAL (
                SELECT reason, sum(rejected) AS rejected
                FROM report_reasons
                WHERE project_id = $1 AND grain = $2::smallint AND kind = asked.kind AND start = asked.start
                  AND subject = asked.name
                GROUP BY reason
            ) AS r
            WHERE asked.place = 1
            GROUP BY r.reason
        ) AS summed
    ) AS reasons
) AS counted
LEFT JOIN projection_cursors here ON here.name = $6
