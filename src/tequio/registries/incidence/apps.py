"""Django application of the room."""

from django.apps import AppConfig


class IncidenceConfig(AppConfig):
    name = "tequio.registries.incidence"
    label = "incidence"
