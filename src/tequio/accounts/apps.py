"""Django application of the room."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "tequio.accounts"
    label = "accounts"
