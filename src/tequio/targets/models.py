"""Targets, their keys, the hits they raise, and what people said of them."""

from __future__ import annotations

import pgtrigger
from django.db import models

from tequio.access.scoping import ReachedManager, ScopedManager
from tequio.access.walls import walled
from tequio.institutions.models import Agency
from tequio.kernel.ids import new_id
from tequio.targets.domain import (
    ChangeKind,
    HitEventKind,
    HitState,
    Outcome,
    Priority,
    RecordStanding,
    RunState,
    TargetState,
    Verdict,
    effective_threshold,
)

_APPEND_ONLY = pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)


@walled("agency")
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
    validated_at = models.DateTimeField(null=True)
    reviewed_on = models.DateField(null=True)
    """Last full review; the first one counts from the approval."""
    proposed_by = models.CharField(max_length=150)
    proposed_at = models.DateTimeField()
    approved_by = models.CharField(max_length=150, blank=True, default="")
    approved_at = models.DateTimeField(null=True)
    activated_xid = models.BigIntegerField(null=True)
    own_threshold = models.FloatField(null=True)
    """Least score, in bits, of a hit that its reviewers are shown, where it is above the product's."""

    objects = ScopedManager["Target"]()

    class Meta:
        indexes = [models.Index(fields=["agency", "state", "-proposed_at"]), models.Index(fields=["activated_xid"])]

    def __str__(self) -> str:
        return self.folio

    @property
    def threshold(self) -> float:
        """Least score in force, in bits."""
        return effective_threshold(self.own_threshold)


@walled("target")
class TargetEvent(models.Model):
    """One step of a target's life: who, when, why."""

    target = models.ForeignKey(Target, on_delete=models.PROTECT, related_name="events")
    state = models.CharField(max_length=12)
    at = models.DateTimeField()
    by = models.CharField(max_length=150)
    reason = models.TextField(blank=True, default="")
    detail = models.JSONField(default=dict)
    """Of a step that changes no state: {"threshold": {"from": bits, "to": bits}}."""

    objects = ReachedManager["TargetEvent"]()

    class Meta:
        triggers = [_APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.target_id}: {self.state}"


@walled("target")
class TargetKey(models.Model):
    """Keys of the targets that are searched now: few enough to join a whole batch with."""

    pk = models.CompositePrimaryKey("key", "target_id")
    key = models.BigIntegerField()
    target = models.ForeignKey(Target, on_delete=models.CASCADE, related_name="+")

    objects = ReachedManager["TargetKey"]()

    def __str__(self) -> str:
        return str(self.key)


@walled("agency")
class Hit(models.Model):
    """An event that may be a target's: one or several records of it. Belongs to the issuer (`agency`); suppliers never see it.

    Score, explanation and record are those of its best record that stands. Judged once, whatever the number of its records;
    nothing takes it away.
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
    said = models.JSONField(default=dict)
    """Last word of each person in the round of readings in progress: {username: verdict}."""
    opened_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    record_count = models.PositiveIntegerField(default=1)
    event_day = models.DateField(null=True)
    """Day of the event as its first record tells it: what records must agree with to be of this hit."""
    exact = models.BooleanField(default=False)
    """A CURP or an RFC of a standing record is the target's: no threshold hides it, and it is listed first."""
    below_threshold = models.BooleanField(default=False)
    """Below its target's own threshold: counted, and listed only when asked for."""

    objects = ScopedManager["Hit"]()

    class Meta:
        indexes = [
            # With what lists filter by beside them, so that a page is read from the index alone.
            models.Index(
                fields=["agency", "state", "below_threshold", "-exact", "-score", "-id"], include=["band"], name="hit_listed"
            ),
            models.Index(
                fields=["agency", "target", "-exact", "-score", "-id"],
                include=["state", "below_threshold", "band"],
                name="hit_by_target",
            ),
            models.Index(fields=["target", "event_day"]),
        ]

    def __str__(self) -> str:
        return str(self.id)


@walled("agency")
class HitRecord(models.Model):
    """A record of a hit, with what was found when it was last compared. One row for each target and record that ever met."""

    hit = models.ForeignKey(Hit, on_delete=models.PROTECT, related_name="records")
    target = models.ForeignKey(Target, on_delete=models.PROTECT, related_name="+", db_index=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    registry = models.CharField(max_length=30)
    record_id = models.UUIDField()
    version = models.PositiveIntegerField()
    record_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", db_index=False)
    day = models.DateField(null=True)
    standing = models.CharField(
        max_length=20, choices=[(s.value, s.value) for s in RecordStanding], default=RecordStanding.STANDS.value
    )
    score = models.FloatField()
    band = models.CharField(max_length=20)
    exact = models.BooleanField(default=False)
    explanation = models.JSONField()
    summary = models.JSONField(default=dict)
    joined_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    objects = ScopedManager["HitRecord"]()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["target", "registry", "record_id"], name="one_record_per_target")]
        indexes = [models.Index(fields=["registry", "record_id"])]

    def __str__(self) -> str:
        return f"{self.hit_id}: {self.record_id}"


