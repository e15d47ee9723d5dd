"""The federation as dated rows: states, municipalities, zones, agencies, their names, units and posts.

Periods are half open: `valid_from` is the first day in force, `valid_to` the first day no longer in force, null while open.
"""

from __future__ import annotations

from django.db import models

from tequio.institutions.domain import AgencyKind, Level


def _period(name: str) -> models.CheckConstraint:
    """A period that ends does so after it begins."""
    in_order = models.Q(valid_to=None) | models.Q(valid_to__gt=models.F("valid_from"))
    return models.CheckConstraint(condition=in_order, name=f"{name}_period_in_order")


def _one_open(name: str, *fields: str) -> models.UniqueConstraint:
    """At most one row in force without end. Overlap of closed periods is checked by the loader: see `domain.overlaps`."""
    return models.UniqueConstraint(fields=fields, condition=models.Q(valid_to=None), name=f"{name}_one_open")


def _one_start(name: str, *fields: str) -> models.UniqueConstraint:
    """Two rows of one thing never begin on the same day."""
    return models.UniqueConstraint(fields=[*fields, "valid_from"], name=f"{name}_one_start")


class State(models.Model):
    """Entidad federativa. Key: INEGI code, two digits."""

    code = models.CharField(max_length=2, primary_key=True)
    renapo = models.CharField(max_length=2, unique=True)
    name = models.CharField(max_length=80)
    abbreviation = models.CharField(max_length=20)
    time_zone = models.CharField(max_length=40, default="America/Mexico_City")
    """IANA zone of most of the state (Ley de los Husos Horarios, DOF 28-10-2022, and its border municipalities apart): supplied
    times that name no zone are read in it. Municipalities in another zone are por confirmar."""

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Municipality(models.Model):
    """Municipio or demarcación territorial. Key: INEGI code, five digits, of which the first two are the state's."""

    code = models.CharField(max_length=5, primary_key=True)
    state = models.ForeignKey(State, on_delete=models.PROTECT, related_name="municipalities")
    name = models.CharField(max_length=120)
    population = models.PositiveIntegerField(null=True)
    """Inhabitants in the 2020 census; null for municipalities created later: unknown, not zero."""

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Zone(models.Model):
    """One of the regions in which the states meet."""

    code = models.SlugField(max_length=20, primary_key=True)
    name = models.CharField(max_length=60)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class ZoneMembership(models.Model):
    """A state belongs to a zone during a period. A state may belong to more than one."""

    zone = models.ForeignKey(Zone, on_delete=models.PROTECT, related_name="memberships")
    state = models.ForeignKey(State, on_delete=models.PROTECT, related_name="memberships")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    source = models.TextField()

    class Meta:
        constraints = [
            _period("membership"),
            _one_open("membership", "zone", "state"),
            _one_start("membership", "zone", "state"),
        ]

    def __str__(self) -> str:
        return f"{self.zone_id}: {self.state_id}"


class Agency(models.Model):
    """Dependencia. Its code never changes; its names do, and are rows of `AgencyName`."""

    code = models.CharField(max_length=30, unique=True)
    level = models.CharField(max_length=10, choices=[(v.value, v.value) for v in Level])
    state = models.ForeignKey(State, on_delete=models.PROTECT, related_name="agencies", null=True)
    kind = models.CharField(max_length=30, choices=[(v.value, v.value) for v in AgencyKind])
    parent = models.ForeignKey("self", on_delete=models.PROTECT, related_name="children", null=True)

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=(models.Q(level=Level.FEDERAL.value) & models.Q(state=None))
                | (~models.Q(level=Level.FEDERAL.value) & ~models.Q(state=None)),
                name="agency_state_unless_federal",
            )
        ]

    def __str__(self) -> str:
        return self.code


class AgencyName(models.Model):
    """How an agency was called during a period."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="names")
    name = models.CharField(max_length=200)
    abbreviation = models.CharField(max_length=30)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    source = models.TextField()
    confirmed = models.BooleanField(default=False)
    """False: «por confirmar», not yet read in an official publication."""

    class Meta:
        constraints = [
            _period("agency_name"),
            _one_open("agency_name", "agency"),
            _one_start("agency_name", "agency"),
        ]

    def __str__(self) -> str:
        return self.name


class Unit(models.Model):
    """Administrative unit of an agency. One code keeps its identity through changes of name, each its own row."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="units")
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=200)
    abbreviation = models.CharField(max_length=30)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    source = models.TextField()
    confirmed = models.BooleanField(default=False)

    class Meta:
        constraints = [
            _period("unit"),
            _one_open("unit", "agency", "code"),
            _one_start("unit", "agency", "code"),
        ]

    def __str__(self) -> str:
        return self.name


class Post(models.Model):
    """Office that a person can hold in an agency. Who holds it is no datum of this room."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="posts")
    title = models.CharField(max_length=200)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    source = models.TextField()

    class Meta:
        constraints = [
            _period("post"),
            _one_open("post", "agency", "title"),
            _one_start("post", "agency", "title"),
        ]

    def __str__(self) -> str:
        return self.title
