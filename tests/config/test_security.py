"""What protects a visitor's browser, with the settings of production: each header and cookie by its name."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client, override_settings

from espace.demo.town import Reference
from tests.config.test_environment import SAFE
from tests.support.cast import PASSWORD, Character
from tests.support.registries import ROOT

OF_PRODUCTION = (
    "SESSION_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY", "SESSION_COOKIE_SAMESITE", "CSRF_COOKIE_SECURE",
    "CSRF_COOKIE_HTTPONLY", "CSRF_COOKIE_SAMESITE", "SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS",
    "SECURE_HSTS_INCLUDE_SUBDOMAINS", "SECURE_HSTS_PRELOAD", "SECURE_PROXY_SSL_HEADER", "SECURE_REFERRER_POLICY",
    "SECURE_REDIRECT_EXEMPT", "X_FRAME_OPTIONS", "MIDDLEWARE", "ALLOWED_HOSTS", "DEBUG",
)  # fmt: skip
READ = (
    "import json; from django.conf import settings;"
    f"print(json.dumps({{name: getattr(settings, name) for name in {OF_PRODUCTION!r}}}))"
)
HOST = SAFE["ESPACE_HOSTS"]
BY_TLS = {"host": HOST, "x-forwarded-proto": "https"}  # as the proxy in front of us says it


@pytest.fixture(scope="session")
def production(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the settings are worth in a process that runs as production."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("ESPACE_")}
    env |= SAFE | {"ESPACE_DATA_DIR": str(tmp_path_factory.mktemp("production"))}
    env["DJANGO_SETTINGS_MODULE"] = "config.settings"
    command = [sys.executable, "-c", READ]
    done = subprocess.run(command, cwd=ROOT, env=env, check=True, capture_output=True, text=True)
    read: dict[str, Any] = json.loads(done.stdout)
    return read


@pytest.fixture
def browser(production: dict[str, Any], town: Reference) -> Iterator[Client]:
    with override_settings(**production):
        yield Client(headers=BY_TLS)


def policy_of(answer: Any) -> dict[str, list[str]]:
    """The content policy, directive by directive."""
    parts = [part.split() for part in answer["Content-Security-Policy"].split(";")]
    return {name: sources for name, *sources in parts}


def test_the_settings_of_production_show_no_error_page_of_django(production: dict[str, Any]) -> None:
    assert production["DEBUG"] is False
    assert production["ALLOWED_HOSTS"] == [HOST]


def test_a_visit_in_clear_is_sent_to_https(browser: Client) -> None:
    answer = browser.get("/aide/", headers={"x-forwarded-proto": "http"})
    assert (answer.status_code, answer["Location"]) == (301, f"https://{HOST}/aide/")
    assert (
        browser.get("/sante", headers={"x-forwarded-proto": "http"}).status_code == 200
    )  # the machine itself


def test_strict_transport_security(browser: Client) -> None:
    """A year, sub-domains included, fit for the browsers' own list."""
    assert (
        browser.get("/aide/")["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"
    )


@pytest.mark.parametrize(
    "path", ["/", "/connexion/", "/documents/tarification.pdf", "/nulle-part/", "/tableau-de-bord/"]
)
def test_the_content_security_policy(browser: Client, path: str) -> None:
    """On a page, a form, a paper, a 404 and a redirect: ours only, no inline code, in nobody's frame."""
    policy = policy_of(browser.get(path))
    assert policy["default-src"] == ["'none'"]
    assert (
        policy["script-src"]
        == policy["style-src"]
        == policy["font-src"]
        == policy["connect-src"]
        == ["'self'"]
    )
    assert policy["form-action"] == ["'self'"]
    assert policy["frame-ancestors"] == policy["base-uri"] == ["'none'"]
    sources = [source for found in policy.values() for source in found]
    assert set(sources) <= {"'none'", "'self'", "data:"}
    assert [name for name, found in policy.items() if "data:" in found] == ["img-src"]


def test_the_other_headers(browser: Client) -> None:
    answer = browser.get("/connexion/")
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in answer["Permissions-Policy"]


@pytest.mark.parametrize("name", ["espace_session", "csrftoken"])
def test_the_cookies(browser: Client, alice: Character, name: str) -> None:
    """Never in clear, out of scripts' reach, not sent along from another site's form."""
    browser.get("/connexion/")
    browser.post("/connexion/", {"login": "alice", "password": PASSWORD})
    cookie = browser.cookies[name]
    assert (cookie["secure"], cookie["httponly"], cookie["samesite"]) == (True, True, "Lax")


def test_what_a_signed_in_person_reads_is_kept_nowhere(browser: Client, alice: Character) -> None:
    browser.post("/connexion/", {"login": "alice", "password": PASSWORD})
    assert (
        browser.get("/ma-famille/")["Cache-Control"]
        == "max-age=0, no-cache, no-store, must-revalidate, private"
    )
