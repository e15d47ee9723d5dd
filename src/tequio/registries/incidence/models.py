"""Monthly counts of crime as SESNSP publishes them: aggregates, no person.

They are public figures, so no scope applies. Each file stays; a newer one for the same state and year is a new revision, and
the figures in force are those of the revisions that nothing supersedes.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from tequio.access.walls import unwalled
from tequio.catalogs.models import Catalog, CatalogItem
from tequio.institutions.models import Agency, State


@unwalled("Public figures: SESNSP publishes them.")
class IncidenceFile(models.Model):
    """One published file, known by its SHA-256."""

    sha256 = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=255)
    encoding = models.CharField(max_length=20)
    catalog = models.ForeignKey(Catalog, on_delete=models.PROTECT, related_name="+")
    rows = models.PositiveIntegerField()
    keys = models.PositiveIntegerField()
    years = ArrayField(models.PositiveSmallIntegerField())
    loaded_at = models.DateTimeField()
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    summary = models.JSONField()
    """The answer given when it was loaded, given again to whoever repeats it."""

    def __str__(self) -> str:
        return self.name


@unwalled("Public figures: SESNSP publishes them.")
class IncidenceRevision(models.Model):
    """What one file says of one state and year. Number 1 is the first that was loaded."""

    file = models.ForeignKey(IncidenceFile, on_delete=models.PROTECT, related_name="revisions")
    state = models.ForeignKey(State, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    superseded_by = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="supersedes")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["state", "year", "number"], name="incidence_revision_one_number"),
            models.UniqueConstraint(
                fields=["state", "year"], condition=models.Q(superseded_by=None), name="incidence_revision_one_in_force"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.state_id} {self.year} r{self.number}"


@unwalled("Public figures: SESNSP publishes them.")
class IncidenceCount(models.Model):
    """Investigations opened in one month for one combination of bien, tipo, subtipo and modalidad (`item`).

    `count` null is «sin información»: the cell was blank. Zero is a datum. The loader joins every cell to a revision and an
    item that its own transaction holds, so the database is spared checking both again cell by cell: half of a load's time.
    """

    revision = models.ForeignKey(IncidenceRevision, models.PROTECT, related_name="counts", db_index=False, db_constraint=False)
    item = models.ForeignKey(CatalogItem, models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    month = models.PositiveSmallIntegerField()
    count = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["revision", "item", "month"], name="incidence_count_one_cell"),
            models.CheckConstraint(condition=models.Q(month__range=(1, 12)), name="incidence_count_month"),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.month}: {self.count}"
