"""Targets, their keys, the hits they raise, and what people said of them."""

from __future__ import annotations

import pgtrigger
from django.db import models

from tequio.access.scoping import ScopedManager
from tequio.institutions.models import Agency
from tequio.kernel.ids import new_id
from tequio.targets.domain import HitEventKind, HitState, Priority, RecordStanding, TargetState, Verdict

_APPEND_ONLY = pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)


class Target(models.Model):
    """A person whom `agency` (the issuer) looks for. `subject` is the identity in the form that the matcher reads.

    `activated_xid` is the transaction that made it searched: a batch that was being stored meanwhile is screened again.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    folio = models.CharField(max_length=40, unique=True)
    state = models.CharField(max_length=12, choices=[(s.value, s.value) for s in TargetState])
    subject = models.JSONField()
    title = models.CharField(max_length=200)
    grounds = models.CharField(max_length=40)
    document = models.CharField(max_length=120)
    priority = models.CharField(max_length=10, choices=[(p.value, p.value) for p in Priority])
    covert = models.BooleanField(default=False)
    tell_holder = models.BooleanField(default=False)
    note = models.TextField(blank=True, default="")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    validate_by = models.DateField(null=True)
    proposed_by = models.CharField(max_length=150)
    proposed_at = models.DateTimeField()
    approved_by = models.CharField(max_length=150, blank=True, default="")
    approved_at = models.DateTimeField(null=True)
    activated_xid = models.BigIntegerField(null=True)

    objects = ScopedManager["Target"]()

    class Meta:
        indexes = [models.Index(fields=["agency", "state", "-proposed_at"]), models.Index(fields=["activated_xid"])]

    def __str__(self) -> str:
        return self.folio


class TargetEvent(models.Model):
    """One step of a target's life: who, when, why."""

    target = models.ForeignKey(Target, on_delete=models.PROTECT, related_name="events")
    state = models.CharField(max_length=12)
    at = models.DateTimeField()
    by = models.CharField(max_length=150)
    reason = models.TextField(blank=True, default="")

    class Meta:
        triggers = [_APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.target_id}: {self.state}"


class TargetKey(models.Model):
    """Keys of the targets that are searched now: few enough to join a whole batch with."""

    pk = models.CompositePrimaryKey("key", "target_id")
    key = models.BigIntegerField()
    target = models.ForeignKey(Target, on_delete=models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return str(self.key)


class Hit(models.Model):
    """A record that may be a target. Belongs to the issuer (`agency`); the record's supplier never sees it.

    One row for each target and record, whatever the number of times they met; nothing takes it away.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    target = models.ForeignKey(Target, on_delete=models.PROTECT, related_name="hits")
    registry = models.CharField(max_length=30)
    record_id = models.UUIDField()
    record_version = models.PositiveIntegerField()
    record_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, choices=[(s.value, s.value) for s in HitState], default=HitState.OPEN.value)
    record_standing = models.CharField(
        max_length=20, choices=[(s.value, s.value) for s in RecordStanding], default=RecordStanding.STANDS.value
    )
    target_state = models.CharField(max_length=12, default=TargetState.ACTIVE.value)
    score = models.FloatField()
    band = models.CharField(max_length=20)
    explanation = models.JSONField()
    record_summary = models.JSONField(default=dict)
    judged_score = models.FloatField(null=True)
    opened_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    objects = ScopedManager["Hit"]()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["target", "registry", "record_id"], name="one_hit_per_pair")]
        indexes = [models.Index(fields=["registry", "record_id"]), models.Index(fields=["agency", "state", "-score"])]

    def __str__(self) -> str:
        return str(self.id)


class HitEvent(models.Model):
    """Timeline of a hit. What was shown to a reviewer stays, also after the record changed."""

    hit = models.ForeignKey(Hit, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=24, choices=[(k.value, k.value) for k in HitEventKind])
    at = models.DateTimeField()
    by = models.CharField(max_length=150)
    record_version = models.PositiveIntegerField()
    score = models.FloatField()
    detail = models.JSONField(default=dict)

    class Meta:
        triggers = [_APPEND_ONLY]
        indexes = [models.Index(fields=["hit", "at"])]

    def __str__(self) -> str:
        return f"{self.hit_id}: {self.kind}"


class Judgement(models.Model):
    """What a person said of a hit and why. A later one supersedes it; none is erased."""

    hit = models.ForeignKey(Hit, on_delete=models.PROTECT, related_name="judgements")
    verdict = models.CharField(max_length=10, choices=[(v.value, v.value) for v in Verdict])
    reason = models.TextField()
    by = models.CharField(max_length=150)
    at = models.DateTimeField()
    score = models.FloatField()
    algorithm = models.CharField(max_length=40)
    supersedes = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="superseded_by")

    class Meta:
        triggers = [_APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.hit_id}: {self.verdict}"
