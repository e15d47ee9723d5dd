"""An index for reading the log by purpose. Made beside the work under way, so that nobody waits to write a line."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("audit", "0002_reading")]

    operations = [AddIndexConcurrently("line", models.Index(fields=["purpose", "at", "id"], name="line_purpose_at"))]
