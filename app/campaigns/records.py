"""Tables of this room: campaigns, and the versions of what they offer."""

from typing import Any  # metadata is the caller's own JSON

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.models import Model

from app.database.fields import JsonDocument


class CampaignRecord(Model):
    """A main campaign (a container with limits) or a sub-campaign (offer, vouchers, redemptions).

    `kind` is COUPONS, or CART_PROMOTION for one that takes part by itself; shoppers are told of one that `is_listed`.
    """

    id = fields.UUIDField(primary_key=True)
    project_id = fields.UUIDField()
    main_id = fields.UUIDField(null=True)
    is_main = fields.BooleanField()
    kind = fields.TextField(db_default="COUPONS")
    is_listed = fields.BooleanField(db_default=False)
    name = fields.TextField()
    description = fields.TextField()
    category = fields.TextField(null=True)
    partner_id = fields.UUIDField(null=True)
    state = fields.TextField()
    time_zone = fields.TextField()
    starts_at = fields.DatetimeField(null=True)
    ends_at = fields.DatetimeField(null=True)
    max_redemptions = fields.BigIntField(null=True)
    budgets = JsonDocument(db_default=[])
    offer_version = fields.IntField(null=True)
    metadata = fields.JSONField[dict[str, Any]]()
    version = fields.IntField()
    created_at = fields.DatetimeField()
    updated_at = fields.DatetimeField()

    class Meta:
        table = "campaigns"


class OfferRecord(Model):
    """One version of a campaign's offer: rules, reward, limits and lane, as JSON. Never changed once written.

    `segments` are those that the rules ask about.
    """

    id = fields.UUIDField(primary_key=True)
    project_id = fields.UUIDField()
    campaign_id = fields.UUIDField()
    version = fields.IntField()
    offer = JsonDocument()
    segments: ArrayField = ArrayField("uuid", db_default=[])
    created_at = fields.DatetimeField()
    created_by = fields.UUIDField(null=True)

    class Meta:
        table = "offers"
