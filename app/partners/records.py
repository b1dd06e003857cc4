"""Tables of this room: partners, and the rates of commission they were promised one after the other."""

from tortoise import fields
from tortoise.models import Model


class PartnerRecord(Model):
    """Somebody for whom campaigns run; the present rate of commission is the last of its rates."""

    id = fields.UUIDField(primary_key=True)
    project_id = fields.UUIDField()
    name = fields.TextField()
    version = fields.IntField()
    created_at = fields.DatetimeField()
    updated_at = fields.DatetimeField()

    class Meta:
        table = "partners"


class PartnerRateRecord(Model):
    """A rate in percent of the order value, net of returns. It holds from `since` until the next one begins."""

    id = fields.UUIDField(primary_key=True)
    project_id = fields.UUIDField()
    partner_id = fields.UUIDField()
    rate = fields.DecimalField(max_digits=7, decimal_places=4)
    since = fields.DatetimeField()

    class Meta:
        table = "partner_rates"
