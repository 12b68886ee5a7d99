"""A day of the guichet and of the régisseur: on a phone, on a desk, with scripts and without.

In a town of their own that lives a week later, on Wednesday 2 December at 14:00: November is over and not billed
yet, and tomorrow's meal is the counter's alone to book.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from espace.demo.accounts import AGENT, LINKED_PARENT, REGISSEUR, Account
from tests.e2e.desk import sit_at_the_desk
from tests.e2e.look import Look
from tests.e2e.stack import Stack, running
from tests.e2e.test_invoice_payment import decide, sign_in

Open = Callable[..., Page]
LATER = "2026-12-02T14:00:00"
# A family that nobody knows online, its child at an elementary school.
FAMILY = """
import secrets
from datetime import date
from espace.families import services
from espace.families.enums import QuotientSource
from espace.kernel.actor import SYSTEM
from espace.town.queries import schools
def born():  # its own in each journey: the same person twice at an address is refused
    return date.fromordinal(724_000 + secrets.randbelow(6_000))
opened = services.open_family(
    SYSTEM, street="9, rue Basse", postcode="99450", city="Clairval-sur-Aune",
    adults=[services.AdultDraft("Solène", "{name}", born())], children=[services.ChildDraft("{child}", "{name}", date(2018, 4, 5))],
)
services.set_quotient(
    SYSTEM, household=opened.household, amount=81200, source=QuotientSource.CAF_NOTICE, start=date(2026, 9, 1)
)
school = schools().filter(level="ELEMENTARY").order_by("name").first()
services.set_schooling(SYSTEM, child=opened.children[0], school=school, start=date(2026, 9, 1))
print("CHILD", opened.children[0].pk, school.name)
"""


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[Stack]:
    """The town a week later, apart from the other journeys'."""
    base = tmp_path_factory.getbasetemp()
    shared = base if worker_id == "master" else base.parent
    with running(Path(shared), f"{worker_id}_later", now=LATER) as town:
        yield town


@pytest.fixture
def desk_of(open_page: Open, stack: Stack) -> Open:
    """`desk_of(AGENT, width, javascript=True)`: the home of that agent, signed in with a second factor."""

    def open_(who: Account, width: int, *, javascript: bool = True) -> Page:
        page = open_page(width, javascript=javascript)
        sit_at_the_desk(page, stack, who)
        return page

    return open_


def unseen(page: Page, name: str) -> None:
    """In place of `look`, where another journey looks."""


def find(page: Page, typed: str, look: Callable[[Page, str], None]) -> None:
    page.get_by_role("searchbox").fill(typed)
    page.get_by_role("searchbox").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Recherche : {typed}")
    look(page, "agents-recherche")


def act_for(page: Page, child: int, name: str, look: Callable[[Page, str], None]) -> None:
    """Enrols, and books tomorrow's meal: the delay online is over, the counter may, and says why."""
    page.get_by_role("button", name="Agir pour cette famille").click()
    banner = page.get_by_role("region", name="Vous agissez pour une famille")
    expect(banner).to_contain_text(re.compile(f"{name}.*{AGENT.full_name}"))
    look(page, "agents-agir")
    page.goto(f"/inscrire/{child}/")
    page.get_by_role("checkbox", name="Restauration scolaire").check()
    page.get_by_role("checkbox", name="Vacances sport").last.check()
    page.get_by_role("button", name="Inscrire, puis choisir les jours").click()
    expect(page.get_by_text("Il reste à réserver les jours.")).to_be_visible()
    page.goto(f"/reserver/{child}/2026-12/?semaine=2026-11-30")
    tomorrow = page.locator("label.slot", has_text="jeudi 3 décembre 2026")
    expect(tomorrow).to_contain_text("par le guichet")
    tomorrow.get_by_role("checkbox").check()
    look(page, "agents-agir-mois")
    page.locator("[data-submit]").click()
    page.get_by_label("Motif (délai en ligne dépassé").fill("Appel de la mère, hospitalisée ce matin.")
    look(page, "agents-agir-verifier")
    page.get_by_role("button", name="Confirmer").click()
    expect(page.get_by_role("heading", name="C’est enregistré")).to_be_visible()
    banner.get_by_role("button", name="Terminer").click()
    expect(page.get_by_text("Vous n’agissez plus pour cette famille.")).to_be_visible()
    expect(banner).to_have_count(0)


