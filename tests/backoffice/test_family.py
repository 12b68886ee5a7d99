"""A family's file on one page, opening one, acting for one."""

from __future__ import annotations

import re
from datetime import date

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from espace.accounts.models import RoleGrant
from espace.audit.models import AuditEvent
from espace.bookings.services import apply_changes, enrol, preview_changes
from espace.demo.town import Reference
from espace.families.models import FamilyQuotient, Household, HouseholdMember, Person
from espace.families.services import set_health_plan
from espace.kernel.actor import SYSTEM, Permission
from tests.support.cast import SINCE, Character

SHEET = {
    "foyer-street": "7, rue Haute", "foyer-street_extra": "", "foyer-postcode": "99450", "foyer-city": "Clairval",
    "adulte1-first_name": "Nadia", "adulte1-last_name": "O’Brien", "adulte1-birth_date": "1990-02-01",
    "adulte1-phone": "0639980055", "adulte1-email": "nadia@exemple.fr",
    "enfant1-first_name": "É", "enfant1-last_name": "O’Brien-D’Arc", "enfant1-birth_date": "2019-05-06",
}  # fmt: skip


def test_the_file_says_everything(denise: Character, alice: Character, bob: Character) -> None:
    page = denise.client.get(f"/agents/familles/{alice.household.pk}/").content.decode()
    for words in ("Alice Moreau", "Zoé Moreau", "812", "F-00001", "relié", "Garde alternée", "rue du Moulin"):
        assert words in page


def test_an_unknown_file_is_not_found(denise: Character) -> None:
    assert denise.client.get("/agents/familles/999999/").status_code == 404
    assert denise.client.get(f"/agents/familles/{10**25}/").status_code == 404


def test_the_file_costs_the_same_for_any_family(
    denise: Character, alice: Character, charlie: Character
) -> None:
    costs = []
    for home in (alice.household, charlie.household):
        with CaptureQueriesContext(connection) as spent:
            denise.client.get(f"/agents/familles/{home.pk}/")
        costs.append(len(spent))
    assert costs[0] == costs[1] <= 15  # the first reading of the hour is journaled
    with CaptureQueriesContext(connection) as spent:
        denise.client.get(f"/agents/familles/{alice.household.pk}/")
    assert len(spent) <= 11


def test_a_form_sent_twice_opens_one_file_and_adds_one_person(denise: Character) -> None:
    denise.client.post("/agents/familles/nouvelle/", SHEET)
    again = denise.client.post("/agents/familles/nouvelle/", SHEET)
    home = Household.objects.get()
    assert f"le {home.number}" in again.content.decode()
    ways = {
        "adulte": {"first_name": "Luc", "last_name": "O’Brien"},
        "enfant": {"first_name": "Ève", "last_name": "O’Brien", "birth_date": "2020-02-03"},
    }
    for part, typed in ways.items():
        before = home.members.count()
        answers = [denise.client.post(f"/agents/familles/{home.pk}/{part}/", typed) for _ in range(2)]
        assert [a.status_code for a in answers] == [303, 200]
        assert "déjà dans ce foyer" in answers[1].content.decode()
        assert home.members.count() == before + 1


def test_two_of_the_same_name_with_two_birth_dates_are_two_persons(denise: Character) -> None:
    """A father and a son."""
    denise.client.post("/agents/familles/nouvelle/", SHEET)
    home = Household.objects.get()
    father = {"first_name": "Nadia", "last_name": "O’Brien", "birth_date": "1960-01-01"}
    assert denise.client.post(f"/agents/familles/{home.pk}/adulte/", father).status_code == 303


def test_a_file_is_opened_with_its_people(denise: Character) -> None:
    done = denise.client.post("/agents/familles/nouvelle/", SHEET)
    home = Household.objects.get()
    assert (done.status_code, done["Location"]) == (303, f"/agents/familles/{home.pk}/")
    assert home.name == "O’Brien"
    assert home.number == str(20_000 + home.pk)
    assert list(home.members.order_by("id").values_list("role", flat=True)) == ["ADULT", "CHILD"]
    child = Person.objects.get(first_name="É")
    assert child.guardianships.count() == 1
    assert child.custody.get().owners == [home.pk]
    assert (
        denise.client.post("/agents/recherche/", {"q": "nadia o'br"}, follow=True)
        .content.decode()
        .count("O’Brien")
        >= 1
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("foyer-street", ""), ("foyer-city", "a\u202eb"), ("adulte1-first_name", ""), ("adulte1-first_name", "🙂"),
        ("adulte1-phone", "12"), ("adulte1-email", "pas une adresse"), ("adulte1-birth_date", "2026-02-31"),
        ("adulte1-birth_date", "2025-01-01"), ("enfant1-birth_date", ""), ("enfant1-birth_date", "2030-01-01"),
        ("enfant1-birth_date", "1850-01-01"), ("enfant1-last_name", "x" * 81), ("enfant2-first_name", "Seul"),
        ("foyer-postcode", "\x00"),
    ],
)  # fmt: skip
def test_a_bad_sheet_opens_nothing(denise: Character, name: str, value: str) -> None:
    page = denise.client.post("/agents/familles/nouvelle/", {**SHEET, name: value})
    assert page.status_code == 200
    assert "à corriger" in page.content.decode()
    assert not Household.objects.exists()


