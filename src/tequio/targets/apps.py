"""Django application of the room."""

from django.apps import AppConfig


class TargetsConfig(AppConfig):
    name = "tequio.targets"
    label = "targets"
