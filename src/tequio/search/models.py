"""The key index: which record has which keys. Derived and rebuildable; holds no readable record.

`Entry` is written in the transaction that writes the record. `Key` is the index proper and may trail by seconds: until a change
set is indexed it stays in `PendingChange`, and every search reads the index and that tail in one statement.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from tequio.institutions.models import Agency


class Entry(models.Model):
    """A record's place in the index. A tombstone has no keys. `stale_keys` are still to be taken out of the index."""

    registry = models.CharField(max_length=30)
    record_id = models.UUIDField()
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    change_set = models.UUIDField(db_index=True)
    version = models.PositiveIntegerField()
    keys = ArrayField(models.BigIntegerField())
    stale_keys = ArrayField(models.BigIntegerField(), null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["registry", "record_id"], name="one_entry_per_record")]

    def __str__(self) -> str:
        return f"{self.registry} {self.record_id}"


class Key(models.Model):
    """One key of one entry. Read by key, a bounded number at a time."""

    pk = models.CompositePrimaryKey("key", "entry_id")
    key = models.BigIntegerField()
    entry = models.ForeignKey(Entry, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+")

    def __str__(self) -> str:
        return str(self.key)


class PendingChange(models.Model):
    """A change set whose entries are not in the index yet: the tail."""

    change_set = models.UUIDField(primary_key=True)
    registry = models.CharField(max_length=30)
    created_at = models.DateTimeField()
    tokens = models.JSONField(default=dict)
    """Name tokens of the change set's new records, to be added to `TokenCount` when it is indexed."""
    records = models.IntegerField(default=0)

    def __str__(self) -> str:
        return str(self.change_set)


class TokenCount(models.Model):
    """How many records carry a name token: the rarity that the scorer needs. Counts grow with new records."""

    token = models.CharField(max_length=60, primary_key=True)
    records = models.BigIntegerField()

    def __str__(self) -> str:
        return self.token


class Base(models.Model):
    """How many records the counts stand for. One row."""

    records = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.records)
