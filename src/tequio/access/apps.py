"""Django application of the room."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "tequio.access"
    label = "access"
