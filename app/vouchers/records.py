"""Tables of this room: vouchers, and the publications that gave them to customers."""

from typing import Any  # metadata is the caller's own JSON

from tortoise import fields
from tortoise.models import Model


class VoucherRecord(Model):
    """A code. `code` is as minted, `code_key` as looked up (normalised once, unique in the project)."""

    id = fields.UUIDField(primary_key=True)
    project_id = fields.UUIDField()
    campaign_id = fields.UUIDField()
    code = fields.TextField()
    code_key = fields.TextField()
    kind = fields.TextField()
    enabled = fields.BooleanField()
    holder_id = fields.UUIDField(null=True)
    published_at = fields.DatetimeField(null=True)
    starts_at = fields.DatetimeField(null=True)
    expires_at = fields.DatetimeField(null=True)
    max_redemptions = fields.BigIntField(null=True)
    metadata = fields.JSONField[dict[str, Any]]()
    created_at = fields.DatetimeField()

    class Meta:
        table = "vouchers"


class PublicationRecord(Model):
    """A code was given to a customer through a channel. `source_id` makes publishing retry-safe."""

    id = fields.UUIDField(primary_key=True)
    project_id = fields.UUIDField()
    campaign_id = fields.UUIDField()
    voucher_id = fields.UUIDField()
    customer_id = fields.UUIDField()
    channel = fields.TextField()
    source_id = fields.TextField(null=True)
    position = fields.SmallIntField()
    request_hash = fields.BinaryField()
    metadata = fields.JSONField[dict[str, Any]]()
    created_at = fields.DatetimeField()
    created_by = fields.UUIDField(null=True)

    class Meta:
        table = "publications"
