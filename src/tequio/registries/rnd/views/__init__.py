"""Screens of detentions."""

from tequio.registries.rnd.views import capture, public, records

__all__ = ["capture", "public", "records"]
