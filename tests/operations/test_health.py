"""`/sante` and `/sante/pret`: what the machine that watches us reads."""

from __future__ import annotations

import time_machine
from django.test import Client

from espace.demo.town import Reference
from espace.notifications.services import enqueue
from espace.operations import services


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
