"""Writes into docs/ what comes from the code: `make docs`."""

from __future__ import annotations

import os
import sys
from importlib import import_module

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tequio.config.settings")
    django.setup()
    sys.exit(import_module("doc_tables").main())  # it names models, which are not there before
