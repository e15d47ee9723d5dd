"""Django application of the room."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "tequio.audit"
    label = "audit"
