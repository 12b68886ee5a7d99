"""A year booked for three children, then a day changed for two of them at once in the common grid."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.e2e.desk import fresh
from tests.e2e.look import Look
from tests.e2e.stack import Stack
from tests.e2e.test_booking import FAMILY, Open, enrol_and_choose_the_week
from tests.e2e.test_family_key import sign_in

CHILD = 'services.ChildDraft("Maëlys", "Morel", date(2018, 4, 5))'
THREE = FAMILY.replace(
    CHILD,
    f'{CHILD}, services.ChildDraft("Noé", "Morel", date(2017, 4, 5)), services.ChildDraft("Lou", "Morel", date(2016, 4, 5))',
).replace(
    "services.set_schooling(SYSTEM, child=opened.children[0], school=school, start=date(2026, 9, 1))",
    "[services.set_schooling(SYSTEM, child=one, school=school, start=date(2026, 9, 1)) for one in opened.children]",
).replace(
    'print("CHILD", opened.children[0].pk)', 'print("CHILDREN", *(one.pk for one in opened.children))'
)  # fmt: skip


def test_a_year_is_booked_for_three_children(open_page: Open, stack: Stack, look: Look, width: int) -> None:
    name = fresh(f"iris-trois{width}")
    printed = re.search(r"CHILDREN (\d+) (\d+) (\d+)", stack.manage("shell", "-c", THREE.format(name=name)))
    assert printed
    page = open_page(width)
    page.goto("/connexion/")
    sign_in(page, name)
    for child in printed.groups():
        enrol_and_choose_the_week(page, int(child))

    page.goto("/reserver/")
    page.get_by_role("link", name="Tous ensemble").click()
    expect(page.get_by_role("heading", name="Réserver pour")).to_contain_text("Lou, Noé et Maëlys")
    page.goto("/reserver/ensemble/2026-12/?semaine=2026-12-14")
    look(page, "reserver-ensemble")
    tuesday = page.locator("label.slot", has_text="mardi 15 décembre 2026")
    tuesday.filter(has_text="(Maëlys)").get_by_role("checkbox").check()
    tuesday.filter(has_text="(Noé)").get_by_role("checkbox").check()
    thursday = page.locator("label.slot", has_text="jeudi 17 décembre 2026")
    thursday.filter(has_text="(Lou)").get_by_role("checkbox").uncheck()
    expect(page.locator("[data-count]")).to_have_text("3 changements")
    page.get_by_role("button", name="Vérifier et confirmer").click()
    expect(page.get_by_text("Repas (Lou)")).to_be_visible()
    look(page, "reserver-ensemble-verifier")
    page.get_by_role("button", name="Confirmer").click()
    expect(page.get_by_role("heading", name="C’est enregistré")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("Maëlys, Noé et Lou")

    page.goto("/reserver/ensemble/2026-12/?semaine=2026-12-14")
    page.locator(".week-now").get_by_role("button", name="Copier cette semaine").click()
    expect(page.get_by_role("heading", name="Ce que contient la semaine")).to_be_visible()
    look(page, "copier-semaine")
    page.get_by_role("textbox", name="Jusqu’au").fill("2027-01-15")
    page.get_by_role("button", name="Voir toutes les dates et le prix").click()
    expect(page.get_by_text("jusqu’au vendredi 15 janvier 2027")).to_be_visible()
    look(page, "copier-semaine-dates")
    page.get_by_role("button", name="Confirmer").click()
    expect(page.get_by_role("heading", name="C’est enregistré")).to_be_visible()
