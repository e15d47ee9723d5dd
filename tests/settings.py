"""Settings of the tests: the product's own, on a data folder of their own."""

import os
from pathlib import Path

os.environ.setdefault("TEQUIO_HOME", str(Path(__file__).resolve().parent.parent / ".tequio-test"))
os.environ.pop("TEQUIO_USER", None)
os.environ["TEQUIO_HTTPS"] = "0"

from tequio.config.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # a quick one: tests set hundreds of passwords
