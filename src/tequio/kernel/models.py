"""Tables of the kernel: the outbox."""

from __future__ import annotations

from django.db import models


class OutboxEntry(models.Model):
    """One reaction that is owed to one event. See `kernel.outbox`."""

    event = models.CharField(max_length=80)
    payload = models.JSONField()
    reaction = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    done_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["id"], condition=models.Q(done_at=None), name="outbox_waiting")]

    def __str__(self) -> str:
        return f"{self.event} -> {self.reaction}"
