"""Django application of the room."""

from django.apps import AppConfig


class SupplyConfig(AppConfig):
    name = "tequio.supply"
    label = "supply"
