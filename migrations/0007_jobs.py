"""Jobs: work that goes on after its request, and what exports have written."""

from tortoise import migrations


class Migration(migrations.Migration):
    dependencies = [("tearoff", "0006_projections")]

    operations = []
