"""An agent changes a deadline on a desk; a parent's month says it on a phone."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from espace.demo.accounts import AGENT
from tests.e2e.desk import fresh, sit_at_the_desk
from tests.e2e.look import Look
from tests.e2e.stack import Stack
from tests.e2e.test_booking import enrol_and_choose_the_week, family
from tests.e2e.test_family_key import sign_in

Open = Callable[..., Page]


def test_an_agent_changes_a_deadline(open_page: Open, stack: Stack, look: Look) -> None:
    name = fresh("iris-regle")
    child = family(stack, name)
    phone, desk = open_page(360), open_page(1280)
    phone.goto("/connexion/")
    sign_in(phone, name)
    enrol_and_choose_the_week(phone, child)

    sit_at_the_desk(desk, stack, AGENT)
    desk.get_by_role("link", name="Règles", exact=True).click()
    look(desk, "agents-regles")
    desk.get_by_role("link", name="Toutes ses règles").first.click()
    look(desk, "agents-regles-activite")
    desk.get_by_role("link", name=re.compile("Changer.*Annuler.*Toutes les périodes")).click()
    in_time = desk.get_by_role("group", name="Annuler sans frais")
    in_time.get_by_label("Combien").fill("3")
    desk.get_by_label("Motif").fill("Délibération du 12 novembre")
    look(desk, "agents-regle")
    desk.get_by_role("button", name="Voir ce que cela change").click()
    expect(desk.get_by_role("heading", name="Les dix prochains jours")).to_be_visible()
    look(desk, "agents-regle-verifier")
    desk.get_by_role("button", name="Enregistrer la règle").click()
    expect(desk.get_by_text("La règle est enregistrée")).to_be_visible()

    # Thursday 10 December: three working days before is Monday 7. The other processes read the rules again within
    # seconds (`REFERENCE_SECONDS`).
    said = phone.get_by_text("lundi 7 décembre 2026 à 12 h").first
    for _ in range(30):
        phone.goto(f"/reserver/{child}/2026-12/")
        if said.count():
            break
        phone.wait_for_timeout(500)
    expect(said).to_be_attached()

    # As it was: the other journeys of this town count on two days.
    desk.get_by_role("link", name=re.compile("Changer.*Annuler.*Toutes les périodes")).click()
    in_time.get_by_label("Combien").fill("2")
    desk.get_by_label("Motif").fill("Retour à deux jours")
    desk.get_by_role("button", name="Voir ce que cela change").click()
    desk.get_by_role("button", name="Enregistrer la règle").click()
    expect(desk.get_by_text("La règle est enregistrée")).to_be_visible()
