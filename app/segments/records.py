"""Tables of this room: segments, and who is on those that are lists."""

from tortoise import fields
from tortoise.models import Model

from app.database.fields import JsonDocument


class SegmentRecord(Model):
    """A set of customers. `rule`, as the engine writes rules, makes it live; without one it is a list."""

    id = fields.UUIDField(primary_key=True)
    project_id = fields.UUIDField()
    name = fields.TextField()
    description = fields.TextField()
    rule = JsonDocument(null=True)
    version = fields.IntField()
    created_at = fields.DatetimeField()
    updated_at = fields.DatetimeField()

    class Meta:
        table = "segments"


class SegmentMemberRecord(Model):
    """A customer is on a list."""

    id = fields.UUIDField(primary_key=True)
    project_id = fields.UUIDField()
    segment_id = fields.UUIDField()
    customer_id = fields.UUIDField()
    created_at = fields.DatetimeField()

    class Meta:
        table = "segment_members"
