# Row-level security. Locks each table for an instant.

from django.db import migrations

from tequio.access.walls import raise_wall


class Migration(migrations.Migration):
    dependencies = [("rnd", "0001_initial")]

    operations = [
        raise_wall("rnd_detention", "agency_id"),
        raise_wall("rnd_detentionversion", "agency_id"),
        raise_wall("rnd_custodyevent", "agency_id"),
    ]
