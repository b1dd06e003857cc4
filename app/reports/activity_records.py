"""Table of the activity of customers: which events concern whom."""

from tortoise import fields
from tortoise.models import Model

from app.database.fields import TransactionIdField


class CustomerActivityRecord(Model):
    """An event of the log, by its place there, concerns a customer. Written by the projection `activity` alone."""

    position = fields.BigIntField(primary_key=True, generated=False)
    epoch = fields.SmallIntField()
    tx = TransactionIdField()
    project_id = fields.UUIDField()
    customer_id = fields.UUIDField()
    kind = fields.TextField()

    class Meta:
        table = "customer_activity"
