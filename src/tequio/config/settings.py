"""Django settings. Everything an operator may change is an environment variable, listed in docs/operations.md."""

from __future__ import annotations

import os
from pathlib import Path

from tequio.config import secrets
from tequio.kernel import cluster

HOME = cluster.home_folder(os.environ)
"""Data folder of this deployment: database cluster, received files, keys, logs."""

FILES = HOME / "files"
SECRET_KEY = secrets.secret_key(HOME)
DEBUG = False
ALLOWED_HOSTS = [host for host in os.environ.get("TEQUIO_HOSTS", "localhost,127.0.0.1").split(",") if host]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "pgtrigger",
    "pghistory",
    "tequio.kernel",
    "tequio.institutions",
    "tequio.catalogs",
    "tequio.access",
    "tequio.audit",
    "tequio.ui",
    "tequio.registries.rnd",
    "tequio.registries.incidence",
    "tequio.supply",
    "tequio.search",
    "tequio.notices",
    "tequio.targets",
    "tequio.config",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "tequio.ui.middleware.SecurityHeaders",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "tequio.ui.web.acting.Acting",
    "django.contrib.messages.middleware.MessageMiddleware",
    "tequio.ui.web.errors.Errors",
]
ROOT_URLCONF = "tequio.config.urls"
WSGI_APPLICATION = "tequio.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "tequio.ui.web.shell.shell",
            ]
        },
    }
]

DATABASES = {"default": {**cluster.connection(HOME, os.environ).django(), "ENGINE": "tequio.access.engine"}}
"""Our engine puts every session under the application's role and tells it the scope in force: see `access.walls`."""
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "access.User"

LANGUAGE_CODE = "es-mx"
LANGUAGES = [("es-mx", "Español (México)"), ("en", "English")]
LOCALE_PATHS = [Path(__file__).resolve().parent.parent / "locale"]
TIME_ZONE = "America/Mexico_City"
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = HOME / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
"""Each file of the pages under a name that changes with it, compressed once: `tequio run` makes them ready."""
CSRF_FAILURE_VIEW = "tequio.ui.web.errors.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"


LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line"},
        "nowhere": {"class": "logging.NullHandler"},
    },
    # A request with somebody else's host name is answered 400; its traceback in the log would only help whoever floods it.
    "loggers": {"django.security.DisallowedHost": {"handlers": ["nowhere"], "propagate": False}},
    "root": {"handlers": ["console"], "level": os.environ.get("TEQUIO_LOG", "WARNING")},
}
