"""Django application of the room."""

from django.apps import AppConfig


class RndConfig(AppConfig):
    name = "tequio.registries.rnd"
    label = "rnd"
