"""Django application of the room."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "tequio.notices"
    label = "notices"
