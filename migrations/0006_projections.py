"""What is kept up from the event log: cursors of the projections, figures for reports, what customers did."""

from tortoise import fields, migrations
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.migrations import operations as ops

from app.database.fields import CurrencyField, TransactionIdField

# What is read is the key: whose activity, in the order of the log, of which kind.
ACTIVITY = [
    "ALTER TABLE customer_activity DROP CONSTRAINT customer_activity_pkey",
    "ALTER TABLE customer_activity ADD PRIMARY KEY (project_id, customer_id, epoch, tx, position) INCLUDE (kind)",
]


# Of a kind of subject the rows of some time stand together, whatever is asked for. Buyers are found by time.
REPORTS = [
    f"ALTER TABLE {table} DROP CONSTRAINT {table}_pkey, ADD PRIMARY KEY ({key})"
    for table, key in {
        "report_figures": "project_id, grain, kind, start, subject, currency, channel, redemption_point",
        "report_reasons": "project_id, grain, kind, start, subject, currency, channel, redemption_point, reason",
        "report_buyers": "project_id, at, redemption_id",
        "report_customers": "project_id, customer_id",
        "report_rates": "project_id, partner_id",
        "report_promises": "project_id, redemption_id, partner_id",
    }.items()
]


class Migration(migrations.Migration):
    dependencies = [("tearoff", "0005_the_log")]

    operations = [
        ops.CreateModel(
            name="ProjectionCursorRecord",
            fields=[
                ("name", fields.CharField(generated=False, primary_key=True, max_length=64)),
                ("epoch", fields.SmallIntField()),
                ("tx", TransactionIdField()),
                ("position", fields.BigIntField()),
                ("updated_at", fields.DatetimeField()),
            ],
            options={"table": "projection_cursors", "app": "tearoff", "pk_attr": "name"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="FiguresRecord",
            fields=[
                ("project_id", fields.UUIDField(primary_key=True)),
                ("grain", fields.SmallIntField()),
                ("kind", fields.SmallIntField()),
                ("start", fields.DatetimeField()),
                ("subject", fields.TextField()),
                ("currency", CurrencyField()),
                ("channel", fields.TextField()),
                ("redemption_point", fields.TextField()),
                ("redemptions", fields.BigIntField()),
                ("order_value", fields.BigIntField()),
                ("discount", fields.BigIntField()),
                ("returned_order_value", fields.BigIntField()),
                ("returned_discount", fields.BigIntField()),
                ("rollbacks", fields.BigIntField()),
                ("rejected", fields.BigIntField()),
                ("at_stake", fields.BigIntField()),
                ("validations_granted", fields.BigIntField()),
                ("validations_rejected", fields.BigIntField()),
                ("new_customers", fields.BigIntField()),
                ("commission", fields.BigIntField()),
            ],
            options={"table": "report_figures", "app": "tearoff", "pk_attr": "project_id"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="ReasonFiguresRecord",
            fields=[
                ("project_id", fields.UUIDField(primary_key=True)),
                ("grain", fields.SmallIntField()),
                ("kind", fields.SmallIntField()),
                ("start", fields.DatetimeField()),
                ("subject", fields.TextField()),
                ("currency", CurrencyField()),
                ("channel", fields.TextField()),
                ("redemption_point", fields.TextField()),
                ("reason", fields.TextField()),
                ("rejected", fields.BigIntField()),
                ("at_stake", fields.BigIntField()),
            ],
            options={"table": "report_reasons", "app": "tearoff", "pk_attr": "project_id"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="BuyerRecord",
            fields=[
                ("project_id", fields.UUIDField(primary_key=True)),
                ("at", fields.DatetimeField()),
                ("redemption_id", fields.UUIDField()),
                ("customer_id", fields.UUIDField()),
                ("currency", CurrencyField()),
                ("channel", fields.TextField()),
                ("redemption_point", fields.TextField()),
                ("campaigns", ArrayField(element_type="text")),
                ("main_campaigns", ArrayField(element_type="text")),
                ("partners", ArrayField(element_type="text")),
                ("categories", ArrayField(element_type="text")),
                ("rewards", ArrayField(element_type="text")),
            ],
            options={"table": "report_buyers", "app": "tearoff", "pk_attr": "project_id"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="KnownCustomerRecord",
            fields=[
                ("project_id", fields.UUIDField(primary_key=True)),
                ("customer_id", fields.UUIDField()),
                ("since", fields.DatetimeField()),
            ],
            options={"table": "report_customers", "app": "tearoff", "pk_attr": "project_id"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="ToldRateRecord",
            fields=[
                ("project_id", fields.UUIDField(primary_key=True)),
                ("partner_id", fields.TextField()),
                ("rate", fields.DecimalField(max_digits=7, decimal_places=4)),
            ],
            options={"table": "report_rates", "app": "tearoff", "pk_attr": "project_id"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="PromisedRateRecord",
            fields=[
                ("project_id", fields.UUIDField(primary_key=True)),
                ("redemption_id", fields.UUIDField()),
                ("partner_id", fields.TextField()),
                ("rate", fields.DecimalField(max_digits=7, decimal_places=4)),
            ],
            options={"table": "report_promises", "app": "tearoff", "pk_attr": "project_id"},
            bases=["Model"],
        ),
        ops.RunSQL(REPORTS, reverse_sql=[]),
        ops.CreateModel(
            name="CustomerActivityRecord",
            fields=[
                ("position", fields.BigIntField(generated=False, primary_key=True)),
                ("epoch", fields.SmallIntField()),
                ("tx", TransactionIdField()),
                ("project_id", fields.UUIDField()),
                ("customer_id", fields.UUIDField()),
                ("kind", fields.TextField()),
            ],
            options={"table": "customer_activity", "app": "tearoff", "pk_attr": "position"},
            bases=["Model"],
        ),
        ops.RunSQL(ACTIVITY, reverse_sql=[]),
    ]
