"""An unsafe production does not start, and each reason is said."""

from __future__ import annotations

import string
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import environment
from espace.payments.providers import provider

pytestmark = pytest.mark.pure

SAFE = {
    "ESPACE_ENV": "production",
    "ESPACE_SECRET_KEY": string.ascii_letters + string.digits,
    "ESPACE_HOSTS": "espace.ville.example",
    "ESPACE_PAYMENT_PROVIDER": "none",
    "ESPACE_SMTP_HOST": "courrier.ville.example",
    "ESPACE_PUBLIC_URL": "https://espace.ville.example",
}


def read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, **changes: str) -> environment.Environment:
    for name in list(__import__("os").environ):
        if name.startswith("ESPACE_"):
            monkeypatch.delenv(name)
    for name, value in (SAFE | changes).items():
        if value:
            monkeypatch.setenv(name, value)
    return environment.read(tmp_path)


def test_a_safe_production_starts_with_https(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert read(monkeypatch, tmp_path).https


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"ESPACE_SECRET_KEY": ""}, "ESPACE_SECRET_KEY"),
        ({"ESPACE_SECRET_KEY": "court"}, "ESPACE_SECRET_KEY"),
        ({"ESPACE_SECRET_KEY": "a" * 60}, "ESPACE_SECRET_KEY"),
        ({"ESPACE_HOSTS": ".fr"}, "ESPACE_HOSTS"),
        ({"ESPACE_HOSTS": ","}, "ESPACE_HOSTS"),
        ({"ESPACE_NOW": "2026-11-24T10:00"}, "ESPACE_NOW"),
        ({"ESPACE_HTTPS": "non"}, "ESPACE_HTTPS"),
        ({"ESPACE_HOSTS": "*"}, "ESPACE_HOSTS"),
        ({"ESPACE_PAYMENT_PROVIDER": "demo"}, "ESPACE_PAYMENT_PROVIDER"),
        ({"ESPACE_PAYMENT_PROVIDER": "payfip"}, "ESPACE_PAYMENT_PROVIDER vaut demo ou none"),
        ({"ESPACE_PAYMENT_PROVIDER": "payfip", "ESPACE_ENV": "development"}, "ESPACE_PAYMENT_PROVIDER"),
        ({"ESPACE_PAYMENT_PROVIDER": ""}, "ESPACE_PAYMENT_PROVIDER"),
        ({"ESPACE_SMTP_HOST": ""}, "ESPACE_SMTP_HOST"),
        ({"ESPACE_PUBLIC_URL": "http://espace.ville.example"}, "ESPACE_PUBLIC_URL"),
    ],
)
def test_an_unsafe_production_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, change: dict[str, str], said: str
) -> None:
    with pytest.raises(ImproperlyConfigured, match=said):
        read(monkeypatch, tmp_path, **change)


def test_each_provider_that_may_be_named_exists() -> None:
    """« Régler » would be a 500 for another; without one, nothing is asked of any."""
    for name in environment.PAYMENT_PROVIDERS:
        if name == environment.NO_PROVIDER:
            with pytest.raises(LookupError):
                provider(name)
        else:
            assert provider(name).name == name


def test_without_a_provider_nothing_is_paid_on_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert not read(monkeypatch, tmp_path).online_payment
    assert read(
        monkeypatch, tmp_path, ESPACE_ENV="development", ESPACE_PAYMENT_PROVIDER="demo"
    ).online_payment


def test_a_secret_may_come_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    secret = string.digits + string.ascii_letters
    (tmp_path / "cle").write_text(f"{secret}\n", encoding="utf-8")
    found = read(monkeypatch, tmp_path, ESPACE_SECRET_KEY="", ESPACE_SECRET_KEY_FILE=str(tmp_path / "cle"))
    assert found.secret_key == secret


def test_a_number_that_is_not_one_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(ImproperlyConfigured, match="ESPACE_SMTP_PORT"):
        read(monkeypatch, tmp_path, ESPACE_SMTP_PORT="vingt-cinq")


@pytest.mark.parametrize(
    ("url", "engine", "name"),
    [
        ("sqlite:////srv/espace/base.sqlite3", "sqlite3", "/srv/espace/base.sqlite3"),
        ("postgresql://espace@db.ville.example/espace", "postgresql", "espace"),
        ("postgresql://espace@/espace?host=/run/postgresql", "postgresql", "espace"),
    ],
)
def test_a_database_address_is_read(url: str, engine: str, name: str) -> None:
    entry = environment.database(url)
    assert str(entry["ENGINE"]).endswith(engine)
    assert str(entry["NAME"]) == name
    if "host=" in url:
        assert entry["HOST"] == "/run/postgresql"


def test_an_unknown_database_is_refused() -> None:
    with pytest.raises(ImproperlyConfigured, match="ESPACE_DATABASE_URL"):
        environment.database("mysql://x/y")