def make_and_revoke_a_key(page: Page, look: Callable[[Page, str], None]) -> None:
    page.get_by_role("button", name="Faire une clé").click()
    expect(page.get_by_text("est faite. Imprimez son courrier.")).to_be_visible()
    look(page, "agents-cle")
    with page.expect_download() as download:
        page.get_by_role("button", name="Imprimer le courrier").click()
    assert download.value.path().read_bytes().startswith(b"%PDF-")
    assert re.fullmatch(r"cle-enfance-\S+\.pdf", download.value.suggested_filename)
    page.get_by_role("button", name="Imprimer le courrier").click()  # the page is still there
    expect(page.get_by_text("Le courrier de cette clé est déjà fait")).to_be_visible()
    expect(page.get_by_role("button", name="Imprimer le courrier")).to_have_count(0)
    page.get_by_role("link", name="Annuler la clé").click()
    page.get_by_label("Pourquoi").fill("Courrier perdu.")
    look(page, "agents-cle-annuler")
    page.get_by_role("button", name="Annuler la clé").click()
    expect(page.get_by_text("est annulée.")).to_be_visible()


def accept_the_enrolment(page: Page, child: str, look: Callable[[Page, str], None]) -> None:
    page.get_by_role("link", name="Inscriptions").click()
    look(page, "agents-inscriptions")
    card = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name=child))
    expect(card).to_contain_text("Vacances sport")
    card.get_by_role("button", name="Accepter").click()
    expect(page.get_by_text("est acceptée, la famille est prévenue.")).to_be_visible()
    expect(page.get_by_role("heading", name=child)).to_have_count(0)


def declare_a_closure(page: Page, school: str, day: str, look: Callable[[Page, str], None]) -> None:
    page.get_by_role("link", name="Événements").click()
    page.get_by_role("link", name="Déclarer un événement").click()
    look(page, "agents-evenement-declarer")
    page.get_by_label("Qui est concerné").select_option(school)
    page.get_by_label("Quelle activité").select_option("Restauration scolaire")
    page.get_by_label("Premier jour").fill(day)
    page.get_by_label("Dernier jour").fill(day)
    page.get_by_label("Ce qui se passe").select_option("Fermeture")
    page.get_by_role("radio", name="Fermé, rien n’est facturé").check()
    page.get_by_label("Motif").fill("Panne de la cuisine centrale.")
    page.get_by_role("button", name="Voir qui est concerné").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Vérifier avant de déclarer")
    counted = re.search(r"Réservations annulées sans frais\s*(\d+)", page.get_by_role("main").inner_text())
    assert counted
    assert int(counted.group(1)) > 0
    look(page, "agents-evenement-verifier")
    page.get_by_role("button", name="Fermer et prévenir les familles").click()
    expect(page.get_by_text(re.compile(rf"Événement déclaré\s: {counted.group(1)}\s"))).to_be_visible()
    look(page, "agents-evenements")


def a_day_of_the_guichet(
    page: Page, stack: Stack, name: str, child: str, day: str, look: Callable[[Page, str], None]
) -> None:
    printed = stack.manage("shell", "-c", FAMILY.format(name=name, child=child))
    made = re.search(r"CHILD (\d+) (.+)", printed)
    assert made, printed
    bare = name.lower().replace("é", "e")
    find(page, bare, unseen)
    expect(page.get_by_role("row").filter(has_text=child)).to_be_visible()
    find(page, f"{bare[:5]}{bare[4:]}", look)  # a letter twice
    expect(page.get_by_text("Rien ne s’écrit exactement ainsi")).to_be_visible()
    page.get_by_role("row").filter(has_text=child).get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)
    look(page, "agents-famille")
    act_for(page, int(made.group(1)), name, look)
    make_and_revoke_a_key(page, look)
    accept_the_enrolment(page, f"{child} {name}", look)
    declare_a_closure(page, made.group(2).strip(), day, look)


def test_a_day_of_the_guichet(desk_of: Open, stack: Stack, look: Look, width: int) -> None:
    page = desk_of(AGENT, width)
    look(page, "agents-accueil")
    for name, address in (
        ("calendrier", "/agents/calendrier/?mois=2026-12"),
        ("courriels", "/agents/courriels/"),
    ):
        page.goto(address)
        look(page, f"agents-{name}")
    page.goto("/agents/")
    name, child, day = (
        ("Quéméneur", "Ewen", "2026-12-10") if width < 900 else ("Thévenoux", "Lise", "2026-12-11")
    )
    a_day_of_the_guichet(page, stack, name, child, day, look)


