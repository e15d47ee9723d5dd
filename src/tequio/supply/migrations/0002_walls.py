# Row-level security. Locks each table for an instant.

from django.db import migrations

from tequio.access.walls import raise_wall


class Migration(migrations.Migration):
    dependencies = [("supply", "0001_initial")]

    operations = [
        raise_wall("supply_batch", "agency_id"),
        raise_wall("supply_mappingprofile", "agency_id"),
        raise_wall("supply_rowfinding", "batch_id", "supply_batch"),
        raise_wall("supply_heldrow", "batch_id", "supply_batch"),
    ]
