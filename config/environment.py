"""Typed reading of the environment: every variable is parsed once, and an unsafe production is refused.

`ESPACE_X_FILE` may hold the path of a file whose content is the value of `ESPACE_X` (secrets).
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlparse

from django.core.exceptions import ImproperlyConfigured

ENVIRONMENTS = ("development", "test", "production")
NO_PROVIDER = "none"  # nothing is paid on line: the portal says where to pay
PAYMENT_PROVIDERS = ("demo", NO_PROVIDER)  # those of `payments.providers`, and none
INSECURE_SECRET = "developpement-seulement-jamais-en-production"  # noqa: S105 - refused in production below


def text(name: str, default: str = "") -> str:
    """The value of `name`, else of the file named by `name_FILE`, else `default`."""
    if path := os.environ.get(f"{name}_FILE"):
        return Path(path).read_text(encoding="utf-8").strip()
    return os.environ.get(name, default)


def flag(name: str, default: bool) -> bool:
    """A yes/no variable: 1, true, oui, yes are yes."""
    value = text(name)
    return value.lower() in {"1", "true", "oui", "yes"} if value else default


def number(name: str, default: int) -> int:
    """A whole number, or ImproperlyConfigured naming the variable."""
    value = text(name)
    if not value:
        return default
    try:
        return int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name} doit être un nombre entier.") from None


@dataclass(frozen=True)
class Environment:
    """Where we run: everything the settings need from outside, already typed."""

    name: str
    secret_key: str
    data_dir: Path
    database_url: str
    hosts: list[str]
    https: bool
    frozen_now: datetime | None
    frozen_since: int
    smtp_host: str
    smtp_port: int
    dkim_key_file: str
    dkim_selector: str
    payment_provider: str
    bank_url: str
    public_url: str

    @property
    def production(self) -> bool:
        return self.name == "production"

    @property
    def online_payment(self) -> bool:
        return self.payment_provider != NO_PROVIDER


def read(base_dir: Path) -> Environment:
    """Reads the environment; ImproperlyConfigured for an unknown value, and in production for each unsafe one."""
    name = text("ESPACE_ENV", "development")
    if name not in ENVIRONMENTS:
        raise ImproperlyConfigured(f"ESPACE_ENV vaut {', '.join(ENVIRONMENTS)}.")
    data_dir = Path(text("ESPACE_DATA_DIR", str(base_dir / "var" / name)))
    frozen = text("ESPACE_NOW")
    environment = Environment(
        name=name,
        secret_key=text("ESPACE_SECRET_KEY", INSECURE_SECRET),
        data_dir=data_dir,
        database_url=text("ESPACE_DATABASE_URL", f"sqlite:///{data_dir / 'espace.sqlite3'}"),
        hosts=[h for h in text("ESPACE_HOSTS", "127.0.0.1,localhost").split(",") if h],
        https=flag("ESPACE_HTTPS", default=name == "production"),
        frozen_now=datetime.fromisoformat(frozen) if frozen else None,
        frozen_since=number("ESPACE_NOW_SINCE", 0),
        smtp_host=text("ESPACE_SMTP_HOST"),
        smtp_port=number("ESPACE_SMTP_PORT", 25),
        dkim_key_file=text("ESPACE_DKIM_KEY_FILE"),
        dkim_selector=text("ESPACE_DKIM_SELECTOR", "espace"),
        payment_provider=text("ESPACE_PAYMENT_PROVIDER", "demo"),
        bank_url=text("ESPACE_BANK_URL", "http://127.0.0.1:8001"),
        public_url=text("ESPACE_PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/"),
    )
    if environment.payment_provider not in PAYMENT_PROVIDERS:
        raise ImproperlyConfigured(f"ESPACE_PAYMENT_PROVIDER vaut {' ou '.join(PAYMENT_PROVIDERS)}.")
    if environment.production:
        refuse_unsafe_production(environment)
    return environment


def refuse_unsafe_production(environment: Environment) -> None:
    """Raises ImproperlyConfigured naming each value that must not serve real families."""
    problems = []
    secret = environment.secret_key
    if secret == INSECURE_SECRET or len(secret) < 50 or len(set(secret)) < 20:
        problems.append("ESPACE_SECRET_KEY : au moins 50 caractères tirés au hasard.")
    if environment.frozen_now is not None:
        problems.append("ESPACE_NOW : l’horloge ne se fige pas en production.")
    if not environment.https:
        problems.append("ESPACE_HTTPS : les mots de passe ne voyagent pas en clair.")
    if not environment.hosts or any("*" in host or host.startswith(".") for host in environment.hosts):
        problems.append("ESPACE_HOSTS : nommer chaque adresse, sans « * » ni domaine entier.")
    if environment.payment_provider == "demo":
        problems.append(
            "ESPACE_PAYMENT_PROVIDER : la banque de démonstration n’encaisse rien. Sans paiement en ligne : none."
        )
    if not environment.smtp_host:
        problems.append("ESPACE_SMTP_HOST : sans serveur d’envoi, aucun courriel ne part.")
    if not environment.public_url.startswith("https://"):
        problems.append("ESPACE_PUBLIC_URL : l’adresse publique commence par https://.")
    if problems:
        raise ImproperlyConfigured("Démarrage refusé :\n- " + "\n- ".join(problems))


def database(url: str) -> dict[str, object]:
    """Django's DATABASES entry for a sqlite:/// or postgresql:// address."""
    parts = urlparse(url)
    if parts.scheme == "sqlite":
        path = Path(
            unquote(parts.path.removeprefix("/")) if parts.path.startswith("//") else unquote(parts.path)
        )
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": path,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
                " PRAGMA cache_size=-16000; PRAGMA temp_store=MEMORY;",
            },
        }
    if parts.scheme == "postgresql":
        query = parse_qs(parts.query)
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": parts.path.lstrip("/"),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": query.get("host", [parts.hostname or ""])[0],
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
        }
    raise ImproperlyConfigured("ESPACE_DATABASE_URL commence par sqlite:/// ou postgresql://.")
