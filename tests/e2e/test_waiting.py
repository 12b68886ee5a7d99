"""A place freed and taken: one parent cancels a full Wednesday, another who waited is asked, and takes it."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.e2e.look import Look
from tests.e2e.stack import Stack
from tests.e2e.test_booking import family, words_of
from tests.e2e.test_family_key import sign_in

Open = Callable[..., Page]
# Both children go on Wednesdays; the first has the last place of a day that no other journey books.
ONE_PLACE = """
from datetime import date
from django.db.models import F
from espace.activities.models import CapacityPool, Period, Slot
from espace.bookings.services import apply_changes, enrol, preview_changes
from espace.accounts.models import User
from espace.kernel.actor import Actor, Channel
day = date({day})
pool = CapacityPool.objects.get(slot__activity__kind="WEDNESDAY", slot__formula__code="JOURNEE", date=day)
for name, child in {people}:
    user = User.objects.get(username=name)
    actor = Actor(user.pk, "Iris", Channel.PORTAL)
    period = Period.objects.get(activity__kind="WEDNESDAY", start__lte=day, end__gt=day)
    enrol(actor, child_id=child, period_id=period.pk)
user = User.objects.get(username="{holder}")
actor, child = Actor(user.pk, "Iris", Channel.PORTAL), {child}
slot = Slot.objects.get(pool=pool, formula__code="JOURNEE")
expected = preview_changes(actor, child_id=child, add=[slot.pk], remove=[]).digest
apply_changes(actor, child_id=child, add=[slot.pk], remove=[], token="jeton-de-l-attente-{holder}", expected=expected)
CapacityPool.objects.filter(pk=pool.pk).update(capacity=F("taken"))
"""


def offer_to(stack: Stack, address: str) -> str:
    """The message of the offer, as received."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        for mail in stack.mails_to(address):
            if "Une place s’est libérée" in str(mail["Subject"]):
                return words_of(mail)
        time.sleep(0.1)
    raise AssertionError("aucune proposition n’est partie en 30 s")


def test_a_place_freed_and_taken(open_page: Open, stack: Stack, look: Look, width: int) -> None:
    holder, waits = f"iris-tient{width}", f"iris-attend{width}"
    first, second = family(stack, holder), family(stack, waits)
    day = "2027, 3, 10" if width < 900 else "2027, 3, 17"
    number = day.rpartition(" ")[2]
    people = [(holder, first), (waits, second)]
    stack.manage("shell", "-c", ONE_PLACE.format(day=day, people=people, holder=holder, child=first))

    page = open_page(width)
    page.goto("/connexion/")
    sign_in(page, waits)
    month = f"/reserver/{second}/2027-03/?semaine=2027-03-{number}"
    page.goto(month)
    wednesday = page.locator("li.day", has_text=f"mercredi {number} mars 2027")
    look(page, "reserver-complet")
    wednesday.locator(".slot-full", has_text="Journée").get_by_role("link").click()
    expect(page.get_by_text("Aucune famille n’attend avant vous.")).to_be_visible()
    look(page, "attendre")
    page.get_by_role("button", name="Attendre une place").click()
    expect(page.get_by_role("heading", name="C’est enregistré")).to_be_visible()
    look(page, "attendre-fait")
    page.goto(month)
    expect(wednesday).to_contain_text("1er en attente")
    look(page, "reserver-en-attente")
    wednesday.get_by_role("link", name="quitter").click()
    expect(page.get_by_role("button", name="Quitter la liste d’attente")).to_be_visible()
    look(page, "en-attente")

    other = open_page(width)
    other.goto("/connexion/")
    sign_in(other, holder)
    other.goto(f"/reserver/{first}/2027-03/?semaine=2027-03-{number}")
    box = other.locator("label.slot", has_text=f"mercredi {number} mars 2027").filter(has_text="Journée")
    box.get_by_role("checkbox").uncheck()
    other.get_by_role("button", name="Vérifier et confirmer").click()
    other.get_by_role("button", name="Confirmer").click()
    expect(other.get_by_role("heading", name="C’est enregistré")).to_be_visible()
    other.goto(f"/reserver/{first}/2027-03/?semaine=2027-03-{number}")
    expect(other.locator("li.day", has_text=f"mercredi {number} mars 2027")).to_contain_text("Complet")

    told = offer_to(stack, f"{waits}@exemple.fr")
    assert "Répondez avant le" in told
    assert re.search(r"/reserver/attente/\d+/", told)
    page.goto("/tableau-de-bord/")
    task = page.locator("li.todo", has_text=f"Une place s’est libérée pour le mercredi {number} mars 2027")
    expect(task).to_contain_text("sinon elle passe à la famille suivante")
    look(page, "tableau-de-bord-place")
    task.get_by_role("link", name="Prendre la place").click()
    expect(page.get_by_text("Sans majoration : votre demande était arrivée dans le délai.")).to_be_visible()
    look(page, "place-proposee")
    page.get_by_role("button", name="Prendre la place").click()
    expect(page.get_by_role("heading", name="C’est enregistré")).to_be_visible()
    page.goto(month)
    taken = page.locator("label.slot", has_text=f"mercredi {number} mars 2027").filter(has_text="Journée")
    expect(taken.get_by_role("checkbox")).to_be_checked()
    page.goto("/liste-d-attente/")
    look(page, "liste-d-attente")
