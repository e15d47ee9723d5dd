"""Django application of the room."""

from django.apps import AppConfig


class CatalogsConfig(AppConfig):
    name = "tequio.catalogs"
    label = "catalogs"
