"""Table of this room: customers, known to the caller by a source id of its own."""

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
    metadata = fields.JSONField[dict[str, Any]]()
    created_at = fields.DatetimeField()
    updated_at = fields.DatetimeField()

    class Meta:
        table = "customers"
