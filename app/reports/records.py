"""Tables of this room, all of them kept up from the event log alone: `tearoff rebuild` makes them anew.

Tortoise knows keys of one column; what a row is known by stands in each class, and so in the database.
"""

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.models import Model

from app.database.fields import CurrencyField, TransactionIdField


class FiguresRecord(Model):
    """Figures of one subject in one stretch of time; app/reports/values.py says what `grain`, `kind` and each mean.

    Known by everything before the figures.
    """

    project_id = fields.UUIDField(primary_key=True)
    grain = fields.SmallIntField()
    kind = fields.SmallIntField()
    start = fields.DatetimeField()
    subject = fields.TextField()
    currency = CurrencyField()
    channel = fields.TextField()
    redemption_point = fields.TextField()
    redemptions = fields.BigIntField()
    order_value = fields.BigIntField()
    discount = fields.BigIntField()
    returned_order_value = fields.BigIntField()
    returned_discount = fields.BigIntField()
    rollbacks = fields.BigIntField()
    rejected = fields.BigIntField()
    at_stake = fields.BigIntField()
    validations_granted = fields.BigIntField()
    validations_rejected = fields.BigIntField()
    new_customers = fields.BigIntField()
    commission = fields.BigIntField()

    class Meta:
        table = "report_figures"


class ReasonFiguresRecord(Model):
    """Rejected attempts of one subject in one stretch of time by reason. Known by everything before `rejected`."""

    project_id = fields.UUIDField(primary_key=True)
    grain = fields.SmallIntField()
    kind = fields.SmallIntField()
    start = fields.DatetimeField()
    subject = fields.TextField()
    currency = CurrencyField()
    channel = fields.TextField()
    redemption_point = fields.TextField()
    reason = fields.TextField()
    rejected = fields.BigIntField()
    at_stake = fields.BigIntField()

    class Meta:
        table = "report_reasons"


class BuyerRecord(Model):
    """Who redeemed in the minute that begins `at`, and what it counts for. Known by project, minute and redemption."""

    project_id = fields.UUIDField(primary_key=True)
    at = fields.DatetimeField()
    redemption_id = fields.UUIDField()
    customer_id = fields.UUIDField()
    currency = CurrencyField()
    channel = fields.TextField()
    redemption_point = fields.TextField()
    campaigns: ArrayField = ArrayField("text")
    main_campaigns: ArrayField = ArrayField("text")
    partners: ArrayField = ArrayField("text")
    categories: ArrayField = ArrayField("text")
    rewards: ArrayField = ArrayField("text")

    class Meta:
        table = "report_buyers"


class KnownCustomerRecord(Model):
    """Customers that have redeemed, each since when. Known by project and customer."""

    project_id = fields.UUIDField(primary_key=True)
    customer_id = fields.UUIDField()
    since = fields.DatetimeField()

    class Meta:
        table = "report_customers"


class ToldRateRecord(Model):
    """The rate of commission that the log told last, in percent. Known by project and partner."""

    project_id = fields.UUIDField(primary_key=True)
    partner_id = fields.TextField()
    rate = fields.DecimalField(max_digits=7, decimal_places=4)

    class Meta:
        table = "report_rates"


class PromisedRateRecord(Model):
    """The rate at which a partner is owed for a redemption, in percent. Known by project, redemption and partner."""

    project_id = fields.UUIDField(primary_key=True)
    redemption_id = fields.UUIDField()
    partner_id = fields.TextField()
    rate = fields.DecimalField(max_digits=7, decimal_places=4)

    class Meta:
        table = "report_promises"


class CustomerActivityRecord(Model):
    """An event of the log, by its place there, concerns a customer. Known by customer and place."""

    position = fields.BigIntField(primary_key=True, generated=False)
    epoch = fields.SmallIntField()
    tx = TransactionIdField()
    project_id = fields.UUIDField()
    customer_id = fields.UUIDField()
    kind = fields.TextField()

    class Meta:
        table = "customer_activity"
