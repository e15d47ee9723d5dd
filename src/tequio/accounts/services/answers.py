"""Commands of programs: how many a token may send, and that each is done once, however often it is sent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import connection, transaction

from tequio.accounts.models import KeptAnswer, TokenUse
from tequio.accounts.services.common import days
from tequio.kernel import clock
from tequio.kernel.errors import Conflict, Invalid, NotAllowed

KEPT_FOR: Final = timedelta(hours=24)
"""How long the answer to a command is kept for whoever repeats it."""
LONGEST_KEY: Final = 80
"""Characters of an idempotency key."""
REQUESTS, SEARCHES = "peticiones", "busquedas"
_LIMITS: Final = {REQUESTS: ("api.per_minute", timedelta(minutes=1)), SEARCHES: ("api.searches_per_hour", timedelta(hours=1))}


class TooManyRequests(NotAllowed):
    """The token has asked as much as the minute, or the hour, admits. `facts["seconds"]`: how long to wait."""

    code = "DEMASIADAS_PETICIONES"
    status = 429


class KeyNeeded(Invalid):
    """A command without an idempotency key, or with one that cannot be kept."""

    code = "CLAVE_DE_IDEMPOTENCIA"
    status = 400


class KeyUsed(Invalid):
    """The key was used for another command."""

    code = "CLAVE_DE_IDEMPOTENCIA_USADA"


class UnderWay(Conflict):
    """The same command is being done right now."""

    code = "EN_CURSO"


@dataclass(frozen=True, slots=True)
class Given:
    """What a command was answered. Only references: identifiers, keys, versions, states."""

    status: int
    body: str
    repeated: bool = False
    headers: tuple[tuple[str, str], ...] = ()


def count(token_id: UUID, kind: str) -> None:
    """Count one request, or search, of a token; shared by every process. One statement. Raises TooManyRequests."""
    parameter, span = _LIMITS[kind]
    since = _start(clock.now(), span)
    most = days(parameter)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO accounts_tokenuse AS u (token_id, kind, since, asked) VALUES (%s, %s, %s, 1) "
            "ON CONFLICT (token_id, kind, since) DO UPDATE SET asked = u.asked + 1 RETURNING asked",
            [token_id, kind, since],
        )
        [asked] = cursor.fetchone()
    if asked > most:
        seconds = max(1, int((since + span - clock.now()).total_seconds()) + 1)
        unit = "minuto" if kind == REQUESTS else "hora"
        raise TooManyRequests(
            f"La clave ya hizo las {most} {'peticiones' if kind == REQUESTS else 'búsquedas'} que se admiten por {unit}.",
            hint=f"Repita en {seconds} segundos.",
            facts={"seconds": seconds},
        )


def once(token_id: UUID, key: str, asked: str, do: Callable[[], Given]) -> Given:
    """The answer to a command: what it was answered before, or what `do` answers now, in one transaction with its deed.

    `asked` is the digest of the command. Twins never wait for each other: one is done, the other is refused meanwhile. An
    answer that is not a success leaves nothing, and the key is free again. Raises KeyNeeded, KeyUsed, UnderWay.
    """
    refuse_bad_key(key)
    with transaction.atomic():
        _hold(token_id, key)
        kept = KeptAnswer.objects.filter(token_id=token_id, key=key).first()
        if kept is not None and kept.made_at > clock.now() - KEPT_FOR:
            if kept.asked != asked:
                raise KeyUsed(
                    "Esa clave de idempotencia ya se usó en las últimas 24 horas con otra petición.",
                    hint="Use una clave nueva en cada orden, y la misma sólo para repetirla tal cual.",
                )
            return Given(kept.status, kept.body, repeated=True)
        given = do()
        if 200 <= given.status < 300:
            fresh = KeptAnswer(
                token_id=token_id, key=key, asked=asked, status=given.status, body=given.body, made_at=clock.now()
            )
            KeptAnswer.objects.filter(token_id=token_id, key=key).delete()
            fresh.save(force_insert=True)
        elif given.status == 500:
            transaction.set_rollback(True)
    return given


def refuse_bad_key(key: str) -> None:
    """Raises KeyNeeded."""
    if not 1 <= len(key) <= LONGEST_KEY or not key.isascii() or not key.isprintable():
        raise KeyNeeded(
            f"Cada orden lleva el encabezado Idempotency-Key, de 1 a {LONGEST_KEY} signos visibles.",
            hint="Envíe uno nuevo por orden, p. ej. un UUID, y el mismo cuando la repita.",
        )


def forget_old() -> int:
    """Drop answers and counts that nobody needs any more. The worker calls it hourly. Returns how many answers."""
    now = clock.now()
    dropped, _ = KeptAnswer.objects.filter(made_at__lte=now - KEPT_FOR).delete()
    TokenUse.objects.filter(since__lt=now - timedelta(hours=2)).delete()
    return dropped


def _hold(token_id: UUID, key: str) -> None:
    """Until the transaction ends, whatever becomes of the process."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"api:{token_id}:{key}"])
        [held] = cursor.fetchone()
    if not held:
        raise UnderWay("Esa misma orden se está haciendo ahora.", hint="Repítala con la misma clave en unos segundos.")


def _start(now: datetime, span: timedelta) -> datetime:
    minute = now.replace(second=0, microsecond=0)
    return minute if span <= timedelta(minutes=1) else minute.replace(minute=0)
