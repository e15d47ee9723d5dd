"""Django application of the room."""

from django.apps import AppConfig


class InstitutionsConfig(AppConfig):
    name = "tequio.institutions"
    label = "institutions"
