"""Django application that starts the system: it wires events to reactions once everything is loaded."""

from importlib import import_module

from django.apps import AppConfig

from tequio.matching.domain.model import shipped


class ConfigConfig(AppConfig):
    name = "tequio.config"
    label = "config"

    def ready(self) -> None:
        shipped()  # a node's own model that cannot be read stops the start, not the first search
        import_module("tequio.config.wiring").connect()  # the wiring names models, which are not there while this file loads
