"""No citizen's page costs more than 15 statements, for a family with two children, bookings and an invoice, nor for
one to whom everything happens at once, with nothing kept from an earlier page: a quiet town's pages are nearly always
read so."""

from __future__ import annotations

from datetime import date

import pytest

from espace.bookings.models import Submission
from espace.demo.town import Reference
from tests.portal.test_booking_month import check, confirm
from tests.support.bills import Month, book_days, october
from tests.support.cast import Character, make_account, signed_in
from tests.support.everything import being_paid, everything
from tests.support.pages import StrictClient
from tests.support.statements import too_costly

PUBLIC = (
    "/",
    "/simulateur/",
    "/simulateur/?quotient=812&enfants=2",
    "/aide/",
    "/accessibilite/",
    "/mentions-legales/",
    "/mes-donnees/",
    "/plan-du-site/",
    "/ville.css",
    "/documents/mode-d-emploi.pdf",
    "/documents/reglement-de-la-regie.pdf",
    "/documents/tarification.pdf",
)
FAMILY = (
    "/tableau-de-bord/",
    "/ma-famille/",
    "/ma-famille/{shared}/",
    "/ma-famille/{shared}/?semaine=2026-12-14",
    "/ma-famille/adresse/{home}/",
    "/ma-famille/coordonnees/{adult}/",
    "/reserver/",
    "/reserver/{child}/2026-10/",
    "/reserver/{child}/2026-12/",
    "/reserver/{shared}/2026-12/",
    "/reserver/ensemble/2026-10/",
    "/reserver/ensemble/2026-12/",
    "/reserver/{child}/semaine-type/",
    "/reserver/{shared}/semaine-type/",
    "/reserver/fait/{submission}/",
    "/reserver/fait/{submission}/calendrier.ics",
    "/inscrire/{child}/",
    "/historique/",
    "/historique/reservation/{booking}/",
    "/factures/",
    "/factures/{invoice}/",
    "/factures/{invoice}/facture.pdf",
)
ACCOUNT = (
    "/mon-compte/",
    "/mon-compte/coordonnees/",
    "/mon-compte/mot-de-passe/",
    "/mon-compte/nom-utilisateur/",
    "/mon-compte/adresse-e-mail/",
    "/mon-compte/agenda/",
)
VISITOR = ("/creer-mon-espace/", "/connexion/", "/mot-de-passe-oublie/")
UNLINKED = ("/tableau-de-bord/", "/cle-enfance/", "/cle-enfance/pas-de-cle/", "/reserver/", "/factures/")


@pytest.fixture
def family(town: Reference, alice: Character, bob: Character, billed: Month) -> list[str]:
    """The pages of Alice's family: October is billed, Tom is shared with Bob, two days of December are booked."""
    zoe, tom = alice.children
    book_days(town, tom, "restauration-scolaire", october(5, 6), venue="tilleuls")
    days = tuple(town.slot("restauration-scolaire", date(2026, 12, day)).pk for day in (14, 15))
    assert confirm(alice.client, zoe.pk, check(alice.client, zoe.pk, tick=days)).status_code == 303
    facts = {
        "child": zoe.pk,
        "shared": tom.pk,
        "home": alice.household.pk,
        "adult": alice.adult.pk,
        "invoice": billed.of(alice).reference,
        "submission": Submission.objects.get().reference,
        "booking": Submission.objects.get().bookings.order_by("id")[0].pk,
    }
    return [url.format(**facts) for url in FAMILY]


def test_a_parent_s_pages_ask_little(alice: Character, family: list[str]) -> None:
    assert too_costly(alice.client, [*PUBLIC, *family, *ACCOUNT]) == {}


def test_nor_do_they_for_the_agent_who_acts_for_the_family(
    denise: Character, alice: Character, family: list[str]
) -> None:
    session = denise.client.session
    session["acting_for"] = alice.household.pk
    session.save()
    assert too_costly(denise.client, family) == {}


@pytest.fixture
def busy(town: Reference, alice: Character, bob: Character, billed: Month, family: list[str]) -> list[str]:
    """The same pages, and those of each of her children, once everything happens to Alice's family at once."""
    children = everything(town, alice, bob)
    being_paid(billed.of(alice))
    each = ("/ma-famille/{}/", "/reserver/{}/2026-12/", "/reserver/{}/semaine-type/", "/inscrire/{}/")
    return [*family, *(url.format(child.pk) for child in children for url in each), "/absences/declarer/"]


def test_the_dashboard_of_a_busy_family_has_it_all(alice: Character, busy: list[str]) -> None:
    page = alice.client.get("/tableau-de-bord/").content.decode()
    told = (
        "Une place s’est libérée", "1er en attente", "absence signalée", "Déposer", "pique-nique",
        "annulation gratuite", "Inscrire Ève", "paiement en cours", "Dernières demandes",
    )  # fmt: skip
    assert [words for words in told if words not in page] == []
    assert "Nina" not in page


def test_a_busy_family_s_pages_ask_no_more(alice: Character, busy: list[str]) -> None:
    assert too_costly(alice.client, busy) == {}


def test_nor_do_they_for_the_agent_who_acts_for_a_busy_family(
    denise: Character, alice: Character, busy: list[str]
) -> None:
    session = denise.client.session
    session["acting_for"] = alice.household.pk
    session.save()
    assert too_costly(denise.client, busy) == {}


def test_a_visitor_s_pages_ask_little(client: StrictClient, town: Reference) -> None:
    assert too_costly(client, [*PUBLIC, *VISITOR]) == {}


def test_nor_do_they_before_the_key(town: Reference) -> None:
    assert too_costly(signed_in(make_account("Léa", "Martin")), UNLINKED) == {}
