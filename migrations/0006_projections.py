"""What is kept up from the event log: cursors of the projections, figures for reports, what customers did."""

from tortoise import migrations


class Migration(migrations.Migration):
    dependencies = [("tearoff", "0005_the_log")]

    operations = []