@walled("hit")
class HitEvent(models.Model):
    """Timeline of a hit. What was shown to a reviewer stays, also after the record changed."""

    hit = models.ForeignKey(Hit, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=24, choices=[(k.value, k.value) for k in HitEventKind])
    at = models.DateTimeField()
    by = models.CharField(max_length=150)
    record_version = models.PositiveIntegerField()
    score = models.FloatField()
    detail = models.JSONField(default=dict)

    objects = ReachedManager["HitEvent"]()

    class Meta:
        triggers = [_APPEND_ONLY]
        indexes = [models.Index(fields=["hit", "at"])]

    def __str__(self) -> str:
        return f"{self.hit_id}: {self.kind}"


@walled("hit")
class Judgement(models.Model):
    """What a person said of a hit and why. A later one supersedes it; none is erased."""

    hit = models.ForeignKey(Hit, on_delete=models.PROTECT, related_name="judgements")
    verdict = models.CharField(max_length=10, choices=[(v.value, v.value) for v in Verdict])
    reason = models.TextField()
    by = models.CharField(max_length=150)
    at = models.DateTimeField()
    score = models.FloatField()
    algorithm = models.CharField(max_length=40)
    explanation = models.JSONField(default=dict)
    """What was shown to whoever judged; empty in judgements made before it was kept."""
    supersedes = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="superseded_by")

    objects = ReachedManager["Judgement"]()

    class Meta:
        triggers = [_APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.hit_id}: {self.verdict}"


class Rescreening(models.Model):
    """A run of all records against all targets. It finds what would change; applying it is a second, separate step.

    `position`: last entry of the index looked at; `applied_to`: last change applied. Each chunk moves one of them in the
    transaction that writes what it found or did, so that a run whose process dies goes on where it was.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    state = models.CharField(max_length=12, choices=[(s.value, s.value) for s in RunState], default=RunState.RUNNING.value)
    algorithm = models.CharField(max_length=80)
    key_version = models.PositiveIntegerField()
    alert_threshold = models.FloatField()
    started_by = models.CharField(max_length=150)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    applied_by = models.CharField(max_length=150, blank=True, default="")
    applied_at = models.DateTimeField(null=True)
    position = models.BigIntegerField(default=0)
    last_entry = models.BigIntegerField()
    entries = models.BigIntegerField()
    entries_done = models.BigIntegerField(default=0)
    pairs = models.BigIntegerField(default=0)
    found = models.BigIntegerField(default=0)
    targets = models.BigIntegerField(default=0)
    applied_to = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["state"], condition=models.Q(state=RunState.RUNNING.value), name="one_rescreening_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.id}: {self.state}"


@walled("agency")
class RescreeningChange(models.Model):
    """What a run found that would change in one pair. Belongs to the issuer, who alone sees it; the operator sees counts."""

    run = models.ForeignKey(Rescreening, on_delete=models.CASCADE, related_name="changes", db_index=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", db_index=False)
    target = models.ForeignKey(Target, on_delete=models.PROTECT, related_name="+", db_index=False)
    hit = models.ForeignKey(Hit, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    registry = models.CharField(max_length=30)
    record_id = models.UUIDField()
    record_version = models.PositiveIntegerField()
    kind = models.CharField(max_length=20, choices=[(k.value, k.value) for k in ChangeKind])
    score_before = models.FloatField(null=True)
    score_now = models.FloatField()
    band_before = models.CharField(max_length=20, blank=True, default="")
    band_now = models.CharField(max_length=20)
    below_threshold = models.BooleanField(default=False)
    explanation = models.JSONField()
    outcome = models.CharField(max_length=14, choices=[(o.value, o.value) for o in Outcome], default=Outcome.PENDING.value)

    objects = ScopedManager["RescreeningChange"]()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "target", "registry", "record_id"], name="one_change_per_pair"),
        ]
        indexes = [models.Index(fields=["run", "agency", "kind"]), models.Index(fields=["run", "id"])]

    def __str__(self) -> str:
        return f"{self.run_id}: {self.kind}"
