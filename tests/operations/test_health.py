"""`/sante` and `/sante/pret`: what the machine that watches us reads."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import InterfaceError, OperationalError, connection
from django.test import Client

from espace.demo.town import Reference
from espace.notifications.services import enqueue
from espace.operations import services
from tests.support.registries import ROOT

NOTHING = {
    "pret": False,
    "base": False,
    "migrations": False,
    "travail": {"pret": False, "age_s": None},
    "courriels": {"pret": False, "attente_s": None},
}


def test_alive(client: Client) -> None:
    answer = client.get("/sante")
    assert (answer.status_code, answer.json()) == (200, {"vivant": True})


def test_ready_when_the_worker_beats(town: Reference, client: Client) -> None:
    services.beat("test")
    answer = client.get("/sante/pret")
    assert answer.status_code == 200
    assert answer.json()["pret"] is True


def test_not_ready_without_a_worker(town: Reference, client: Client) -> None:
    answer = client.get("/sante/pret")
    assert answer.status_code == 503
    assert answer.json()["travail"] == {"pret": False, "age_s": None}


def test_not_ready_when_the_worker_is_silent(
    town: Reference, client: Client, frozen: time_machine.Traveller
) -> None:
    services.beat("test")
    frozen.shift(60)
    assert client.get("/sante/pret").json()["travail"] == {"pret": False, "age_s": 60.0}


def test_not_ready_when_messages_wait(
    town: Reference, client: Client, frozen: time_machine.Traveller
) -> None:
    enqueue(recipient="a@exemple.fr", kind="test", subject="Objet", body="Bonjour")
    frozen.shift(300)
    services.beat("test")
    answer = client.get("/sante/pret")
    assert answer.status_code == 503
    assert answer.json()["courriels"] == {"pret": False, "attente_s": 300.0}
    assert "a@exemple.fr" not in answer.content.decode()


def test_health_asks_few_questions(
    town: Reference, client: Client, django_assert_max_num_queries: object
) -> None:
    services.beat("test")
    client.get("/sante/pret")
    with django_assert_max_num_queries(3):  # type: ignore[operator]
        client.get("/sante/pret")


@pytest.mark.parametrize("loss", [OperationalError, InterfaceError])
def test_not_ready_when_the_database_goes_away(
    town: Reference, client: Client, loss: type[Exception]
) -> None:
    """It was there, and it is gone, or it closed the connection."""
    services.beat("test")
    assert client.get("/sante/pret").status_code == 200

    def lost(*args: Any) -> None:
        raise loss("server closed the connection")

    with connection.execute_wrapper(lost):
        answer = client.get("/sante/pret")
        assert client.get("/sante").status_code == 200
    assert (answer.status_code, answer.json()) == (503, NOTHING)


ASK = (
    "from django.test import Client; c = Client(); a = c.get('/sante/pret', headers={'host': 'localhost'});"
    "print(a.status_code, a.content.decode()); print(c.get('/sante', headers={'host': 'localhost'}).status_code)"
)


def started(here: Path, url: str, *before: str) -> tuple[int, dict[str, Any], int]:
    """What a process of its own says, on that database: ready or not, and alive or not."""
    env = {
        **os.environ,
        "ESPACE_ENV": "development",
        "ESPACE_DATA_DIR": str(here),
        "ESPACE_DATABASE_URL": url,
    }

    def manage(*args: str) -> str:
        command = [sys.executable, "manage.py", *args]
        return subprocess.run(command, cwd=ROOT, env=env, check=True, capture_output=True, text=True).stdout

    if before:
        manage(*before)
    ready, alive = manage("shell", "-v0", "-c", ASK).splitlines()
    status, _, body = ready.partition(" ")
    return int(status), json.loads(body), int(alive)


@pytest.mark.parametrize(
    "url",
    ["postgresql://personne@/rien?host={here}/nulle-part", "sqlite:///{here}/nulle-part/espace.sqlite3"],
)
def test_not_ready_when_the_database_was_never_there(tmp_path: Path, url: str) -> None:
    assert started(tmp_path, url.format(here=tmp_path)) == (503, NOTHING, 200)


@pytest.mark.parametrize("before", [(), ("migrate", "-v0", "bookings", "0001")])
def test_not_ready_while_a_migration_waits(tmp_path: Path, before: tuple[str, ...]) -> None:
    """An empty database; then one that the last release left."""
    answer = started(tmp_path, f"sqlite:///{tmp_path}/espace.sqlite3", *before)
    assert answer == (503, NOTHING | {"base": True}, 200)
