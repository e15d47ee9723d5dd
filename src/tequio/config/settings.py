"""Django settings. Everything an operator may change is an environment variable, listed in docs/operations.md."""

from __future__ import annotations

import os
from pathlib import Path

from tequio.config import secrets
from tequio.config.federation import openid_connect
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
    "tequio.accounts",
    "tequio.administration",
    "tequio.registries.rnd",
    "tequio.registries.incidence",
    "tequio.supply",
    "tequio.search",
    "tequio.notices",
    "tequio.targets",
    "tequio.dashboards",
    "tequio.config",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "tequio.ui.middleware.SecurityHeaders",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "tequio.accounts.middleware.SessionLimits",
    "tequio.ui.web.acting.Acting",
    "tequio.accounts.middleware.SecondFactor",
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
FILE_UPLOAD_HANDLERS = ["tequio.supply.uploading.ToDisk"]
MOST_UPLOAD = int(os.environ.get("TEQUIO_MOST_UPLOAD_MIB", "512")) << 20
"""Bytes of a file that the web takes."""
CSRF_FAILURE_VIEW = "tequio.ui.web.errors.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

HTTPS = os.environ.get("TEQUIO_HTTPS", "1") not in ("0", "no")
"""Whether browsers come by HTTPS, through a proxy that says so in X-Forwarded-Proto. `tequio run` on loopback says no."""
SECURE_SSL_REDIRECT = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^salud$"]  # whoever watches the node does so from inside

CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "accounts_cache"}}

SESSION_ENGINE = "tequio.accounts.sessions"
SESSION_IDLE_SECONDS = 60 * int(os.environ.get("TEQUIO_SESSION_IDLE_MINUTES", "15"))
"""Seconds after which a session that does nothing ends."""
SESSION_MOST_SECONDS = 3_600 * int(os.environ.get("TEQUIO_SESSION_HOURS", "10"))
"""Seconds after which a session ends whatever it does."""
SESSION_COOKIE_AGE = SESSION_MOST_SECONDS
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_NAME = "__Host-tequio" if HTTPS else "tequio"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "__Host-tequio-csrf" if HTTPS else "tequio-csrf"

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "full_name", "email")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "accounts:sign_in"
LOGIN_REDIRECT_URL = "ui:home"

ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("TEQUIO_PROXIES", "0"))
ACCOUNT_ADAPTER = "tequio.accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_EMAIL_NOTIFICATIONS = True  # the adapter puts them on the log instead
ACCOUNT_RATE_LIMITS = {"login": None, "login_failed": "5/15m/key"}  # names and addresses are counted by accounts.services
ACCOUNT_FORMS = {
    "login": "tequio.accounts.forms.entrance.SignInForm",
    "reauthenticate": "tequio.accounts.forms.entrance.ConfirmForm",
    "change_password": "tequio.accounts.forms.entrance.PasswordForm",
}
MFA_ADAPTER = "tequio.accounts.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Tequio"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_FORMS = {
    "authenticate": "tequio.accounts.forms.entrance.CodeForm",
    "reauthenticate": "tequio.accounts.forms.entrance.ConfirmCodeForm",
    "activate_totp": "tequio.accounts.forms.entrance.EnrolForm",
    "deactivate_totp": "tequio.accounts.forms.entrance.RemoveCodeForm",
    "generate_recovery_codes": "tequio.accounts.forms.entrance.NewCodesForm",
    "add_webauthn": "tequio.accounts.forms.entrance.KeyForm",
    "edit_webauthn": "tequio.accounts.forms.entrance.KeyNameForm",
}
SECOND_FACTOR_KEY = secrets.second_factor_key(HOME)

SOCIALACCOUNT_ADAPTER = "tequio.accounts.adapters.FederatedAdapter"
SOCIALACCOUNT_AUTO_SIGNUP = False
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_LOGIN_ON_GET = True  # a form may only lead to this site (form-action); state and PKCE guard the way back
SOCIALACCOUNT_EMAIL_VERIFICATION = "none"

EMAIL_HOST = os.environ.get("TEQUIO_MAIL_HOST", "")
EMAIL_PORT = int(os.environ.get("TEQUIO_MAIL_PORT", "587"))
EMAIL_HOST_USER = os.environ.get("TEQUIO_MAIL_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("TEQUIO_MAIL_PASSWORD", "")
EMAIL_USE_TLS = bool(EMAIL_HOST)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = os.environ.get("TEQUIO_MAIL_FROM", "tequio@localhost")
OIDC_CLAIM = os.environ.get("TEQUIO_OIDC_CLAIM", "preferred_username")
SOCIALACCOUNT_PROVIDERS = openid_connect(os.environ)


LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "tequio.config.logs.Line", "fmt": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line"},
        "nowhere": {"class": "logging.NullHandler"},
    },
    # A request with somebody else's host name, or too large, is answered 400; its traceback in the log would only help whoever
    # floods it.
    "loggers": {
        f"django.security.{kind}": {"handlers": ["nowhere"], "propagate": False}
        for kind in ("DisallowedHost", "RequestDataTooBig", "TooManyFieldsSent", "TooManyFilesSent")
    },
    "root": {"handlers": ["console"], "level": os.environ.get("TEQUIO_LOG", "WARNING")},
}
