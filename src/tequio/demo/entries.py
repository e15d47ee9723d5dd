"""Ways in for the demonstration's own people: names, passwords and second factors of accounts that nobody owns.

Only in a demonstration's folder, in a file that only its owner reads: whoever tries the system can enter as any of them.
"""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.db import transaction

from tequio.access.models import User

FILE: Final = Path("demo") / "entradas.json"
CAST: Final = (
    *("nt.captura", "nt.analista", "nt.supervisor", "nt.enlace", "nt.administra"),
    *("jc.analista", "jc.supervisor", "jc.enlace", "jc.auditor"),
    *("nacional.operador", "nacional.auditor", "oc.analista"),
)
"""Who can enter: those of the story, and an outsider."""
_SHOWN_CODES: Final = 3


@dataclass(frozen=True, slots=True)
class Way:
    """How to enter as one of them. Any of `codes` stands once for the second factor, where there is no application at hand."""

    username: str
    password: str
    secret: str
    codes: tuple[str, ...]


def give(home: Path) -> list[Way]:
    """The ways in of this demonstration: made the first time, read from its file afterwards."""
    path = home / FILE
    if path.is_file():
        return [Way(**(one | {"codes": tuple(one["codes"])})) for one in json.loads(path.read_text(encoding="utf-8"))]
    with transaction.atomic():
        ways = [_make(user) for user in User.objects.filter(username__in=CAST, is_active=True)]
        ways.sort(key=lambda way: CAST.index(way.username))
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            json.dump([asdict(way) for way in ways], out, indent=1)
    return ways


def _make(user: User) -> Way:
    password, secret = secrets.token_urlsafe(12), generate_totp_secret()
    user.set_password(password)
    user.save(update_fields=["password"])
    Authenticator.objects.filter(user=user).delete()
    TOTP.activate(user, secret)
    codes = RecoveryCodes.activate(user).get_unused_codes()[:_SHOWN_CODES]
    return Way(user.username, password, secret, tuple(codes))
