"""Entry point of the web server. It serves nothing unless row-level security binds its sessions."""

from __future__ import annotations

import os
from importlib import import_module
from typing import Any

from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application
from django.db import connection


def __getattr__(name: str) -> Any:
    """`application`, made when a server asks for it: to import this module needs no database. Raises WallDown."""
    if name != "application":
        raise AttributeError(name)
    return _start()


def _start() -> WSGIHandler:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tequio.config.settings")
    application = get_wsgi_application()
    walls = import_module("tequio.access.walls")  # it names models, which are not there before Django is set up
    walls.require()
    connection.close()
    return application
