"""Settings of the tests: the product's own, on a data folder of their own."""

import os
from pathlib import Path

os.environ.setdefault("TEQUIO_HOME", str(Path(__file__).resolve().parent.parent / ".tequio-test"))
os.environ.pop("TEQUIO_USER", None)
os.environ["TEQUIO_HTTPS"] = "0"

from tequio.config.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # a quick one: tests set hundreds of passwords
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}  # the files as they lie in the source: tests gather nothing beforehand
STATIC_ROOT = Path(__file__).resolve().parent.parent / "src" / "tequio" / "ui" / "static"
TEMPLATES[0]["DIRS"] = [Path(__file__).resolve().parent / "ui" / "templates"]  # noqa: F405
