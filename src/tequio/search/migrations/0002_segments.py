"""The key index becomes segments. Entries stay; their postings are not carried over, since the rules of the keys have changed:
`tequio reindex` makes them from the registries, and until then a search says that the index is of an older version.

Locks search_entry while its rows are written anew: some seconds a million records.
"""

from django.db import migrations, models

BLOCK_STORAGE = """
ALTER TABLE search_block ALTER COLUMN postings SET STORAGE PLAIN;
ALTER TABLE search_block SET (
    autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.05, autovacuum_vacuum_cost_delay = 0
)
"""
OUTDATED = """
UPDATE search_entry SET gone = true WHERE cardinality(keys) = 0;
INSERT INTO search_base (id, records, renewed, living, key_version, rebuild_version)
SELECT 1, 0, 0, 0, 0, 0 WHERE EXISTS (SELECT 1 FROM search_entry) ON CONFLICT DO NOTHING;
UPDATE search_base SET living = (SELECT count(*) FROM search_entry WHERE NOT gone)
"""


class Migration(migrations.Migration):
    dependencies = [("search", "0001_initial"), ("institutions", "0001_initial")]

    operations = [
        migrations.DeleteModel(name="Key"),
        migrations.AlterField("entry", "id", models.AutoField(primary_key=True, serialize=False)),
        migrations.AddField("entry", "key_version", models.PositiveSmallIntegerField(default=0)),
        migrations.AddField("entry", "gone", models.BooleanField(default=False)),
        migrations.AddField("pendingchange", "living", models.IntegerField(default=0)),
        migrations.AddField("tokencount", "renewed", models.BigIntegerField(default=0)),
        migrations.AddField("base", "renewed", models.BigIntegerField(default=0)),
        migrations.AddField("base", "living", models.BigIntegerField(default=0)),
        migrations.AddField("base", "key_version", models.PositiveSmallIntegerField(default=0)),
        migrations.AddField("base", "rebuild_upto", models.IntegerField(null=True)),
        migrations.AddField("base", "rebuild_version", models.PositiveSmallIntegerField(default=0)),
        migrations.RunSQL(OUTDATED, migrations.RunSQL.noop),
        migrations.RemoveField("entry", "keys"),
        migrations.RemoveField("entry", "stale_keys"),
        migrations.RemoveField("entry", "agency"),
        migrations.AddField("entry", "packed", models.BinaryField(null=True)),
        migrations.CreateModel(
            name="Segment",
            fields=[
                ("id", models.AutoField(primary_key=True, serialize=False)),
                ("first_entry", models.IntegerField()),
                ("last_entry", models.IntegerField()),
                ("postings", models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="Block",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "segment", "last_key", "last_entry", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("segment", models.IntegerField()),
                ("last_key", models.IntegerField()),
                ("last_entry", models.IntegerField()),
                ("first_key", models.IntegerField()),
                ("postings", models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name="Retired",
            fields=[
                ("entry", models.IntegerField(primary_key=True, serialize=False)),
                ("retired_by", models.BigIntegerField()),
            ],
        ),
        migrations.RunSQL(BLOCK_STORAGE, migrations.RunSQL.noop),
    ]
