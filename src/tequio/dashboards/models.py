"""What the dashboard counts: one row of facts for each detention, and the sums of those rows that its pages read.

Everything here is derived from the RND and rebuildable. A detention's row of facts is what was counted of it, so a correction
or a cancellation takes away exactly that. Facts hold no name and no readable identifier. `counting` writes all of it; nothing
else does.
"""

from __future__ import annotations

from django.db import models

from tequio.access.scoping import ScopedManager
from tequio.access.walls import walled
from tequio.institutions.models import Agency

NATION = "MX"
"""In place of a state's code: the whole nation."""
EVERY_AGENCY = 0
EVERY_KIND = "*"


@walled("agency")
class Fact(models.Model):
    """What is counted of one detention."""

    detention_id = models.UUIDField(primary_key=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    state_code = models.CharField(max_length=2)
    municipality_code = models.CharField(max_length=5)
    """Five digits; the state's two and «000» where the municipality is not known."""
    day = models.DateField()
    hour = models.PositiveSmallIntegerField(null=True)
    """Local hour of the state of the detention."""
    record_type = models.CharField(max_length=1)
    kind = models.CharField(max_length=40)
    record_minutes = models.IntegerField(null=True)
    """From the detention to its record; null where a moment is not known or the later one comes first."""
    presentation_minutes = models.IntegerField(null=True)
    presented = models.BooleanField()
    updated = models.BooleanField()
    """The authority that received the person has told what followed."""
    numbered = models.BooleanField()
    open_arrest_since = models.DateTimeField(null=True)
    """Administrative arrest with no end recorded, from the presentation."""
    person = models.UUIDField(null=True)
    """Keyed digest of a valid CURP: equal for the same one, and it cannot be read back."""

    objects = ScopedManager["Fact"]()

    class Meta:
        indexes = [
            models.Index(fields=["day"], name="fact_day"),
            models.Index(fields=["state_code", "day"], name="fact_state_day"),
            models.Index(fields=["municipality_code", "day"], name="fact_municipality_day"),
            models.Index(fields=["agency", "day"], name="fact_agency_day"),
            models.Index(fields=["person"], name="fact_person", condition=models.Q(person__isnull=False)),
            models.Index(fields=["open_arrest_since"], name="fact_arrest", condition=models.Q(open_arrest_since__isnull=False)),
        ]

    def __str__(self) -> str:
        return str(self.detention_id)


class Grain(models.TextChoices):
    """What one row of `Tally` sums."""

    STATE_DAY = "d"
    STATE_MONTH = "s"
    MUNICIPALITY_MONTH = "m"


class Tally(models.Model):
    """How many detentions of a place and period, by institution, type and kind."""

    pk = models.CompositePrimaryKey("grain", "place", "start", "agency", "record_type", "kind")
    grain = models.CharField(max_length=1, choices=Grain.choices)
    place = models.CharField(max_length=5)
    """Code of a state or of a municipality, by the grain; empty where the state is not known."""
    start = models.DateField()
    """The day, or the first of the month."""
    agency = models.IntegerField()
    record_type = models.CharField(max_length=1)
    kind = models.CharField(max_length=40)
    n = models.IntegerField()
    presented = models.IntegerField()
    updated = models.IntegerField()
    numbered = models.IntegerField()
    linked = models.IntegerField()
    """Detentions of persons known by a valid CURP."""
    open_arrests = models.IntegerField()

    class Meta:
        indexes = [models.Index(fields=["grain", "start"], name="tally_start")]

    def __str__(self) -> str:
        return f"{self.place} {self.start}: {self.n}"


class Shape(models.Model):
    """Hours and times of a state, or of the nation, in a month or a day: see `domain.histogram`.

    A month is kept for each state, institution, type and kind; for each state, and for the nation, of all institutions and
    kinds; a day, for the nation only.
    """

    pk = models.CompositePrimaryKey("daily", "state_code", "start", "agency", "record_type", "kind")
    daily = models.BooleanField()
    state_code = models.CharField(max_length=2)
    start = models.DateField()
    agency = models.IntegerField()
    record_type = models.CharField(max_length=1)
    kind = models.CharField(max_length=40)
    bins = models.BinaryField()

    class Meta:
        indexes = [
            models.Index(fields=["agency", "start"], name="shape_agency"),
            models.Index(fields=["kind", "start"], name="shape_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.state_code} {self.start}"


class Study(models.TextChoices):
    """What happened to a person, counted from when."""

    ESCALATION = "E"
    """From the first administrative fault to the first probable offence on a later day."""
    RETURN = "R"
    """From the first detention to the next on a later day."""


class Interval(models.Model):
    """How many people began in a state, or in the nation, by the days until it happened to them.

    To whom it has not (days -1): by the day on which they began, since they have been watched from then on. The others: by the
    first of the month.
    """

    pk = models.CompositePrimaryKey("study", "state_code", "start", "days")
    study = models.CharField(max_length=1, choices=Study.choices)
    state_code = models.CharField(max_length=2)
    start = models.DateField()
    days = models.IntegerField()
    n = models.IntegerField()

    class Meta:
        indexes = [models.Index(fields=["study", "start"], name="interval_start")]

    def __str__(self) -> str:
        return f"{self.study} {self.start} {self.days}: {self.n}"
