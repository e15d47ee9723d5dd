"""Django application of the room."""

from django.apps import AppConfig


class DashboardsConfig(AppConfig):
    name = "tequio.dashboards"
    label = "dashboards"
