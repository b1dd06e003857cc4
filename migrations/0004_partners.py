"""Partners, and what a redemption froze of its campaign: partner, category, kind of reward."""

from tortoise import migrations


class Migration(migrations.Migration):
    dependencies = [("tearoff", "0003_the_decision")]

    operations = []
