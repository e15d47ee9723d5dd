"""Django application of the room."""

from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "tequio.search"
    label = "search"
