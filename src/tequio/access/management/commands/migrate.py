"""Django's `migrate`, as the role that owns the tables; what it makes is then opened to the application's role."""

from __future__ import annotations

from typing import Any

from django.core.management.commands import migrate

from tequio.access import walls


class Command(migrate.Command):
    """Migrations see every row: they are the system's own set-wise work."""

    def handle(self, *args: Any, **options: Any) -> None:
        with walls.as_owner():
            walls.grant()  # also what an interrupted migration made
            super().handle(*args, **options)
            walls.grant()