def test_a_child_is_added(denise: Character, alice: Character) -> None:
    path = f"/agents/familles/{alice.household.pk}/enfant/"
    typed = {"first_name": "Sam", "last_name": "Moreau", "birth_date": "2023-01-02"}
    assert denise.client.post(path, typed).status_code == 303
    assert HouseholdMember.objects.filter(household=alice.household, person__first_name="Sam").exists()


@pytest.mark.parametrize(
    ("typed", "kept"), [("812", 81_200), ("399,50", 39_950), ("0", 0), ("1 900", 190_000)]
)
def test_a_quotient_is_dated(denise: Character, alice: Character, typed: str, kept: int) -> None:
    path = f"/agents/familles/{alice.household.pk}/quotient/"
    done = denise.client.post(
        path, {"amount": typed, "source": "CAF_NOTICE", "start": "2026-11-24", "reason": ""}
    )
    assert done.status_code == 303
    rows = FamilyQuotient.objects.filter(household=alice.household).order_by("start")
    assert [(r.start.isoformat(), r.end and r.end.isoformat()) for r in rows] == [
        (SINCE.isoformat(), "2026-11-24"),
        ("2026-11-24", None),
    ]
    assert rows[1].amount == kept


@pytest.mark.parametrize("typed", ["", "abc", "-3", "12,345", "NaN", "1e9", "Infinity", "9" * 12])
def test_a_bad_quotient_changes_nothing(denise: Character, alice: Character, typed: str) -> None:
    path = f"/agents/familles/{alice.household.pk}/quotient/"
    page = denise.client.post(path, {"amount": typed, "source": "CAF_NOTICE", "start": "2026-11-24"})
    assert page.status_code == 200
    assert FamilyQuotient.objects.filter(household=alice.household).count() == 1


def test_a_past_quotient_says_why(denise: Character, alice: Character) -> None:
    path = f"/agents/familles/{alice.household.pk}/quotient/"
    typed = {"amount": "500", "source": "CAF_NOTICE", "start": "2026-11-01", "reason": ""}
    assert "rétroactive" in denise.client.post(path, typed).content.decode()
    assert denise.client.post(path, {**typed, "reason": "Attestation arrivée en retard"}).status_code == 303


def test_acting_for_a_family_is_journaled_and_ends(denise: Character, alice: Character) -> None:
    done = denise.client.post(f"/agents/familles/{alice.household.pk}/agir/")
    assert (done.status_code, done["Location"]) == (303, "/ma-famille/")
    page = denise.client.get("/ma-famille/").content.decode()
    assert "Zoé Moreau" in page
    assert "Famille Moreau" in page
    assert "Tout est signé Denise Roux" in page
    assert denise.client.get(f"/ma-famille/{alice.children[0].pk}/").status_code == 200
    denise.client.post("/agents/familles/terminer/")
    assert "Zoé Moreau" not in denise.client.get("/ma-famille/").content.decode()
    acts = AuditEvent.objects.filter(household_id=alice.household.pk).order_by("id")
    assert list(acts.values_list("action", flat=True)) == ["families.start_acting", "families.stop_acting"]


def test_acting_needs_the_permission(remi: Character, alice: Character) -> None:
    assert remi.client.post(f"/agents/familles/{alice.household.pk}/agir/").status_code == 404
    assert "Zoé" not in remi.client.get("/ma-famille/").content.decode()


def test_an_agent_acting_sees_only_that_family(
    denise: Character, alice: Character, charlie: Character
) -> None:
    denise.client.post(f"/agents/familles/{alice.household.pk}/agir/")
    assert denise.client.get(f"/ma-famille/{charlie.children[0].pk}/").status_code == 404
    assert denise.client.get(f"/agents/familles/{charlie.household.pk}/").status_code == 200


