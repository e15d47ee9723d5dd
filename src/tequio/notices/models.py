"""Notices (avisos): to whom, about what, by when, and whether they answered."""

from __future__ import annotations

from datetime import datetime

from django.db import models

from tequio.access.scoping import ScopedManager
from tequio.access.walls import walled
from tequio.institutions.models import Agency
from tequio.kernel.ids import new_id
from tequio.notices.domain import Clock, NoticeKind, Standing, Urgency, standing


@walled("agency")
class NoticeNumber(models.Model):
    """Last number given to each agency in each year."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "year"], name="one_counter_per_year")]

    def __str__(self) -> str:
        return f"{self.agency_id} {self.year}"


@walled("agency")
class Notice(models.Model):
    """One notice to one agency. `about_kind` and `about_id` say what it is of without this room knowing what that is."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    folio = models.CharField(max_length=40, unique=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=30, choices=[(k.value, k.value) for k in NoticeKind])
    urgency = models.CharField(max_length=10, choices=[(u.value, u.value) for u in Urgency])
    about_kind = models.CharField(max_length=30)
    about_id = models.UUIDField()
    content = models.JSONField()
    issued_at = models.DateTimeField()
    issued_by = models.CharField(max_length=150)
    acknowledge_within = models.DurationField()
    escalate_after = models.DurationField()
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.CharField(max_length=150, blank=True, default="")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_reason = models.TextField(blank=True, default="")
    escalated_at = models.DateTimeField(null=True)

    objects = ScopedManager["Notice"]()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "kind", "about_kind", "about_id"],
                condition=models.Q(withdrawn_at=None),
                name="one_notice_per_thing",
            )
        ]
        indexes = [
            models.Index(fields=["agency", "issued_at"], condition=models.Q(acknowledged_at=None), name="notice_unanswered")
        ]

    def __str__(self) -> str:
        return self.folio

    @property
    def clock(self) -> Clock:
        """The clock that was in force when it was issued."""
        return Clock(self.acknowledge_within, self.escalate_after)

    def standing(self, now: datetime) -> Standing:
        """Where it stands at `now`."""
        return standing(self.issued_at, self.acknowledged_at, self.withdrawn_at, now, self.clock)
