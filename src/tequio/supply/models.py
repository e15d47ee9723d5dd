"""Batches as received, what was found in them, and the rows that wait to be mended."""

from __future__ import annotations

from django.db import models

from tequio.access.scoping import ReachedManager, ScopedManager
from tequio.access.walls import walled
from tequio.institutions.models import Agency
from tequio.kernel.contract import Severity
from tequio.kernel.ids import new_id
from tequio.supply.domain import BatchState


@walled("agency")
class Batch(models.Model):
    """A file that an agency supplied to a registry. Its id is the change set of the records that it wrote.

    `batch_key` is the supplier's name for it (by default taken from its content): the same key with the same content is the
    same batch, with other content it is a conflict.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    registry = models.CharField(max_length=30)
    batch_key = models.CharField(max_length=80)
    sha256 = models.CharField(max_length=64)
    file_name = models.CharField(max_length=255)
    file_facts = models.JSONField(default=dict)
    headers = models.JSONField(default=list)
    """[[header, field], ...] in the file's order. `field` is null for a column that is no field of the contract, and "" for one
    that the agency's profile leaves out."""
    contract_version = models.CharField(max_length=20)
    state = models.CharField(max_length=20, choices=[(s.value, s.value) for s in BatchState], default=BatchState.RECEIVED.value)
    received_at = models.DateTimeField()
    received_by = models.CharField(max_length=150)
    received_as = models.JSONField(default=dict)
    """Actor and purpose of the reception, so that an interrupted batch goes on under the same name."""
    processed_at = models.DateTimeField(null=True)
    counts = models.JSONField(default=dict)
    receipt_received = models.JSONField(default=dict)
    receipt_processed = models.JSONField(default=dict)
    timeliness = models.JSONField(default=dict)
    """{interval: {rows, p50, p95}} in minutes, of the records that the batch brought for the first time; what cannot be
    computed is not there."""
    corrects = models.ForeignKey("self", on_delete=models.PROTECT, related_name="corrected_by", null=True)
    """The batch whose held rows this one brings mended, as whoever sent it said."""

    objects = ScopedManager["Batch"]()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "registry", "batch_key"], name="one_batch_per_key")]
        indexes = [
            models.Index(fields=["agency", "-received_at"]),
            models.Index(fields=["received_at"], condition=models.Q(processed_at=None), name="batch_unfinished"),
        ]

    def __str__(self) -> str:
        return f"{self.registry} {self.batch_key}"


@walled("agency")
class Upload(models.Model):
    """A file that somebody sent by the web and has not yet confirmed. It waits in the folder `incoming`, a day at most."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    registry = models.CharField(max_length=30)
    batch_key = models.CharField(max_length=80, blank=True)
    file_name = models.CharField(max_length=255)
    file_facts = models.JSONField()
    corrects = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="+", null=True)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=150)

    objects = ScopedManager["Upload"]()

    class Meta:
        indexes = [models.Index(fields=["agency", "made_by"]), models.Index(fields=["made_at"])]

    def __str__(self) -> str:
        return f"{self.registry} {self.made_at:%Y-%m-%d %H:%M}"


@walled("batch")
class RowFinding(models.Model):
    """One thing found in one row of a batch. The value is masked. Rows without findings were accepted as they came."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="findings")
    line = models.IntegerField()
    field = models.CharField(max_length=120)
    code = models.CharField(max_length=40)
    severity = models.CharField(max_length=12, choices=[(s.value, s.value) for s in Severity])
    value = models.CharField(max_length=40)

    objects = ReachedManager["RowFinding"]()

    class Meta:
        indexes = [models.Index(fields=["batch", "line"])]

    def __str__(self) -> str:
        return f"{self.line}: {self.code}"


@walled("batch")
class HeldRow(models.Model):
    """A row that was not stored, as it came, until it is mended and sent again."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="held_rows")
    line = models.IntegerField()
    severity = models.CharField(max_length=12, choices=[(s.value, s.value) for s in Severity])
    raw = models.JSONField()

    objects = ReachedManager["HeldRow"]()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "line"], name="one_held_row_per_line")]

    def __str__(self) -> str:
        return f"{self.batch_id}:{self.line}"


@walled("agency")
class MappingProfile(models.Model):
    """How one agency names the columns of a registry: {its header: contract field}. The latest is in force."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    registry = models.CharField(max_length=30)
    mapping = models.JSONField()
    valid_from = models.DateTimeField()
    made_by = models.CharField(max_length=150)

    objects = ScopedManager["MappingProfile"]()

    class Meta:
        indexes = [models.Index(fields=["agency", "registry", "-valid_from"])]

    def __str__(self) -> str:
        return f"{self.registry} {self.valid_from:%Y-%m-%d}"