def test_a_day_of_the_guichet_without_scripts(desk_of: Open, stack: Stack) -> None:
    page = desk_of(AGENT, 360, javascript=False)
    a_day_of_the_guichet(page, stack, "Mézerac", "Aël", "2026-12-14", unseen)


@pytest.mark.main_path
def test_the_month_is_closed_billed_and_paid(
    desk_of: Open, open_page: Open, stack: Stack, look: Look
) -> None:
    """Closed and computed on a desk, given up; computed again, reviewed and issued on a phone without scripts; then
    the parent reads the invoice, pays at the bank, has the receipt and owes nothing. On each database."""
    page = desk_of(REGISSEUR, 1280)
    page.get_by_role("link", name="Mois", exact=True).click()
    row = page.get_by_role("row", name=re.compile("Novembre 2026")).first  # the central office comes first
    row.get_by_role("link", name="Clôturer").click()
    look(page, "agents-mois-cloturer")
    page.get_by_role("button", name="Clôturer le mois").click()
    expect(page.get_by_text("est clôturé. Vous pouvez le facturer.")).to_be_visible()
    row.get_by_role("button", name="Calculer les factures").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Novembre 2026")
    expect(page.get_by_role("heading", name="Les brouillons")).to_be_visible()
    expect(page.get_by_role("table", name="Informations")).to_contain_text("Quotient")
    # An absence of the demonstration may still be proved, until 4 December.
    expect(page.get_by_role("table", name="Anomalies qui bloquent")).to_contain_text("Absence à justifier")
    look(page, "agents-facturation-brouillons")
    page.get_by_role("button", name="Abandonner cette facturation").click()
    expect(page.get_by_text("Rien n’a été émis.")).to_be_visible()

    plain, phone = desk_of(REGISSEUR, 360, javascript=False), desk_of(REGISSEUR, 360)
    plain.get_by_role("link", name="Mois", exact=True).click()
    plain.get_by_role("row", name=re.compile("Novembre 2026")).get_by_role("button").click()
    for button, told, name in (
        ("", "Les brouillons", "brouillons"),
        ("Passer outre et valider", "La facturation est validée.", "validee"),
        ("Émettre les factures", "Les factures sont émises et les familles prévenues.", "emise"),
    ):
        if button.startswith("Passer outre"):
            plain.get_by_role("textbox", name="Pourquoi").fill("La famille est prévenue.")
        if button:
            plain.get_by_role("button", name=button).click()
        expect(plain.get_by_text(told)).to_be_visible()
        phone.goto(plain.url)
        look(phone, f"agents-facturation-{name}")
    numbers = re.findall(r"RC-\d{4}-(\d{6})", plain.get_by_role("table").last.inner_text())
    found = sorted({int(number) for number in numbers})
    assert len(found) > 20
    assert found == list(range(found[0], found[0] + len(found)))  # no gap
    pay_what_is_owed(open_page(360))


def pay_what_is_owed(page: Page) -> None:
    """The linked parent reads the invoice of the month just billed, pays it and what was left before: nothing is owed."""
    sign_in(page, LINKED_PARENT.username)
    page.goto("/factures/")
    expect(page.get_by_text("Il vous reste")).to_be_visible()
    bills = page.get_by_role("main").get_by_role("heading", level=3).get_by_role("link")
    addresses = [bill.get_attribute("href") for bill in bills.all()]
    bills.filter(has_text="Novembre 2026").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Facture de novembre 2026")
    page.get_by_text("Pourquoi").first.click()
    expect(page.get_by_text("votre quotient familial").first).to_be_visible()
    for address in addresses:
        page.goto(address or "")
        button = page.get_by_role("button", name=re.compile("^Régler"))
        if not button.count():
            continue
        button.click()
        decide(page, "Accepter le paiement")
        expect(page.get_by_role("heading", name="Paiement accepté")).to_be_visible()
        receipt = page.get_by_role("link", name="Reçu en PDF").get_attribute("href") or ""
        assert page.request.get(receipt).headers["content-type"] == "application/pdf"
        page.get_by_role("link", name="Revoir la facture").click()
        expect(page.get_by_text("Rien à régler")).to_be_visible()
    page.goto("/factures/")
    expect(page.get_by_text("Vous n’avez rien à régler.")).to_be_visible()
