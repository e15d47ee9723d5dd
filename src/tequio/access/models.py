"""Users and the roles they hold in agencies, each with its validity."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models

from tequio.access.domain import Role, Suspension
from tequio.access.walls import unwalled
from tequio.institutions.models import Agency


@unwalled("Signing in finds the account before there is an actor, and so before there is a scope.")
class User(AbstractBaseUser):
    """A person with an account in one agency. What the account may do is in its grants and nowhere else."""

    username = models.CharField(max_length=150, unique=True)
    full_name = models.CharField(max_length=200)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="users")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    email = models.EmailField(blank=True)
    federated_name = models.CharField(max_length=150, blank=True)
    """Name under which the identity provider knows the person, set beforehand; empty: only the password enters."""
    certified_at = models.DateTimeField(null=True, blank=True)
    """When a supervisor last said that the account is still needed."""
    suspended_at = models.DateTimeField(null=True, blank=True)
    suspended_for = models.CharField(max_length=20, blank=True, choices=[(s.value, s.value) for s in Suspension])

    objects = BaseUserManager["User"]()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["federated_name"], condition=~models.Q(federated_name=""), name="one_account_per_federated_name"
            ),
        ]

    def __str__(self) -> str:
        return self.username


@unwalled("What an account may do is read before there is a scope.")
class RoleGrant(models.Model):
    """A role held by a user from one day to another, given by somebody with a document."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="grants")
    role = models.CharField(max_length=20, choices=[(r.value, r.value) for r in Role])
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    document = models.CharField(max_length=120)
    granted_by = models.CharField(max_length=150)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "role"], condition=models.Q(valid_to=None), name="one_open_grant"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.role}"
