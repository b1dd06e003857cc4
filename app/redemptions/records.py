"""Tables of this room: redemptions, rejected redemptions, limit counters and idempotency keys."""

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.models import Model

from app.database.fields import CurrencyField, JsonDocument


class RedemptionRecord(Model):
    """A granted redemption of one or more codes on one cart. Amounts are minor units of `currency`."""

    id = fields.UUIDField(primary_key=True)
    project_id = fields.UUIDField()
    customer_id = fields.UUIDField(null=True)
    currency = CurrencyField()
    subtotal = fields.BigIntField()
    shipping = fields.BigIntField()
    discount = fields.BigIntField()
    line_discounts: ArrayField = ArrayField("bigint")
    cart = JsonDocument()
    channel = fields.TextField()
    redemption_point = fields.TextField(null=True)
    key_id = fields.UUIDField()
    metadata = JsonDocument()
    created_at = fields.DatetimeField()
    rolled_back_at = fields.DatetimeField(null=True)
    rollback_reason = fields.TextField(null=True)

    class Meta:
        table = "redemptions"


class RedeemedVoucherRecord(Model):
    """One code of a redemption. `counted` lists the limit counters it used, so that a rollback returns just these."""

    id = fields.UUIDField(primary_key=True)
    project_id = fields.UUIDField()
    redemption_id = fields.UUIDField()
    position = fields.SmallIntField()
    voucher_id = fields.UUIDField()
    campaign_id = fields.UUIDField()
    main_campaign_id = fields.UUIDField(null=True)
    customer_id = fields.UUIDField(null=True)
    offer_version = fields.IntField()
    code = fields.TextField()
    discount = fields.BigIntField()
    line_discounts: ArrayField = ArrayField("bigint")
    counted: ArrayField = ArrayField("uuid")
    rolled_back = fields.BooleanField()
    created_at = fields.DatetimeField()

    class Meta:
        table = "redeemed_vouchers"


class RejectedRedemptionRecord(Model):
    """An attempt that was refused, with all its reasons."""

    id = fields.UUIDField(primary_key=True)
    project_id = fields.UUIDField()
    customer_id = fields.UUIDField(null=True)
    currency = CurrencyField()
    subtotal = fields.BigIntField()
    shipping = fields.BigIntField()
    cart = JsonDocument()
    channel = fields.TextField()
    redemption_point = fields.TextField(null=True)
    key_id = fields.UUIDField()
    metadata = JsonDocument()
    reason_codes: ArrayField = ArrayField("text")
    created_at = fields.DatetimeField()

    class Meta:
        table = "rejected_redemptions"


class RejectedVoucherRecord(Model):
    """One code of a refused attempt: its own verdict and reasons; voucher and campaign only if the code exists."""

    id = fields.UUIDField(primary_key=True)
    project_id = fields.UUIDField()
    rejected_redemption_id = fields.UUIDField()
    position = fields.SmallIntField()
    code = fields.TextField()
    voucher_id = fields.UUIDField(null=True)
    campaign_id = fields.UUIDField(null=True)
    main_campaign_id = fields.UUIDField(null=True)
    offer_version = fields.IntField(null=True)
    reasons = JsonDocument()
    created_at = fields.DatetimeField()

    class Meta:
        table = "rejected_vouchers"


class CounterRecord(Model):
    """Uses counted against one limit. `id` is derived from (project, scope, subject, customer, window)."""

    id = fields.UUIDField(primary_key=True)
    project_id = fields.UUIDField()
    scope = fields.TextField()
    subject_id = fields.UUIDField()
    customer_id = fields.UUIDField(null=True)
    window_start = fields.DatetimeField(null=True)
    used = fields.BigIntField()

    class Meta:
        table = "counters"


class IdempotencyKeyRecord(Model):
    """A consuming request that was answered. `id` is derived from (project, deed, key); kept 30 days."""

    id = fields.UUIDField(primary_key=True)
    project_id = fields.UUIDField()
    deed = fields.TextField()
    key = fields.TextField()
    request_hash = fields.BinaryField()
    answer_kind = fields.TextField()
    answer_id = fields.UUIDField()
    created_at = fields.DatetimeField()

    class Meta:
        table = "idempotency_keys"
