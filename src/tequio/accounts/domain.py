"""Rules of accounts: requests and who decides them, training, wrong attempts, one-time links, tokens of programs. Pure."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from tequio.access.domain import TOKEN_SCOPES, Permission
from tequio.kernel.errors import Conflict, Invalid, NotAllowed

MOST_USERNAME: Final = 150
"""Characters of a username."""
TOKEN_PREFIX: Final = "tq_"
"""How every token of a program begins, so that one left in a file is found by whoever looks for secrets."""
_SECRET_BYTES: Final = 32


class RequestState(StrEnum):
    """Where a request of an account stands."""

    REQUESTED = "solicitada"
    SUPERVISED = "visto_bueno"
    """The agency's supervisor agreed; the hub has not said."""
    APPROVED = "aprobada"
    REJECTED = "rechazada"
    EXPIRED = "vencida"


class Training(StrEnum):
    """State of a person's training in the use of the system."""

    NONE = "sin_capacitacion"
    ENROLLED = "inscrita"
    VALID = "vigente"


class Step(StrEnum):
    """Who must agree to a request, in order."""

    SUPERVISOR = "supervision"
    HUB = "nodo_nacional"


class SameHand(NotAllowed):
    """One person would do two of the steps that two must do."""

    code = "MISMA_PERSONA"


class RequestClosed(Conflict):
    """The request was already decided, or ran out."""

    code = "SOLICITUD_CERRADA"


class ScopeTooWide(Invalid):
    """A token was asked to do what programs may not, or what its maker may not."""

    code = "ALCANCE_EXCESIVO"


@dataclass(frozen=True, slots=True)
class Lockout:
    """How many wrong attempts are let pass before a pause. Source: dated parameters `accounts.lockout_*`."""

    failures: int
    window: timedelta
    pause: timedelta


@dataclass(frozen=True, slots=True)
class Attempts:
    """Wrong attempts under one name, or from one address."""

    failures: int
    since: datetime
    locked_until: datetime | None = None


def after_failure(before: Attempts | None, now: datetime, rule: Lockout) -> Attempts:
    """The count after one more wrong attempt. Attempts older than the window no longer count."""
    if before is None or now - before.since > rule.window:
        before = Attempts(0, now)
    failures = before.failures + 1
    return Attempts(failures, before.since, now + rule.pause if failures >= rule.failures else before.locked_until)


def next_step(state: RequestState) -> Step:
    """Whose turn it is. Raises RequestClosed."""
    steps = {RequestState.REQUESTED: Step.SUPERVISOR, RequestState.SUPERVISED: Step.HUB}
    if state not in steps:
        raise RequestClosed(f"La solicitud ya está {state.value}.", hint="Si hace falta, presente otra solicitud.")
    return steps[state]


def refuse_same_hand(username: str, hands: frozenset[str]) -> None:
    """Refuse a step to somebody who already did another one, or who would get the account. Raises SameHand."""
    if username in hands:
        raise SameHand(
            "Quien pide, quien da el visto bueno, quien aprueba y quien recibe la cuenta son personas distintas.",
            hint="Pida este paso a otra persona con el permiso.",
        )


def refuse_bad_username(username: str) -> None:
    """Refuse what cannot be typed at any keyboard. Raises Invalid."""
    plain = username.replace("_", "").replace(".", "").replace("-", "")
    if not username.isascii() or not plain.isalnum() or len(username) > MOST_USERNAME or username != username.lower():
        raise Invalid(
            f"«{username[:40]}» no sirve de nombre de usuario.",
            hint=f"Use minúsculas sin acento, cifras, punto, guion: hasta {MOST_USERNAME}.",
        )


def certification_due(certified_at: datetime, days: int) -> datetime:
    """When an account must be certified again."""
    return certified_at + timedelta(days=days)


def training_now(state: Training, valid_to: date | None, today: date) -> Training:
    """A training that ran out counts as none."""
    return Training.NONE if state is Training.VALID and valid_to is not None and valid_to < today else state


def new_secret(prefix: str = "") -> str:
    """A secret that nobody guesses: 256 random bits, safe in an address."""
    return prefix + secrets.token_urlsafe(_SECRET_BYTES)


def fingerprint(secret: str) -> str:
    """What is kept of a secret: its SHA-256. The secret is random and long, so no salt is needed, and it can be found."""
    return hashlib.sha256(secret.encode()).hexdigest()


def keyed(name: str, key: str) -> str:
    """A name as the table of wrong attempts keeps it: it shows no typed name, nor a password typed as one."""
    return hmac.new(key.encode(), name.encode(errors="surrogatepass"), hashlib.sha256).hexdigest()


def scopes_of(wanted: frozenset[Permission], maker: frozenset[Permission]) -> frozenset[Permission]:
    """What a new token may do: what programs may, and its maker too. Raises ScopeTooWide, Invalid for nothing at all."""
    if not wanted:
        raise Invalid("Una clave de programa necesita al menos un permiso.", hint="Marque lo que el programa va a hacer.")
    beyond = sorted(wanted - (TOKEN_SCOPES & maker))
    if beyond:
        raise ScopeTooWide(
            f"No puede dar a un programa: {', '.join(beyond)}.",
            hint="Dé solo permisos que usted tiene y que no sean decisiones de una persona.",
        )
    return wanted
