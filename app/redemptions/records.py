"""Tables of this room: redemptions and holds, rollbacks, rejected redemptions, limit counters, idempotency keys."""

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.models import Model

from app.database.fields import CurrencyField, JsonDocument


class RedemptionRecord(Model):
    """A redemption of one or more codes on one cart; held, redeemed, or undone. Amounts are minor units of `currency`.

    `state` is HELD, REDEEMED, RELEASED, EXPIRED or ROLLED_BACK; a hold lasts until `expires_at`. The `returned_`
    columns add up what partial rollbacks took back; what still stands is the amount less what was returned.
    `shipping_discount` is the part of the discount that is on no line. `facts` is what rules had to know about the
    customer, `skipped` the codes that were left out and why. A hold that was given up, or expired, `ended_at` then.
    """

    id = fields.UUIDField(primary_key=True)
    project_id = fields.UUIDField()
    customer_id = fields.UUIDField(null=True)
    currency = CurrencyField()
    subtotal = fields.BigIntField()
    shipping = fields.BigIntField()
    discount = fields.BigIntField()
    line_discounts: ArrayField = ArrayField("bigint")
    shipping_discount = fields.BigIntField(db_default=0)
    cart = JsonDocument()
    channel = fields.TextField()
    redemption_point = fields.TextField(null=True)
    key_id = fields.UUIDField()
    metadata = JsonDocument()
    created_at = fields.DatetimeField()
    state = fields.TextField(db_default="REDEEMED")
    expires_at = fields.DatetimeField(null=True)
    confirmed_at = fields.DatetimeField(null=True)
    returned_subtotal = fields.BigIntField(db_default=0)
    returned_discount = fields.BigIntField(db_default=0)
    rolled_back_at = fields.DatetimeField(null=True)
    rollback_reason = fields.TextField(null=True)
    facts = JsonDocument(null=True)
    skipped = JsonDocument(null=True)
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        table = "redemptions"


class RedeemedVoucherRecord(Model):
    """One code of a redemption. Its use counts until it is `given_back`: rolled back, released or expired.

    `spent` was taken from the voucher's own balance, in its `spent_unit`: a currency, or points. Partner, category and
    kind of reward are those that it was judged with.
    """

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
    shipping_discount = fields.BigIntField(db_default=0)
    gifts = JsonDocument(null=True)
    spent = fields.BigIntField(db_default=0)
    spent_unit = fields.TextField(null=True)
    returned_discount = fields.BigIntField(db_default=0)
    returned_spent = fields.BigIntField(db_default=0)
    given_back = fields.BooleanField()
    partner_id = fields.UUIDField(null=True)
    category = fields.TextField(null=True)
    reward = fields.TextField(null=True)
    created_at = fields.DatetimeField()

    class Meta:
        table = "redeemed_vouchers"


class RollbackRecord(Model):
    """What one rollback took back from a redemption. `lines` is [{"line", "quantity", "discount"}, …].

    `shipping` is what it took back of discounts on the shipping, {"discounts", "not_recovered"}, if it did.
    """

    id = fields.UUIDField(primary_key=True)
    project_id = fields.UUIDField()
    redemption_id = fields.UUIDField()
    policy = fields.TextField()
    lines = JsonDocument()
    subtotal = fields.BigIntField()
    discount = fields.BigIntField()
    reason = fields.TextField(null=True)
    created_at = fields.DatetimeField()
    shipping = JsonDocument(null=True)

    class Meta:
        table = "rollbacks"


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
    facts = JsonDocument(null=True)
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
    partner_id = fields.UUIDField(null=True)
    category = fields.TextField(null=True)
    reward = fields.TextField(null=True)
    created_at = fields.DatetimeField()

    class Meta:
        table = "rejected_vouchers"


class CounterRecord(Model):
    """How far one limit or budget is used. `id` is derived from all that names the counter.

    `measure` says what is counted, `currency` in which money, `window_start` and `window_end` in which period.
    """

    id = fields.UUIDField(primary_key=True)
    project_id = fields.UUIDField()
    scope = fields.TextField()
    subject_id = fields.UUIDField()
    customer_id = fields.UUIDField(null=True)
    measure = fields.TextField(db_default="REDEMPTIONS")
    currency = fields.TextField(null=True)
    window_start = fields.DatetimeField(null=True)
    window_end = fields.DatetimeField(null=True)
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
