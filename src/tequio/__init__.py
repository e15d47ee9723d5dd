"""Tequio: the shared information system of Mexico's public-security institutions."""

__version__ = "0.1.0"
