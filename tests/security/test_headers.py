"""What every answer says to the browser, with and without HTTPS, and what the framework thinks of the settings."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest
from django.http import HttpResponse
from django.test import Client, override_settings

from tests.matrix.test_role_matrix import address_of
from tests.screens import browser
from tests.security.walking import NEVER, PATTERNS
from tests.world import Cast

PROCESS: Final = {name: value for name, value in os.environ.items() if not name.startswith("TEQUIO_HTTPS")}
SETTINGS: Final = (
    "SESSION_COOKIE_NAME", "SESSION_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY", "SESSION_COOKIE_SAMESITE", "CSRF_COOKIE_NAME",
    "CSRF_COOKIE_SECURE", "CSRF_COOKIE_HTTPONLY", "CSRF_COOKIE_SAMESITE", "LANGUAGE_COOKIE_SECURE", "SECURE_HSTS_SECONDS",
    "SECURE_HSTS_INCLUDE_SUBDOMAINS", "SECURE_SSL_REDIRECT", "DEBUG", "PASSWORD_HASHERS",
)  # fmt: skip


def lacking(answer: HttpResponse) -> list[str]:
    """What an answer lacks."""
    said = answer.headers
    policy = dict(part.strip().partition(" ")[::2] for part in said.get("Content-Security-Policy", "").split(";"))
    wanted = {
        "default-src": "'self'", "base-uri": "'none'", "form-action": "'self'", "frame-ancestors": "'none'",
        "object-src": "'none'",
    }  # fmt: skip
    wrong = [f"{name} {policy.get(name)}" for name, value in wanted.items() if policy.get(name) != value]
    wrong += [one for one in policy.values() if re.search(r"unsafe|\*|data:|http", one)]
    exact = {
        "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
    }  # fmt: skip
    wrong += [f"{name}: {said.get(name)}" for name, value in exact.items() if said.get(name) != value]
    wrong += [] if "no-store" in said.get("Cache-Control", "") else [f"Cache-Control: {said.get('Cache-Control')}"]
    wrong += [] if "camera=()" in said.get("Permissions-Policy", "") else ["Permissions-Policy"]
    wrong += [name for name in ("Server", "X-Powered-By", "Access-Control-Allow-Origin") if name in said]
    return wrong


def test_every_answer_closes_every_door(cast: Cast) -> None:
    wrong = []
    for client in (browser("nayarit_supervisor", "investigacion"), Client(raise_request_exception=False)):
        for name, pattern in PATTERNS.items():
            if name in NEVER:
                continue
            for answer in (client.get(address_of(name, pattern)), client.generic("PUT", address_of(name, pattern))):
                wrong += [f"{name} {answer.status_code}: {one}" for one in lacking(answer)]  # type: ignore[arg-type]
    assert wrong == []


@pytest.mark.parametrize(
    "where",
    ["/no-existe/", "/api/v1/no-existe", "/api/v1/targets", "/static/no-existe.js", "/api/v1/openapi.json", "//x"],
)
def test_what_fails_says_so_behind_the_same_doors(where: str, cast: Cast) -> None:
    answer: Any = Client(raise_request_exception=False).get(where)
    assert lacking(answer) == []


def test_a_host_that_is_not_ours_gets_the_same_doors(db: None) -> None:
    answer: Any = Client().get("/", headers={"Host": "evil.example"})
    assert answer.status_code == 400 and lacking(answer) == []


def test_no_page_needs_a_nonce_and_one_that_asks_gets_another_each_time(db: None) -> None:
    from django.http import HttpRequest

    from tequio.ui.middleware import SecurityHeaders

    seen = []
    for _ in range(2):
        request = HttpRequest()
        answer = SecurityHeaders(lambda asked: HttpResponse(str(asked.csp_nonce)))(request)  # type: ignore[attr-defined]
        seen.append(answer.content.decode())
        assert f"'nonce-{seen[-1]}'" in answer.headers["Content-Security-Policy"]
    assert seen[0] != seen[1] and all(len(one) >= 20 for one in seen)


@override_settings(
    SECURE_SSL_REDIRECT=True, SECURE_PROXY_SSL_HEADER=("HTTP_X_FORWARDED_PROTO", "https"), SECURE_HSTS_SECONDS=31_536_000,
    SECURE_HSTS_INCLUDE_SUBDOMAINS=True, SESSION_COOKIE_SECURE=True, CSRF_COOKIE_SECURE=True, LANGUAGE_COOKIE_SECURE=True,
)  # fmt: skip
def test_with_https_nothing_goes_without_it(cast: Cast) -> None:
    plain = Client().get("/entrar/")
    assert plain.status_code == 301 and plain.headers["Location"].startswith("https://")
    client = Client(headers={"X-Forwarded-Proto": "https"})
    answer: Any = client.get("/entrar/")
    assert answer.status_code == 200 and lacking(answer) == []
    assert "max-age=31536000" in answer.headers["Strict-Transport-Security"]
    client.post("/aspecto/", {"aspecto": "oscuro"}, headers={"X-Forwarded-Proto": "https"})
    client.post("/idioma/", {"idioma": "en"}, headers={"X-Forwarded-Proto": "https"})
    assert len(client.cookies) >= 3
    for cookie in client.cookies.values():
        assert cookie["secure"] and cookie["httponly"] and cookie["samesite"] == "Lax", cookie
    assert Client().get("/salud").status_code == 200


def test_the_settings_of_a_node_behind_https_are_closed() -> None:
    code = (
        f"import json; from tequio.config import settings as s; print(json.dumps({{n: getattr(s, n) for n in {SETTINGS!r}}}))"
    )
    said = json.loads(_run("-c", code).stdout)
    assert said.pop("SECURE_HSTS_SECONDS") >= 31_536_000
    assert said.pop("SESSION_COOKIE_NAME").startswith("__Host-") and said.pop("CSRF_COOKIE_NAME").startswith("__Host-")
    assert "MD5" not in str(said.pop("PASSWORD_HASHERS")) and said.pop("DEBUG") is False
    assert {value for name, value in said.items() if name.endswith("SAMESITE")} == {"Lax"}
    assert all(value for name, value in said.items())


def test_the_framework_finds_nothing_to_say_of_the_settings() -> None:
    said = _run("-W", "ignore", "-m", "django", "check", "--deploy", "--fail-level", "WARNING")
    assert said.returncode == 0, said.stdout + said.stderr
    assert "no issues" in said.stdout


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    root = Path(__file__).resolve().parents[2]
    env = PROCESS | {"TEQUIO_HTTPS": "1", "DJANGO_SETTINGS_MODULE": "tequio.config.settings", "PYTHONPATH": str(root / "src")}
    env.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)  # what the browser tests set
    return subprocess.run([sys.executable, *arguments], env=env, cwd=root, capture_output=True, text=True, timeout=300)
