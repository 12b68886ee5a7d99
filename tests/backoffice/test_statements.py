"""No agents' page costs more than 15 statements, with nothing kept from an earlier page: not even the file of a family
that has everything, on the reading that is journaled."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from espace.accounts.models import RoleGrant
from espace.activities.enums import EnrolmentPolicy, WaitingMode
from espace.activities.models import Activity, CollectiveEvent
from espace.attendance.services import send_certificate
from espace.bookings.services import enrol
from espace.demo.town import Reference
from espace.families.enums import HolidayRule, MemberRole
from espace.families.models import (
    AuthorizedPickup,
    CustodyArrangement,
    KeyRequest,
)
from espace.families.services import (
    ask_record_change,
    issue_key,
    record_protection,
    request_key,
    set_health_plan,
)
from espace.kernel.actor import SYSTEM, Actor, Channel, Grant, Permission
from espace.notifications.enums import Lane, MessageState
from espace.notifications.models import OutboxMessage
from tests.portal.test_booking_month import check, confirm
from tests.support.absences import FRIDAY, THURSDAY, TUESDAY, UPLOAD, announce, week
from tests.support.bills import Month, book_days, october
from tests.support.cast import SINCE, Character, join, make_account, make_person
from tests.support.events import close
from tests.support.statements import too_costly
from tests.support.waiting import full_day, waiter, with_list

MORNING = "accueil-du-matin"
HOME = "/agents/familles/{home}/"
PAGES = (
    "/agents/",
    "/agents/recherche/",
    "/agents/familles/nouvelle/",
    HOME,
    HOME + "adulte/",
    HOME + "enfant/",
    HOME + "quotient/",
    HOME + "sante/{child}/",
    HOME + "garde/{child}/",
    HOME + "garde/{shared}/",
    HOME + "ecole/{child}/",
    HOME + "depart/{child}/",
    HOME + "protection/",
    "/agents/a-traiter/",
    "/agents/cles/",
    "/agents/cles/demande/{request}/",
    "/agents/cles/{key}/annuler/",
    "/agents/inscriptions/",
    "/agents/evenements/",
    "/agents/evenements/declarer/",
    "/agents/evenements/{event}/annuler/",
    "/agents/cuisine/",
    "/agents/calendrier/",
    "/agents/menus/",
    "/agents/courriels/",
    "/agents/listes-d-attente/",
    "/agents/listes-d-attente/{pool}/",
    "/agents/listes-d-attente/reglages/",
    "/agents/enfants/{child}/priorites/",
    "/agents/absences/",
    "/agents/absences/?jour=2026-11-26",
    "/agents/absences/justificatifs/",
    "/agents/absences/regles/",
    "/agents/documents/{document}/",
    "/agents/mois/",
    "/agents/mois/{office}/2026-11/cloturer/",
    "/agents/facturation/",
    "/agents/facturation/{run}/",
    "/agents/factures/",
    "/agents/factures/{invoice}/",
    "/agents/factures/{invoice}/facture.pdf",
)


def may_do_all_but(agent: Character, *left: Permission) -> None:
    for permission in set(Permission) - {*left} - {grant.permission for grant in agent.actor.grants}:
        RoleGrant.objects.create(user=agent.user, permission=permission, start=SINCE)


@pytest.fixture
def facts(
    town: Reference, alice: Character, bob: Character, charlie: Character, denise: Character, billed: Month
) -> dict[str, object]:
    """What makes the addresses. Alice's family has all that a file shows, and something waits on every desk."""
    zoe, tom = alice.children
    CustodyArrangement.objects.filter(child=tom).update(
        holiday_rule=HolidayRule.HALVES, holiday_first=alice.household, holiday_second=bob.household
    )
    book_days(town, tom, "restauration-scolaire", october(5, 6), venue="tilleuls")
    days = tuple(town.slot("restauration-scolaire", date(2026, 12, day)).pk for day in (14, 15))
    assert confirm(alice.client, zoe.pk, check(alice.client, zoe.pk, tick=days)).status_code == 303
    week(town, zoe, TUESDAY, THURSDAY)
    (absence,) = announce(alice.actor, [zoe], TUESDAY, FRIDAY)
    absence = send_certificate(alice.actor, declaration_id=absence.pk, upload=UPLOAD)
    Activity.objects.filter(slug=MORNING).update(enrolment_policy=EnrolmentPolicy.BY_AGENT)
    enrol(alice.actor, child_id=tom.pk, period_id=town.period(MORNING, town.today).pk)
    ask_record_change(alice.actor, household_id=alice.household.pk, values={"street": "3, place du Marché"})
    set_health_plan(SYSTEM, child=zoe, packed_lunch=True, detail="Arachide.")
    AuthorizedPickup.objects.create(
        child=tom, name="Jeanne Petit", relation="voisine", phone="06", start=SINCE
    )
    partner = make_person("Paul", "Moreau", date(1987, 5, 6))
    join(alice.household, partner, MemberRole.ADULT)
    key = issue_key(denise.actor, household=alice.household, adult=partner)
    with_list(WaitingMode.BY_AGENT)
    slot = full_day(town, places=1)
    for name in ("Ana", "Ben"):
        waiter(town, name).ask(slot)
    close(denise.actor, date(2026, 12, 17))
    OutboxMessage.objects.filter(lane=Lane.NOTICE).update(state=MessageState.FAILED)
    asking = make_account("Léa", "Martin")
    request_key(
        Actor(asking.pk, str(asking), Channel.PORTAL),
        already_known=True,
        child_first_name="Zoé",
        child_last_name="Moreau",
        child_birth_date=date(2018, 5, 9),
    )
    invoice = billed.of(alice)
    return {
        "home": alice.household.pk,
        "child": zoe.pk,
        "shared": tom.pk,
        "request": KeyRequest.objects.get().pk,
        "key": key.pk,
        "event": CollectiveEvent.objects.get().pk,
        "pool": slot.pool_id,
        "document": absence.document_id,
        "office": town.office.pk,
        "run": invoice.run_id,
        "invoice": invoice.pk,
    }


def test_every_page_asks_little(denise: Character, facts: dict[str, object]) -> None:
    may_do_all_but(denise)
    assert too_costly(denise.client, [page.format(**facts) for page in PAGES]) == {}


def test_nor_does_the_file_of_a_family_that_may_not_read_everything(
    denise: Character, alice: Character, bob: Character, facts: dict[str, object]
) -> None:
    may_do_all_but(denise, Permission.PROTECTION)
    record_protection(
        replace(SYSTEM, grants=(Grant(Permission.PROTECTION),)),
        protected_ids=[bob.adult.pk, alice.children[1].pk],
        hidden_from_id=alice.adult.pk,
        evidence="Ordonnance",
    )
    assert too_costly(denise.client, [HOME.format(**facts)]) == {}
