"""Django's `flush`, as the role that owns the tables: the application's may empty none. Tests of real commits end with it."""

from __future__ import annotations

from typing import Any

from django.core.management.commands import flush

from tequio.access import walls


class Command(flush.Command):
    """Empties every table."""

    def handle(self, **options: Any) -> None:
        with walls.as_owner():
            super().handle(**options)
