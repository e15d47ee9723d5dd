"""Tokens with which programs of an agency act: made by a person with no more than that person may do, shown once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q

from tequio.access import policy
from tequio.access.domain import PROGRAM, Actor, Permission, Purpose
from tequio.accounts import domain
from tequio.accounts.domain import TOKEN_PREFIX
from tequio.accounts.models import ApiToken
from tequio.accounts.services.common import days
from tequio.audit.domain import Action
from tequio.audit.services import record, unit_of_work
from tequio.kernel import clock
from tequio.kernel.errors import Conflict, Invalid, NotAllowed

LONGEST_LABEL = 60
TOUCH_EVERY = timedelta(minutes=1)
"""How often the last use of a token is written."""


class TokenRefused(NotAllowed):
    """The token never was, was revoked, ran out, or its agency is gone: all answer alike."""

    code = "CLAVE_NO_VALIDA"
    status = 401


class LabelTaken(Conflict):
    """Another token of the agency in force has that label."""

    code = "ETIQUETA_OCUPADA"


def make_token(
    *, actor: Actor, purpose: Purpose, label: str, scopes: Iterable[Permission], valid_days: int
) -> tuple[ApiToken, str]:
    """A token of the actor's agency, and its secret, which is shown this once.

    Raises NotAllowed, Invalid, ScopeTooWide, LabelTaken.
    """
    with unit_of_work(actor=actor, purpose=purpose, action=Action.TOKEN_MADE):
        policy.require(actor, Permission.TOKEN_ADMINISTER)
        label = _label(label)
        most = days("accounts.token_days")
        if not 1 <= valid_days <= most:
            raise Invalid(f"Una clave vale de 1 a {most} días.", hint="Corrija la vigencia.", facts={"field": "valid_days"})
        allowed = domain.scopes_of(frozenset(scopes), actor.permissions)
        secret = domain.new_secret(TOKEN_PREFIX)
        now = clock.now()
        try:
            with transaction.atomic():
                token = ApiToken.objects.create(
                    agency_id=actor.agency_id,
                    label=label,
                    scopes=sorted(allowed),
                    fingerprint=domain.fingerprint(secret),
                    made_by=actor.username,
                    made_at=now,
                    valid_to=now + timedelta(days=valid_days),
                )
        except IntegrityError:
            raise LabelTaken("Otra clave vigente tiene esa etiqueta.", hint="Elija otra, o revoque la anterior.") from None
        facts = {"scopes": sorted(allowed), "days": valid_days}
        record(actor=actor, purpose=purpose, action=Action.TOKEN_MADE, subject_kind="token", subjects=[token.pk], facts=facts)
    return token, secret


def revoke_token(*, actor: Actor, purpose: Purpose, token_id: UUID, reason: str) -> ApiToken:
    """End a token now. Repeating it changes nothing. Raises NotAllowed, NotFound, Invalid without a reason."""
    with unit_of_work(actor=actor, purpose=purpose, action=Action.TOKEN_REVOKED):
        policy.require(actor, Permission.TOKEN_ADMINISTER)
        policy.require_reason(reason)
        token = ApiToken.objects.select_for_update().filter(pk=token_id, agency_id=actor.agency_id).first()
        if token is None:
            raise policy.not_found()
        if token.revoked_at is None:
            token.revoked_at, token.revoked_by, token.revoked_because = clock.now(), actor.username, reason.strip()
            token.save(update_fields=["revoked_at", "revoked_by", "revoked_because"])
            record(actor=actor, purpose=purpose, action=Action.TOKEN_REVOKED, subject_kind="token", subjects=[token.pk])
    return token


@dataclass(frozen=True, slots=True)
class Entered:
    """A program that has presented its token."""

    actor: Actor
    token_id: UUID


def authenticate(secret: str) -> Actor:
    """The program that presents this secret, as an actor of its agency with what the token may do. Raises TokenRefused."""
    return enter(secret).actor


def enter(secret: str) -> Entered:
    """The same, with which token it is.

    One query, and a write a minute. The refusal of a token that was once valid is on the log of its agency.
    """
    now = clock.now()
    token = ApiToken.objects.select_related("agency").filter(fingerprint=domain.fingerprint(secret)).first()
    if token is None:
        raise _refused()
    actor = Actor(
        f"{PROGRAM}{token.label}",
        token.agency_id,
        token.agency.code,
        token.agency.state_id or "",
        frozenset(),
        scopes=frozenset(Permission(one) for one in token.scopes),
    )
    if token.revoked_at is not None or token.valid_to <= now:
        with unit_of_work(actor=actor, purpose=None, action=Action.TOKEN_REFUSED):
            facts = {"why": "revocada" if token.revoked_at else "vencida"}
            record(
                actor=actor, purpose=None, action=Action.TOKEN_REFUSED, subject_kind="token", subjects=[token.pk], facts=facts
            )
        raise _refused()
    stale = Q(used_at=None) | Q(used_at__lt=now - TOUCH_EVERY)
    if token.used_at is None or token.used_at < now - TOUCH_EVERY:
        ApiToken.objects.filter(stale, pk=token.pk).update(used_at=now)
    return Entered(actor, token.pk)


def _label(text: str) -> str:
    label = text.strip()
    policy.refuse_unstorable(label)
    if not label or len(label) > LONGEST_LABEL or not label.isprintable():
        raise Invalid(
            f"La etiqueta lleva de 1 a {LONGEST_LABEL} letras visibles.",
            hint="Diga qué programa usará la clave.",
            facts={"field": "label"},
        )
    return label


def _refused() -> TokenRefused:
    return TokenRefused("La clave no es válida.", hint="Revísela, o pida otra a quien administra las claves de su dependencia.")
