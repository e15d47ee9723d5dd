# Row-level security. Locks each table for an instant.

from django.db import migrations

from tequio.access.walls import raise_wall


class Migration(migrations.Migration):
    dependencies = [("targets", "0002_economy")]

    operations = [
        raise_wall("targets_target", "agency_id"),
        raise_wall("targets_hit", "agency_id"),
        raise_wall("targets_hitrecord", "agency_id"),
        raise_wall("targets_rescreeningchange", "agency_id"),
        raise_wall("targets_targetevent", "target_id", "targets_target"),
        raise_wall("targets_targetkey", "target_id", "targets_target"),
        raise_wall("targets_hitevent", "hit_id", "targets_hit"),
        raise_wall("targets_judgement", "hit_id", "targets_hit"),
    ]
