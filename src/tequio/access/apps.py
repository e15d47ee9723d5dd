"""Django application of the room."""

from importlib import import_module

from django.apps import AppConfig
from django.core.checks import Tags, register


class AccessConfig(AppConfig):
    name = "tequio.access"
    label = "access"

    def ready(self) -> None:
        checks = import_module("tequio.access.checks")  # it names models, which are not there while this file loads
        register(Tags.database, deploy=True)(checks.wall_stands)
