"""Tables of this room: the append-only event log, the epochs of its cursors, how far projections have read it."""

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

    class Meta:
        table = "events"


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
