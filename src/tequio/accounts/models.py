"""Sessions, wrong attempts, one-time links, requests of accounts, training, tokens of programs."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

from tequio.access.models import User
from tequio.access.walls import unwalled
from tequio.accounts.domain import RequestState, Step, Training
from tequio.institutions.models import Agency
from tequio.kernel.ids import new_id


@unwalled("Read while somebody is entering, before there is an actor, and so before there is a scope.")
class Session(AbstractBaseSession):
    """A browser that entered, or that is about to. `user` is null before the second factor."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="sessions")
    opened_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    address = models.CharField(max_length=45, blank=True)
    device = models.CharField(max_length=200, blank=True)
    """What the browser says that it is."""


class CacheEntry(models.Model):
    """Table of Django's database cache: what processes share for some minutes (limits of attempts)."""

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "accounts_cache"

    def __str__(self) -> str:
        return self.cache_key


class FailedAttempts(models.Model):
    """Wrong attempts under one name or from one address (a keyed hash of either)."""

    key = models.CharField(max_length=64, primary_key=True)
    failures = models.IntegerField()
    since = models.DateTimeField(db_index=True)
    locked_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.failures}"


@unwalled("Read while somebody is entering, before there is an actor, and so before there is a scope.")
class PasswordLink(models.Model):
    """A one-time way to set a password. Only the hash of its secret is kept."""

    fingerprint = models.CharField(max_length=64, primary_key=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    made_by = models.CharField(max_length=150)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.user_id}"


@unwalled("Two houses decide on it, the agency's and the hub's; its services say who sees which, and nobody searched is in it.")
class AccountRequest(models.Model):
    """Somebody asks for an account, or for more roles, for a person of an agency, with an oficio."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    username = models.CharField(max_length=150)
    full_name = models.CharField(max_length=200)
    email = models.EmailField(blank=True)
    roles = ArrayField(models.CharField(max_length=20))
    document = models.CharField(max_length=120)
    document_date = models.DateField()
    training = models.CharField(max_length=20, choices=[(t.value, t.value) for t in Training])
    training_valid_to = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=20, choices=[(s.value, s.value) for s in RequestState])
    requested_by = models.CharField(max_length=150)
    requested_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["agency", "-requested_at"]), models.Index(fields=["state", "expires_at"])]
        constraints = [
            models.UniqueConstraint(
                fields=["username"],
                condition=models.Q(state__in=[RequestState.REQUESTED.value, RequestState.SUPERVISED.value]),
                name="one_open_request_per_username",
            ),
        ]

    def __str__(self) -> str:
        return self.username


@unwalled("Two houses decide on it, the agency's and the hub's; its services say who sees which, and nobody searched is in it.")
class Decision(models.Model):
    """What one person said about a request, at one step."""

    request = models.ForeignKey(AccountRequest, on_delete=models.PROTECT, related_name="decisions")
    step = models.CharField(max_length=20, choices=[(s.value, s.value) for s in Step])
    agreed = models.BooleanField()
    reason = models.TextField(blank=True)
    by = models.CharField(max_length=150)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "step"], name="one_decision_per_step")]

    def __str__(self) -> str:
        return f"{self.request_id} {self.step}"


@unwalled("Of accounts, as accounts are; counted by state for the dashboard.")
class TrainingRecord(models.Model):
    """State of a person's training from a moment on, by a document. The last one counts."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="trainings")
    state = models.CharField(max_length=20, choices=[(t.value, t.value) for t in Training])
    valid_to = models.DateField(null=True, blank=True)
    document = models.CharField(max_length=120)
    recorded_by = models.CharField(max_length=150)
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["user", "-recorded_at"])]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.state}"


@unwalled("Read while somebody is entering, before there is an actor, and so before there is a scope.")
class ApiToken(models.Model):
    """A secret with which a program of an agency acts. Only its hash is kept."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    label = models.CharField(max_length=60)
    scopes = ArrayField(models.CharField(max_length=40))
    fingerprint = models.CharField(max_length=64, unique=True)
    made_by = models.CharField(max_length=150)
    made_at = models.DateTimeField()
    valid_to = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.CharField(max_length=150, blank=True)
    revoked_because = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["agency", "-made_at"])]
        constraints = [
            models.UniqueConstraint(fields=["agency", "label"], condition=models.Q(revoked_at=None), name="one_token_per_label")
        ]

    def __str__(self) -> str:
        return f"{self.agency_id} {self.label}"


@unwalled("How much a program asked leads to no record, and is counted before there is a scope.")
class TokenUse(models.Model):
    """How many requests a token made in one minute, or searches in one hour, by which more are refused."""

    pk = models.CompositePrimaryKey("token", "kind", "since")
    token = models.ForeignKey(ApiToken, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10)
    since = models.DateTimeField(db_index=True)
    asked = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return f"{self.token_id} {self.since:%Y-%m-%d %H:%M}: {self.asked}"


@unwalled("Found by the token that asked, before there is a scope; it holds references and no datum of a person.")
class KeptAnswer(models.Model):
    """What a program's command was answered, for whoever repeats it with the same key. Kept for a day."""

    pk = models.CompositePrimaryKey("token", "key")
    token = models.ForeignKey(ApiToken, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=80)
    asked = models.CharField(max_length=64)
    """SHA-256 of what was asked."""
    status = models.PositiveSmallIntegerField()
    body = models.TextField()
    made_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.token_id} {self.key}"
