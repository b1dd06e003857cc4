"""Tables of this room: customers, known to the caller by a source id of its own, and what they did elsewhere."""

from typing import Any  # metadata is the caller's own JSON

from tortoise import fields
from tortoise.models import Model


class CustomerRecord(Model):
    """A person (or household, or guest) who holds and redeems vouchers in one project."""

    id = fields.UUIDField(primary_key=True)
    project_id = fields.UUIDField()
    source_id = fields.TextField()
    name = fields.TextField(null=True)
    email = fields.TextField(null=True)
    birthday = fields.DateField(null=True)
    metadata = fields.JSONField[dict[str, Any]]()
    created_at = fields.DatetimeField()
    updated_at = fields.DatetimeField()

    class Meta:
        table = "customers"


class CustomEventRecord(Model):
    """Something that the company told of a customer: a review, a visit. `source_id` makes telling retry-safe."""

    id = fields.UUIDField(primary_key=True)
    project_id = fields.UUIDField()
    customer_id = fields.UUIDField()
    name = fields.TextField()
    metadata = fields.JSONField[dict[str, Any]]()
    source_id = fields.TextField(null=True)
    at = fields.DatetimeField()
    created_at = fields.DatetimeField()

    class Meta:
        table = "custom_events"