def test_a_health_plan_is_read_with_its_own_permission(denise: Character, alice: Character) -> None:
    child = alice.children[0]
    set_health_plan(SYSTEM, child=child, packed_lunch=True, detail="Arachide : trousse dans la classe.")
    path = f"/agents/familles/{alice.household.pk}/sante/{child.pk}/"
    assert denise.client.get(path).status_code == 404
    assert "Arachide" not in denise.client.get(f"/agents/familles/{alice.household.pk}/").content.decode()
    RoleGrant.objects.create(user=denise.user, permission=Permission.HEALTH, start=SINCE)
    assert "trousse" in denise.client.get(path).content.decode()
    read = AuditEvent.objects.get(action="families.read_health_plan")
    assert (read.user_id, read.object_id, read.payload) == (denise.user.pk, child.pk, None)


def readings(home: Household) -> list[tuple[str, int | None]]:
    rows = AuditEvent.objects.filter(household_id=home.pk, action="families.read_file").order_by("id")
    return list(rows.values_list("actor_label", "user_id"))


def test_each_reading_of_a_file_can_be_found_again(
    denise: Character, remi: Character, alice: Character, frozen: time_machine.Traveller
) -> None:
    """« Mes données » promises it: one row an agent, household and hour of the clock."""
    path = f"/agents/familles/{alice.household.pk}/"
    for _ in range(3):
        denise.client.get(path)
    by_denise, by_remi = ("Denise Roux", denise.user.pk), ("Rémi Garnier", remi.user.pk)
    assert readings(alice.household) == [by_denise]
    page = remi.client.get(path).content.decode()
    assert readings(alice.household) == [by_denise, by_remi]
    for who in ("Denise Roux", "Rémi Garnier"):
        assert f"<b>{who}</b> lit le dossier" in page
    frozen.shift(3600)
    denise.client.get(path)
    assert readings(alice.household) == [by_denise, by_remi, by_denise]


def test_what_was_not_read_is_not_journaled(denise: Character, alice: Character, charlie: Character) -> None:
    denise.client.get(f"/agents/familles/{alice.household.pk}/")
    denise.client.get("/agents/familles/999999/")
    assert alice.client.get(f"/agents/familles/{charlie.household.pk}/").status_code == 404
    assert readings(charlie.household) == []
    assert AuditEvent.objects.filter(action="families.read_file").count() == 1


def test_the_acts_of_a_family_are_not_pushed_away_by_its_readings(
    denise: Character, alice: Character, frozen: time_machine.Traveller
) -> None:
    path = f"/agents/familles/{alice.household.pk}/"
    denise.client.post(path + "agir/")
    for _ in range(10):
        page = denise.client.get(path).content.decode()
        frozen.shift(3600)
    assert "agit pour la famille" in page


def test_the_grid_calls_free_only_what_can_be_booked(
    denise: Character, alice: Character, town: Reference
) -> None:
    """Wednesdays, days gone by and days off said « libre »; a child enrolled in nothing was not there."""
    zoe = alice.children[0]
    enrol(alice.actor, child_id=zoe.pk, period_id=town.period("restauration-scolaire", town.today).pk)
    path = f"/agents/familles/{alice.household.pk}/"
    page = denise.client.get(path).content.decode()
    assert "inscrit, rien de réservé" in page
    assert "aucune inscription" in page
    book(alice, zoe.pk, town.slot("restauration-scolaire", date(2026, 12, 10)).pk)
    page = denise.client.get(path).content.decode()
    row = page.partition('<th scope="row">Repas</th>')[2].partition("</tr>")[0]
    marks = re.findall(r'aria-hidden="true">(.+?)<', row)
    # Monday 23 is gone, Tuesday 24 is today; Wednesdays have no canteen; Thursday 10 December is booked.
    assert marks[:5] == ["–", "·", "–", "·", "·"]
    assert marks[12:14] == ["–", "R"]
    assert "Tarif</dt><dd>habitant de la commune" in page
    assert "Reste à régler</dt>" in page


def book(who: Character, child_id: int, slot_id: int) -> None:
    wanted = {"child_id": child_id, "add": [slot_id], "remove": []}
    expected = preview_changes(who.actor, **wanted).digest  # type: ignore[arg-type]
    apply_changes(who.actor, **wanted, token="jeton-de-la-grille-1", expected=expected)  # type: ignore[arg-type]


def test_the_banner_names_the_family(denise: Character, alice: Character) -> None:
    denise.client.post(f"/agents/familles/{alice.household.pk}/agir/")
    page = denise.client.get("/ma-famille/").content.decode()
    assert "Vous agissez pour <b>la famille Moreau</b>" in page
