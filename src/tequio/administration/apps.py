"""Django application of the room."""

from django.apps import AppConfig


class AdministrationConfig(AppConfig):
    name = "tequio.administration"
    label = "administration"
