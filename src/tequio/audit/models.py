"""The log of reads, writes and exports: append-only lines in one chain per agency, heads, and signed checkpoints."""

from __future__ import annotations

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from tequio.audit.domain import Outcome


class ChainHead(models.Model):
    """Where each chain ends. Its row is the lock that puts lines in order."""

    chain = models.CharField(max_length=40, primary_key=True)
    number = models.BigIntegerField(default=0)
    fingerprint = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.chain}#{self.number}"


class Line(models.Model):
    """Who did or saw what, when, for which purpose. Holds references to records, never their contents."""

    chain = models.CharField(max_length=40)
    number = models.BigIntegerField()
    at = models.DateTimeField()
    username = models.CharField(max_length=150)
    roles = ArrayField(models.CharField(max_length=20))
    action = models.CharField(max_length=60)
    outcome = models.CharField(max_length=10)
    purpose = models.CharField(max_length=40, blank=True)
    folio = models.CharField(max_length=120, blank=True)
    subject_kind = models.CharField(max_length=40, blank=True)
    subjects = ArrayField(models.CharField(max_length=64))
    facts = models.JSONField(default=dict)
    key = models.CharField(max_length=80, blank=True)
    previous = models.CharField(max_length=64)
    fingerprint = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["chain", "number"], name="one_line_per_number")]
        indexes = [
            models.Index(fields=["action", "at"]),
            models.Index(fields=["key"], condition=~models.Q(key=""), name="line_key"),
            models.Index(fields=["chain", "at", "id"], name="line_chain_at"),
            models.Index(fields=["at", "id"], name="line_at"),
            models.Index(fields=["username", "at", "id"], name="line_username_at"),
            models.Index(fields=["folio", "at", "id"], condition=~models.Q(folio=""), name="line_folio_at"),
            models.Index(fields=["purpose", "at", "id"], name="line_purpose_at"),
            models.Index(fields=["at", "id"], condition=~models.Q(outcome=Outcome.DONE.value), name="line_not_done_at"),
            GinIndex(fields=["subjects"], name="line_subjects"),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.chain}#{self.number} {self.action}"


class Checkpoint(models.Model):
    """Signed statement of where every chain stood at a moment: cutting a chain's tail afterwards shows against it."""

    at = models.DateTimeField()
    heads = models.JSONField()
    key_id = models.CharField(max_length=16)
    signature = models.TextField()

    class Meta:
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"
