"""The key index: which record has which keys. Derived and rebuildable.

It holds what tells people apart (names as words, dates, identifiers), so it is to be guarded as the registries themselves.

An `Entry` is one version of one record. Its postings are written, as a `Segment`, in the transaction that writes the record, so
a search misses nothing that is committed. What may trail by seconds is how many records carry each name (`PendingChange`) and
how few segments hold it all. `segments` reads and writes `Segment`, `Block` and `Retired`; nothing else does.
"""

from __future__ import annotations

from django.db import models

from tequio.access.models import User
from tequio.access.walls import unwalled


class Entry(models.Model):
    """A record as it stands. A correction gives it a new number, since postings of the old one may still be in a segment."""

    id = models.AutoField(primary_key=True)
    registry = models.CharField(max_length=30)
    record_id = models.UUIDField()
    change_set = models.UUIDField(db_index=True)
    version = models.PositiveIntegerField()
    key_version = models.PositiveSmallIntegerField(default=0)
    """Rules by which its keys were made, see `matching.KEY_VERSION`; 0: of before they were told apart."""
    gone = models.BooleanField(default=False)
    """Cancelled: it has no keys."""
    packed = models.BinaryField(null=True)
    """What is weighed of the record, see `matching.narrow`; without it, or of another version, the registry is read."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["registry", "record_id"], name="one_entry_per_record")]

    def __str__(self) -> str:
        return f"{self.registry} {self.record_id}"


class Segment(models.Model):
    """A sorted run of postings, in blocks."""

    id = models.AutoField(primary_key=True)
    first_entry = models.IntegerField()
    last_entry = models.IntegerField()
    postings = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.first_entry}-{self.last_entry}"


class Block(models.Model):
    """Some postings of a segment. Found by where it ends."""

    pk = models.CompositePrimaryKey("segment", "last_key", "last_entry")
    segment = models.IntegerField()
    last_key = models.IntegerField()
    last_entry = models.IntegerField()
    first_key = models.IntegerField()
    postings = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.segment}: {self.first_key}-{self.last_key}"


class Retired(models.Model):
    """An entry that a correction or a cancellation took the place of, until a merge sweeps its postings out."""

    entry = models.IntegerField(primary_key=True)
    retired_by = models.BigIntegerField()
    """PostgreSQL's number of the transaction: a reader tells by it whether a look-up had seen it."""

    def __str__(self) -> str:
        return str(self.entry)


class PendingChange(models.Model):
    """A change set whose records the counts lack still."""

    change_set = models.UUIDField(primary_key=True)
    registry = models.CharField(max_length=30)
    created_at = models.DateTimeField()
    tokens = models.JSONField(default=dict)
    """Name tokens of the change set's new records, to be added to `TokenCount`."""
    records = models.IntegerField(default=0)
    living = models.IntegerField(default=0)
    """By how many records the base has grown: less than 0 where more were cancelled than registered."""

    def __str__(self) -> str:
        return str(self.change_set)


class TokenCount(models.Model):
    """How many records carry a name token: the rarity that the scorer needs. Counts grow with new records."""

    token = models.CharField(max_length=60, primary_key=True)
    records = models.BigIntegerField()
    renewed = models.BigIntegerField(default=0)
    """The same, counted anew by a rebuilding that is under way."""

    def __str__(self) -> str:
        return self.token


class Base(models.Model):
    """What the index is as a whole. One row, made with the first change set."""

    records = models.BigIntegerField(default=0)
    """Records that the counts stand for."""
    renewed = models.BigIntegerField(default=0)
    living = models.BigIntegerField(default=0)
    """Records that stand."""
    key_version = models.PositiveSmallIntegerField(default=0)
    """Oldest rules by which an entry's keys may have been made."""
    rebuild_upto = models.IntegerField(null=True)
    """Last entry that the rebuilding under way has to make anew."""
    rebuild_version = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.living)


@unwalled("How many searches a person spent leads to no record; supervisors read those of their agency by service.")
class Spent(models.Model):
    """How many searches a person has made in one hour, by which `budget` refuses more. Holds nothing of what was asked."""

    pk = models.CompositePrimaryKey("user", "hour")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", db_constraint=False)
    hour = models.DateTimeField()
    searches = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return f"{self.user_id} {self.hour:%Y-%m-%d %H}: {self.searches}"
