"""Tables of this room: the append-only event log, its partitions, what was let go, and the epochs of its cursors."""

from tortoise import fields
from tortoise.models import Model

from app.database.fields import JsonDocument, TransactionIdField


class EventRecord(Model):
    """A fact that happened. Its place in the log is (epoch, tx, position); see docs/decisions/0002."""

    position = fields.BigIntField(primary_key=True, generated=True)
    epoch = fields.SmallIntField()
    tx = TransactionIdField()
    project_id = fields.UUIDField()
    kind = fields.TextField()
    at = fields.DatetimeField()
    payload = JsonDocument()
    part = fields.SmallIntField(
        db_default=1
    )  # its partition: the column's default says which one is written to

    class Meta:
        table = "events"


class EventPartitionRecord(Model):
    """A partition of the log, `events_{id}`; one is open. A closed one never changes, and its last place is known."""

    id = fields.SmallIntField(primary_key=True, generated=False)
    opened_at = fields.DatetimeField()
    closed_at = fields.DatetimeField(null=True)
    first_epoch = (
        fields.SmallIntField()
    )  # nothing in this partition or in later ones stands before (epoch, tx)
    first_tx = TransactionIdField()
    last_epoch = fields.SmallIntField(null=True)  # nothing in it stands behind (epoch, tx, position)
    last_tx = TransactionIdField(null=True)
    last_position = fields.BigIntField(null=True)

    class Meta:
        table = "event_partitions"


class EventHorizonRecord(Model):
    """One row: the last place that was let go. Cursors before it have expired."""

    id = fields.SmallIntField(primary_key=True, generated=False)
    epoch = fields.SmallIntField()
    tx = TransactionIdField()
    position = fields.BigIntField()
    at = fields.DatetimeField(
        null=True
    )  # the latest time of an event up to there; null while nothing was let go

    class Meta:
        table = "event_horizon"


class EventsLetGoRecord(Model):
    """How many events of a kind were let go of a project: the audit goes on counting them."""

    project_id = fields.UUIDField(primary_key=True)  # with `kind`
    kind = fields.TextField()
    count = fields.BigIntField()

    class Meta:
        table = "events_let_go"


class EpochRecord(Model):
    """A stretch of the log with rising transaction ids; a restored dump starts the next one."""

    id = fields.SmallIntField(primary_key=True, generated=False)
    started_at = fields.DatetimeField()

    class Meta:
        table = "event_epochs"


class ProjectionCursorRecord(Model):
    """How far a projection has read the log: what stands up to here is in its tables, exactly once."""

    name = fields.CharField(max_length=64, primary_key=True, generated=False)
    epoch = fields.SmallIntField()
    tx = TransactionIdField()
    position = fields.BigIntField()
    updated_at = fields.DatetimeField()

    class Meta:
        table = "projection_cursors"
