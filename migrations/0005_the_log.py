"""The event log in partitions by time, and the place before which it has been let go."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from app.database.fields import TransactionIdField

# Each partition is a stretch of time, from when it was opened to when the next one was. Which one takes new events is
# said by the default of the column `part`, not by a clock: no event can ever lack a partition, whatever the time is.
PARTITIONS = [
    "INSERT INTO event_horizon (id, epoch, tx, position) VALUES (1, 0, '0', 0)",
    "ALTER TABLE event_horizon ADD CONSTRAINT event_horizon_is_one CHECK (id = 1)",
    "INSERT INTO event_partitions (id, opened_at, first_epoch, first_tx)"
    " SELECT 1, min(started_at), 0, '0' FROM event_epochs",
    "ALTER TABLE event_partitions ADD CONSTRAINT event_partitions_closed CHECK"
    " (num_nulls(closed_at, last_epoch, last_tx, last_position) IN (0, 4))",
    "ALTER TABLE events_let_go DROP CONSTRAINT events_let_go_pkey",
    "ALTER TABLE events_let_go ADD PRIMARY KEY (project_id, kind)",
    # What there is becomes the first partition: nothing is copied.
    "ALTER TABLE events RENAME TO events_1",
    "ALTER TABLE events_1 DROP CONSTRAINT events_pkey",
    "ALTER TABLE events_1 ADD CONSTRAINT events_1_pkey PRIMARY KEY (epoch, tx, position, part)",
    "DROP INDEX events_project",
    "CREATE INDEX events_1_project ON events_1 (project_id, epoch, tx, position, part)",
    "CREATE TABLE events (LIKE events_1 INCLUDING DEFAULTS) PARTITION BY LIST (part)",
    "ALTER SEQUENCE events_position_seq OWNED BY events.position",
    "ALTER TABLE events ADD PRIMARY KEY (epoch, tx, position, part)",
    "CREATE INDEX events_project ON events (project_id, epoch, tx, position, part)",
    "ALTER TABLE events ATTACH PARTITION events_1 FOR VALUES IN (1)",
]
# Statements compare `part` with these, and do not even open the partitions that lie outside. PL/pgSQL keeps their plans.
FUNCTIONS = [
    # The first partition that may hold an event behind a place.
    """CREATE FUNCTION event_partition_behind(epoch smallint, tx xid8, pos bigint) RETURNS smallint
    STABLE PARALLEL SAFE LANGUAGE plpgsql AS $$ BEGIN RETURN (
      SELECT id FROM event_partitions
      WHERE closed_at IS NULL OR (last_epoch, last_tx, last_position) > ($1, $2, $3) ORDER BY id LIMIT 1
    ); END $$""",
    # The last one that a page from there needs: the next ones begin behind the place. All of them without `near`.
    """CREATE FUNCTION event_partition_near(epoch smallint, tx xid8, pos bigint, near boolean) RETURNS smallint
    STABLE PARALLEL SAFE LANGUAGE plpgsql AS $$ BEGIN RETURN CASE WHEN near THEN (
      SELECT max(id) FROM event_partitions WHERE (first_epoch, first_tx, 0::bigint) <= ($1, $2, $3) OR id = (
        SELECT min(id) FROM event_partitions
        WHERE closed_at IS NULL OR (last_epoch, last_tx, last_position) > ($1, $2, $3))
    ) ELSE 32767 END; END $$""",
    # The first one that may hold an event that is not settled.
    """CREATE FUNCTION event_partition_of_the_line() RETURNS smallint
    STABLE PARALLEL SAFE LANGUAGE plpgsql AS $$ BEGIN RETURN (
      SELECT id FROM event_partitions WHERE closed_at IS NULL OR (last_epoch, last_tx, last_position)
        >= ((SELECT max(e.id) FROM event_epochs e), pg_snapshot_xmin(pg_current_snapshot()), 0) ORDER BY id LIMIT 1
    ); END $$""",
    # The first one that was still written to at an instant, or later.
    """CREATE FUNCTION event_partition_at(instant timestamptz) RETURNS smallint
    STABLE PARALLEL SAFE LANGUAGE plpgsql AS $$ BEGIN RETURN (
      SELECT id FROM event_partitions WHERE closed_at IS NULL OR closed_at >= $1 ORDER BY id LIMIT 1
    ); END $$""",
]


class Migration(migrations.Migration):
    dependencies = [("tearoff", "0004_partners")]

    operations = [
        ops.AddField("EventRecord", "part", fields.SmallIntField(db_default=1)),
        ops.CreateModel(
            name="EventPartitionRecord",
            fields=[
                ("id", fields.SmallIntField(generated=False, primary_key=True)),
                ("opened_at", fields.DatetimeField()),
                ("closed_at", fields.DatetimeField(null=True)),
                ("first_epoch", fields.SmallIntField()),
                ("first_tx", TransactionIdField()),
                ("last_epoch", fields.SmallIntField(null=True)),
                ("last_tx", TransactionIdField(null=True)),
                ("last_position", fields.BigIntField(null=True)),
            ],
            options={"table": "event_partitions", "app": "tearoff", "pk_attr": "id"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="EventHorizonRecord",
            fields=[
                ("id", fields.SmallIntField(generated=False, primary_key=True)),
                ("epoch", fields.SmallIntField()),
                ("tx", TransactionIdField()),
                ("position", fields.BigIntField()),
                ("at", fields.DatetimeField(null=True)),
            ],
            options={"table": "event_horizon", "app": "tearoff", "pk_attr": "id"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="EventsLetGoRecord",
            fields=[
                ("project_id", fields.UUIDField(primary_key=True)),
                ("kind", fields.TextField()),
                ("count", fields.BigIntField()),
            ],
            options={"table": "events_let_go", "app": "tearoff", "pk_attr": "project_id"},
            bases=["Model"],
        ),
        ops.RunSQL(PARTITIONS),
        ops.RunSQL(FUNCTIONS),
    ]
