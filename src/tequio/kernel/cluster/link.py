"""How to reach the database: the one value that settings, commands and the cluster itself share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from tequio.kernel.cluster.faults import PostgresUrlInvalid

HIGHEST_PORT = 65_535
APPLICATION = "tequio"
DEFAULT_NAME = "tequio"
"""Role and database that the private cluster has, and that a URL means when it names none."""
APPLICATION_ROLE = "tequio_app"
"""Role of every session of the application: it owns nothing, so that row-level security binds it."""
DEFAULT_PORT = 5432
SCHEMES = ("postgresql://", "postgres://")
_URL_HINT = "Forma: TEQUIO_POSTGRES=postgresql://usuario:clave@servidor:5432/base (los signos de la clave van con %XX)."


@dataclass(frozen=True, slots=True)
class Connection:
    """Where the database is and who asks. `host` is a socket directory when it starts with a slash."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    dbname: str
    extra: tuple[tuple[str, str], ...] = ()
    """Further libpq parameters that the URL named, e.g. ("sslmode", "verify-full")."""

    def django(self) -> dict[str, object]:
        """The entry of Django's DATABASES."""
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": self.dbname,
            "USER": self.user,
            "PASSWORD": self.password,
            "HOST": self.host,
            "PORT": str(self.port),
            "CONN_MAX_AGE": 0,
            "OPTIONS": {"application_name": APPLICATION, **dict(self.extra)},
        }

    def dsn(self) -> str:
        """The libpq key=value string, password included: never log it."""
        return make_conninfo(
            "",
            **{
                "application_name": APPLICATION,
                **dict(self.extra),
                "host": self.host,
                "port": self.port,
                "user": self.user,
                "password": self.password or None,
                "dbname": self.dbname,
            },
        )


def external_url(env: Mapping[str, str]) -> str | None:
    """TEQUIO_POSTGRES when it is a URL, else None."""
    value = env.get("TEQUIO_POSTGRES", "").strip()
    return value if value.startswith(SCHEMES) else None


def from_url(url: str) -> Connection:
    """Read a libpq URL of one server. Raises PostgresUrlInvalid, whose message never carries the password."""
    try:
        parts = {name: str(value) for name, value in conninfo_to_dict(url).items() if value is not None}
    except psycopg.Error as error:
        raise PostgresUrlInvalid("La dirección de PostgreSQL en TEQUIO_POSTGRES no se entiende.", hint=_URL_HINT) from error
    host = parts.pop("host", "") or parts.get("hostaddr", "") or "localhost"
    port = parts.pop("port", "") or str(DEFAULT_PORT)
    if "," in host or not port.isascii() or not port.isdigit() or not 0 < int(port) <= HIGHEST_PORT:
        raise PostgresUrlInvalid("TEQUIO_POSTGRES debe nombrar un solo servidor y un puerto de 1 a 65535.", hint=_URL_HINT)
    return Connection(
        host=host,
        port=int(port),
        user=parts.pop("user", "") or DEFAULT_NAME,
        password=parts.pop("password", ""),
        dbname=parts.pop("dbname", "") or DEFAULT_NAME,
        extra=tuple(sorted(parts.items())),
    )
