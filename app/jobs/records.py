"""Tables of this room: jobs. The queue that hands them out is pgqueuer's, in tables of its own."""

from tortoise import fields
from tortoise.models import Model

from app.database.fields import JsonDocument


class JobRecord(Model):
    """Work that goes on after its request. `kind` says who can do it, `input` what is to be done.

    `place` is where the next step begins; it rises with `done` and with whatever the steps wrote, in the same
    transactions. `run` counts how often it was taken up: who holds an older number is its runner no more. It is
    forgotten at `expires_at`.
    """

    id = fields.UUIDField(primary_key=True)
    project_id = fields.UUIDField()
    kind = fields.TextField()
    state = fields.TextField()
    input = JsonDocument()
    place = JsonDocument(null=True)
    done = fields.BigIntField(db_default=0)
    total = fields.BigIntField(null=True)
    run = fields.IntField(db_default=0)
    error = fields.TextField(null=True)
    requested_by = fields.UUIDField(null=True)
    created_at = fields.DatetimeField()
    started_at = fields.DatetimeField(null=True)
    finished_at = fields.DatetimeField(null=True)
    expires_at = fields.DatetimeField(null=True)

    class Meta:
        table = "jobs"
