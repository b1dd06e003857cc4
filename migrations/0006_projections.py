"""What is kept up from the event log: cursors of the projections, figures for reports, what customers did."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from app.database.fields import TransactionIdField


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
    ]
