"""What a visitor sees first."""

from __future__ import annotations

import re

import pytest
import time_machine
from django.test import Client

from espace.demo.town import Reference
from espace.town.models import Department, Municipality


def test_the_front_page_says_what_a_visitor_needs(town: Reference, client: Client) -> None:
    page = client.get("/").content.decode()
    assert "Cantine, accueil, mercredis, vacances" in page
    assert "Créer mon espace" in page
    assert "Pas d’adresse e-mail, pas d’ordinateur\u00a0?" in page
    assert "mêmes délais, mêmes tarifs" in page
    assert "Espace des Tanneries" in page
    assert "01 99 00 10 20" in page
    for slug in ("mode-d-emploi", "reglement-de-la-regie", "tarification"):
        assert f'href="/documents/{slug}.pdf"' in page


def test_the_sign_in_form_leads_to_sign_in(town: Reference, client: Client) -> None:
    page = client.get("/").content.decode()
    form = re.search(r'<form[^>]*action="/connexion/".*?</form>', page, re.DOTALL)
    assert form is not None
    assert 'name="login"' in form[0]
    assert 'name="password"' in form[0]


@pytest.mark.parametrize(
    ("moment", "sentence"),
    [
        ("2026-11-24T10:00+01:00", "Ouvert jusqu’à 12\u00a0h"),
        ("2026-11-24T12:30+01:00", "Fermé, ouvre à 13\u00a0h\u00a030"),
        ("2026-11-24T19:00+01:00", "Fermé, ouvre demain à 9\u00a0h"),
        ("2026-11-27T18:00+01:00", "Fermé, ouvre lundi à 9\u00a0h"),
        ("2026-11-11T10:00+01:00", "Fermé, ouvre demain à 9\u00a0h"),  # the Armistice
    ],
)
def test_the_guichet_says_whether_it_is_open(
    town: Reference, client: Client, frozen: time_machine.Traveller, moment: str, sentence: str
) -> None:
    frozen.move_to(moment)
    assert sentence in client.get("/").content.decode()


def test_the_dates_come_from_the_calendar_and_the_periods(town: Reference, client: Client) -> None:
    page = client.get("/").content.decode()
    assert "Ouverture des réservations\u00a0: vacances d’hiver 2027" in page
    assert "À 18\u00a0h\u00a0: vacances loisirs et vacances sport." in page
    assert "Début\u00a0: vacances de Noël 2026" in page
    assert "Retour à l’école le lundi 4 janvier 2027." in page
    assert "Jour de l’an" not in page  # within the holidays


def test_the_armistice_is_announced_before_it_comes(
    town: Reference, client: Client, frozen: time_machine.Traveller
) -> None:
    frozen.move_to("2026-11-03T09:00+01:00")
    assert "Armistice\u00a0: ni école ni accueil" in client.get("/").content.decode()


def test_the_delays_shown_are_those_of_the_settings(town: Reference, client: Client) -> None:
    page = client.get("/").content.decode().replace("\u00a0", " ")
    assert "<b>15 jours avant</b>" in page
    assert "<b>4 semaines avant</b>" in page


def test_the_towns_identity_has_one_source(town: Reference, client: Client) -> None:
    """Change it, and no other number remains anywhere."""
    Department.objects.update(phone="01 99 00 77 77", email="autre@exemple.fr")
    Municipality.objects.update(name="Autreville", city="Autreville", phone="01 99 00 88 88")
    for address in (
        "/",
        "/simulateur/",
        "/aide/",
        "/accessibilite/",
        "/mentions-legales/",
        "/mes-donnees/",
        "/nulle-part/",
    ):
        page = client.get(address).content.decode()
        numbers = {n.replace("\u00a0", " ") for n in re.findall(r"0\d(?:[ \u00a0.]\d\d){4}", page)}
        assert numbers <= {"01 99 00 77 77", "01 99 00 88 88"}, address
        assert "Autreville" in page
        assert "Clairval" not in page, address


@pytest.mark.parametrize(
    "address", ["/aide/", "/accessibilite/", "/mentions-legales/", "/mes-donnees/", "/plan-du-site/"]
)
def test_the_short_pages(town: Reference, client: Client, address: str) -> None:
    page = client.get(address)
    assert page.status_code == 200
    assert "<h1" in page.content.decode()


def test_the_towns_colour_is_a_stylesheet_that_browsers_keep(town: Reference, client: Client) -> None:
    assert '/ville.css?v=00606e"' in client.get("/").content.decode()
    answer = client.get("/ville.css?v=00606e")
    assert "--town" in answer.content.decode()
    assert "max-age=31536000" in answer["Cache-Control"]


def test_a_page_that_is_not_there_says_so(town: Reference, client: Client) -> None:
    answer = client.get("/nulle-part/")
    assert answer.status_code == 404
    assert "Cette page n’existe pas" in answer.content.decode()


def test_the_front_page_works_before_any_set_up(db: None, client: Client) -> None:
    assert client.get("/").status_code == 200


def test_the_front_page_asks_few_questions(
    town: Reference, client: Client, django_assert_max_num_queries: object
) -> None:
    with django_assert_max_num_queries(7):  # type: ignore[operator]
        client.get("/")
