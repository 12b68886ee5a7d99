"""A change of custody, seen by the guichet then by both parents; a move to another school, days following."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page, expect

from espace.demo.accounts import AGENT
from tests.e2e.desk import sit_at_the_desk
from tests.e2e.look import Look
from tests.e2e.stack import Stack
from tests.e2e.test_booking import enrol_and_choose_the_week
from tests.e2e.test_family_key import sign_in

Open = Callable[..., Page]
# Two parents, each with an account and a home; their child lives with the mother.
FAMILY = """
from datetime import date
from espace.accounts import services as accounts
from espace.accounts.models import User
from espace.families import services
from espace.families.enums import QuotientSource
from espace.families.models import Party
from espace.kernel.actor import SYSTEM, Actor, Channel
from espace.kernel.crypto import unseal
from espace.town.queries import schools
homes = []
for n, (first, last, street, quotient) in enumerate(
    [("Iris", "{last}", "6, rue {name}", 81200), ("Marc", "{last}-Duval", "9, rue {name}", 152000)]
):
    name = f"{name}{{n}}"
    accounts.create_agent(SYSTEM, agent=accounts.NewAgent(name, "Tilleul-2026", first, last, name + "@exemple.fr"))
    children = [services.ChildDraft("Maëlys", "{last}", date(2018, 4, 5))] if n == 0 else []
    opened = services.open_family(
        SYSTEM, street=street, postcode="99450", city="Clairval-sur-Aune",
        adults=[services.AdultDraft(first, last)], children=children,
    )
    services.set_quotient(
        SYSTEM, household=opened.household, amount=quotient, source=QuotientSource.CAF_NOTICE, start=date(2026, 9, 1)
    )
    key = services.issue_key(SYSTEM, household=opened.household, adult=opened.adults[0])
    user = User.objects.get(username=name)
    services.redeem_key(
        Actor(user.pk, first, Channel.PORTAL), typed=unseal("cle-enfance-courrier", bytes(key.sealed))
    )
    homes.append(opened)
child = homes[0].children[0]
services.add_guardian(
    SYSTEM, child=child, guardian=services.Guardian(Party.objects.get(person=homes[1].adults[0]))
)
found = list(schools().filter(level="ELEMENTARY").order_by("name"))
services.set_schooling(SYSTEM, child=child, school=found[0], start=date(2026, 9, 1))
print("CHILD", child.pk, "HOMES", homes[0].household.pk, homes[1].household.number, "SCHOOL", found[1].name)
"""


@dataclass
class Parted:
    """What the journeys need to know of the family."""

    child: int
    home: int
    other_number: str
    other_school: str


def parted(stack: Stack, name: str, last: str) -> Parted:
    printed = stack.manage("shell", "-c", FAMILY.format(name=name, last=last))
    found = re.search(r"CHILD (\d+) HOMES (\d+) (\d+) SCHOOL (.+)", printed)
    assert found, printed
    return Parted(int(found[1]), int(found[2]), found[3], found[4].strip())


def test_a_change_of_custody(open_page: Open, stack: Stack, look: Look, width: int) -> None:
    name = f"garde{width}x"
    family = parted(stack, name, "Sandre" if width == 360 else "Brochet")
    mother = open_page(width)
    mother.goto("/connexion/")
    sign_in(mother, f"{name}0")
    enrol_and_choose_the_week(mother, family.child)

    desk = open_page(width)
    sit_at_the_desk(desk, stack, AGENT)
    desk.goto(f"/agents/familles/{family.home}/")
    desk.get_by_role("link", name="Garde de Maëlys").click()
    expect(desk.get_by_role("heading", name="Garde de Maëlys")).to_be_visible()
    look(desk, "agents-garde")
    desk.get_by_label("Rythme").select_option("une semaine sur deux")
    desk.get_by_label("Numéro de l’autre foyer").fill(family.other_number)
    desk.get_by_label("À partir du").fill("2026-11-30")
    desk.get_by_label("Vacances scolaires").select_option("par moitiés")
    desk.get_by_role("button", name="Voir ce que cela change").first.click()
    expect(desk.get_by_text("réservations changent de foyer.")).to_be_visible()
    look(desk, "agents-garde-verifier")
    desk.get_by_role("radio", name="restent réservés").check()
    desk.get_by_role("button", name="Enregistrer et prévenir les foyers").click()
    expect(desk.get_by_text("les foyers sont prévenus.")).to_be_visible()
    expect(desk.get_by_text("Garde alternée")).to_have_count(0)  # from the 30th on

    father = open_page(width)
    father.goto("/connexion/")
    sign_in(father, f"{name}1")
    for page in (mother, father):
        page.goto(f"/ma-famille/{family.child}/?mois=2026-12")
        expect(page.get_by_role("heading", name="Sa garde")).to_be_visible()
        expect(page.get_by_text("Garde alternée : une semaine sur deux.").first).to_be_visible()
    look(father, "enfant-garde")
    # His weeks are his, with her bookings in them; hers are no longer there.
    father.goto(f"/reserver/{family.child}/2026-12/?semaine=2026-12-07")
    expect(father.locator("label.slot", has_text="lundi 7 décembre 2026")).to_contain_text("Réservé")
    mother.goto(f"/reserver/{family.child}/2026-12/?semaine=2026-12-07")
    expect(mother.get_by_text("Chez son autre parent").first).to_be_visible()
    assert "passent dans votre foyer" in str(
        stack.wait_for_mail(f"{name}1@exemple.fr", after=1, within=30).get_body(("plain",)).get_content()  # type: ignore[union-attr]
    )
    # He sets his own weeks of custody.
    father.goto(f"/reserver/{family.child}/semaine-type/")
    expect(father.get_by_role("radio", name="Mes semaines de garde")).to_be_checked()
    look(father, "semaine-type-garde")


def test_a_move_to_another_school(open_page: Open, stack: Stack, look: Look, width: int) -> None:
    name = f"ecole{width}x"
    family = parted(stack, name, "Goujon" if width == 360 else "Ablette")
    parent = open_page(width)
    parent.goto("/connexion/")
    sign_in(parent, f"{name}0")
    enrol_and_choose_the_week(parent, family.child)

    desk = open_page(width)
    sit_at_the_desk(desk, stack, AGENT)
    desk.goto(f"/agents/familles/{family.home}/")
    desk.get_by_role("link", name="École de Maëlys").click()
    desk.get_by_label("École et classe").select_option(f"{family.other_school}, classe pas encore connue")
    desk.get_by_label("À partir du").fill("2027-01-04")
    desk.get_by_role("button", name="Voir ce que cela change").click()
    expect(desk.get_by_text("suivent l’enfant, sans majoration nouvelle")).to_be_visible()
    look(desk, "agents-ecole-verifier")
    desk.get_by_role("button", name="Enregistrer et prévenir la famille").click()
    expect(desk.get_by_text("la famille est prévenue.")).to_be_visible()

    for month, school in (("2026-12", None), ("2027-01", family.other_school)):
        parent.goto(f"/ma-famille/{family.child}/?mois={month}")
        expect(parent.get_by_role("listitem").filter(has_text="Repas").first).to_be_visible()
        if school:
            expect(parent.get_by_role("listitem").filter(has_text=school).first).to_be_visible()
    look(parent, "enfant-nouvelle-ecole")
    mail = stack.wait_for_mail(f"{name}0@exemple.fr", after=2, within=30)
    assert "change d’école" in str(mail.get_body(("plain",)).get_content())  # type: ignore[union-attr]
