# Row-level security. Locks each table for an instant.

from django.db import migrations

from tequio.access.walls import raise_wall


class Migration(migrations.Migration):
    dependencies = [("notices", "0001_initial")]

    operations = [
        raise_wall("notices_notice", "agency_id"),
        raise_wall("notices_noticenumber", "agency_id"),
    ]
