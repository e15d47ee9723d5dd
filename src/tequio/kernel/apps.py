"""Django application of the room."""

from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "tequio.kernel"
    label = "kernel"
