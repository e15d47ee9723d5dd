"""The identity provider of this node, if the operator named one (OpenID Connect)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

PROVIDER = "institucional"
"""Name of the provider in addresses."""


def openid_connect(environ: Mapping[str, str]) -> dict[str, Any]:
    """Settings of the sign-in library for the provider of TEQUIO_OIDC_ISSUER; empty without one."""
    issuer = environ.get("TEQUIO_OIDC_ISSUER", "").strip()
    if not issuer:
        return {}
    app = {
        "provider_id": PROVIDER,
        "name": environ.get("TEQUIO_OIDC_NAME", "Identidad institucional"),
        "client_id": environ.get("TEQUIO_OIDC_CLIENT_ID", ""),
        "secret": environ.get("TEQUIO_OIDC_SECRET", ""),
        "settings": {"server_url": issuer},
    }
    return {"openid_connect": {"APPS": [app], "OAUTH_PKCE_ENABLED": True}}
