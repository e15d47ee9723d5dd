# Row-level security. Locks the table for an instant.

from django.db import migrations

from tequio.access.walls import raise_wall


class Migration(migrations.Migration):
    dependencies = [("dashboards", "0001_initial")]

    operations = [raise_wall("dashboards_fact", "agency_id")]
