"""Tables of this room: the balances of vouchers in buckets, and every movement between their accounts."""

from tortoise import fields
from tortoise.models import Model


class BucketRecord(Model):
    """A part of a voucher's balance that expires together. `unit` is an ISO 4217 currency (minor units) or `points`.

    `amount_left` is what can still be taken out; it never falls below zero.
    """

    id = fields.UUIDField(primary_key=True)
    project_id = fields.UUIDField()
    voucher_id = fields.UUIDField()
    unit = fields.TextField()
    amount_left = fields.BigIntField()
    expires_at = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField()

    class Meta:
        table = "balance_buckets"


class PostingRecord(Model):
    """One movement of `amount` from one account of a voucher (`debit`) to another (`credit`). Never changed.

    The accounts are BALANCE (the buckets), ISSUED, HELD, SPENT, EXPIRED and REMOVED; `deed` says why it moved.
    """

    id = fields.UUIDField(primary_key=True)
    project_id = fields.UUIDField()
    voucher_id = fields.UUIDField()
    bucket_id = fields.UUIDField()
    unit = fields.TextField()
    amount = fields.BigIntField()
    debit = fields.TextField()
    credit = fields.TextField()
    deed = fields.TextField()
    redemption_id = fields.UUIDField(null=True)
    source_id = fields.TextField(null=True)
    reason = fields.TextField(null=True)
    key_id = fields.UUIDField(null=True)
    created_at = fields.DatetimeField()

    class Meta:
        table = "postings"
