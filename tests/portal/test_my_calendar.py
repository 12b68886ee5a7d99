"""« Mon agenda dans mon téléphone »: the page, the secret address, and what a telephone reads there."""

from __future__ import annotations

import json
import logging
import re
from datetime import date, timedelta
from html import unescape

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from icalendar import Calendar, Event

from config.logs import JsonFormatter
from espace.accounts.models import Attempt, CalendarAddress, User
from espace.accounts.services import make_calendar_address, revoke_calendar_address
from espace.activities.enums import EventEffect, EventKind
from espace.audit.models import AuditEvent
from espace.bookings.services import declare_event
from espace.demo.town import Reference
from espace.families.models import Guardianship, HealthPlan, HouseholdMember
from espace.families.services import set_health_plan
from espace.kernel.actor import SYSTEM
from espace.kernel.calendar import PARIS
from tests.support.absences import EVENING, announce, week
from tests.support.cast import Character, make_account, signed_in
from tests.support.events import draft
from tests.support.pages import StrictClient
from tests.support.statements import MOST
from tests.support.town import NOW

TUESDAY, THURSDAY, MONDAY = date(2026, 11, 24), date(2026, 12, 3), date(2026, 12, 7)
LATER = date(2026, 12, 17)


def address_of(client: StrictClient, **data: str) -> str:
    page = client.post("/mon-compte/agenda/adresse/", data or {"limites": "on"})
    assert page.status_code == 200
    found = re.search(r"/agenda/[A-Za-z0-9_-]{32}\.ics", page.content.decode())
    assert found
    return found[0]


def read(client: StrictClient, address: str) -> list[Event]:
    answer = client.get(address)
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    assert all(len(line) <= 75 for line in answer.content.split(b"\r\n"))
    return [e for e in Calendar.from_ical(answer.content).walk("VEVENT") if isinstance(e, Event)]


def titles(events: list[Event]) -> list[str]:
    return [plain(e["summary"]) for e in events if not str(e["uid"]).startswith("limite-")]


def plain(words: object) -> str:
    """A line of the calendar, whatever its spaces."""
    return str(words).replace("\u00a0", " ")


# The address ----------------------------------------------------------------------------------------------------


def test_the_address_is_shown_once_and_kept_as_a_hash(alice: Character, client: StrictClient) -> None:
    assert "Créer mon adresse" in unescape(alice.client.get("/mon-compte/agenda/").content.decode())
    address = address_of(alice.client)
    secret = address[8:-4]
    page = unescape(alice.client.get("/mon-compte/agenda/").content.decode())
    assert secret not in page
    assert "en service" in page
    row = CalendarAddress.objects.get()
    assert (len(row.key_hash), secret in str(vars(row))) == (64, False)
    assert secret not in json.dumps(list(AuditEvent.objects.values_list("action", "payload")))
    assert client.get(address).status_code == 200


def test_the_address_serves_in_no_shared_place(alice: Character, client: StrictClient) -> None:
    answer = client.get(address_of(alice.client))
    assert answer["Cache-Control"] == "private, no-cache"
    assert answer["X-Robots-Tag"] == "noindex, nofollow, noarchive"
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "espace_session" not in answer.cookies


def test_a_new_address_ends_the_one_before_and_revoking_ends_all(
    alice: Character, client: StrictClient
) -> None:
    first = address_of(alice.client)
    second = address_of(alice.client)
    assert [client.get(a).status_code for a in (first, second)] == [404, 200]
    assert alice.client.post("/mon-compte/agenda/supprimer/").status_code == 303
    assert client.get(second).status_code == 404
    assert alice.client.post("/mon-compte/agenda/supprimer/").status_code == 303
    acts = AuditEvent.objects.filter(action__contains="calendar_address").order_by("id")
    assert [a.action.rpartition(".")[2] for a in acts] == [
        "make_calendar_address",
        "make_calendar_address",
        "revoke_calendar_address",
    ]


@pytest.mark.parametrize("secret", ["a" * 32, "court", "a" * 31 + "é"])
def test_an_unknown_address_leads_nowhere(secret: str, client: StrictClient, town: Reference) -> None:
    assert client.get(f"/agenda/{secret}.ics").status_code == 404


def test_the_address_of_a_closed_account_leads_nowhere(alice: Character, client: StrictClient) -> None:
    address = address_of(alice.client)
    User.objects.filter(pk=alice.user.pk).update(is_active=False)
    assert client.get(address).status_code == 404


def test_an_address_read_too_often_waits(alice: Character, client: StrictClient) -> None:
    address = address_of(alice.client)
    assert {client.get(address).status_code for _ in range(30)} == {200}
    answer = client.get(address)
    assert (answer.status_code, answer["Retry-After"]) == (429, "3600")
    assert "Trop de lectures" in answer.content.decode()
    with time_machine.travel(NOW + timedelta(hours=2), tick=False):
        assert client.get(address).status_code == 200


def test_guesses_are_counted_without_the_address_they_tried(client: StrictClient, town: Reference) -> None:
    secret = "b" * 32
    statuses = [client.get(f"/agenda/{secret}.ics").status_code for _ in range(61)]
    assert (statuses[59], statuses[60]) == (404, 429)
    assert secret not in str(list(Attempt.objects.values()))


def test_no_log_holds_the_address(
    alice: Character, client: StrictClient, caplog: pytest.LogCaptureFixture
) -> None:
    address = address_of(alice.client)
    with caplog.at_level(logging.DEBUG):
        client.get(address)
        client.get(address.replace(address[8:12], "zzzz"))
    lines = [JsonFormatter().format(r) for r in caplog.records if not r.name.startswith("django.db")]
    assert any('"route": "calendar_feed"' in line for line in lines)
    assert [line for line in lines if "/agenda/" in line or address[12:-4] in line] == []


def test_an_agent_cannot_make_one_for_a_family(denise: Character, alice: Character) -> None:
    session = denise.client.session
    session["acting_for"] = alice.household.pk
    session.save()
    page = unescape(denise.client.get("/mon-compte/agenda/").content.decode())
    assert "un agent ne peut pas le faire à sa place" in page
    assert denise.client.post("/mon-compte/agenda/adresse/").status_code == 404
    assert not CalendarAddress.objects.exists()


def test_before_the_key_the_page_says_what_comes_first(town: Reference) -> None:
    page = signed_in(make_account("Léa", "Martin")).get("/mon-compte/agenda/")
    assert "Saisir ma Clé Enfance" in unescape(page.content.decode())


# What is read ---------------------------------------------------------------------------------------------------


def test_it_holds_the_days_booked_from_thirty_days_ago(
    alice: Character, client: StrictClient, town: Reference
) -> None:
    zoe = alice.children[0]
    week(town, zoe, date(2026, 10, 15), date(2026, 11, 5), LATER)
    week(town, zoe, LATER, activity=EVENING)
    events = read(client, address_of(alice.client))
    days = [e.decoded("dtstart").astimezone(PARIS) for e in events if "limite-" not in str(e["uid"])]
    assert [d.date() for d in days] == [date(2026, 11, 5), LATER, LATER]
    meal = next(e for e in events if e.decoded("dtstart").date() == date(2026, 11, 5))
    assert plain(meal["summary"]) == "Zoé : Repas (Restauration scolaire)"
    assert "lavoir" in str(meal["location"]).lower()
    assert (days[0].hour, days[0].minute) == (11, 30)


def test_the_hours_hold_over_the_change_of_hour(
    alice: Character, client: StrictClient, town: Reference
) -> None:
    days = (date(2026, 10, 15), date(2026, 11, 5))
    with time_machine.travel("2026-10-20 10:00+02:00", tick=False):
        week(town, alice.children[0], *days)
        events = read(client, address_of(alice.client))
    starts = [e.decoded("dtstart") for e in events if "limite-" not in str(e["uid"])]
    assert [s.astimezone(PARIS).hour for s in starts] == [11, 11]
    assert [s.hour for s in starts] == [9, 10]


def test_a_shared_child_s_days_are_each_home_s_own(
    alice: Character, bob: Character, client: StrictClient, town: Reference
) -> None:
    """Tom is at Alice's a week in two; each parent reads the days of their own home, never the other's."""
    tom = alice.children[1]
    days = [date(2026, 12, 1) + timedelta(days=n) for n in (0, 7, 14)]
    week(town, tom, *days, venue="tilleuls")
    seen = {}
    for who in (alice, bob):
        events = read(client, address_of(who.client))
        seen[who.user.username] = {
            e.decoded("dtstart").astimezone(PARIS).date() for e in events if "limite-" not in str(e["uid"])
        }
    assert seen["alice"]
    assert seen["bob"]
    assert seen["alice"] & seen["bob"] == set()
    assert seen["alice"] | seen["bob"] == set(days)


def test_who_left_the_home_reads_nothing(alice: Character, client: StrictClient, town: Reference) -> None:
    week(town, alice.children[0], LATER)
    address = address_of(alice.client)
    assert titles(read(client, address))
    HouseholdMember.objects.filter(person=alice.adult).update(end=TUESDAY)
    assert read(client, address) == []


def test_nor_does_who_answers_for_the_child_no_more(
    alice: Character, client: StrictClient, town: Reference
) -> None:
    week(town, alice.children[0], LATER)
    address = address_of(alice.client)
    Guardianship.objects.filter(child=alice.children[0]).update(end=TUESDAY)
    assert read(client, address) == []


def test_a_stranger_s_calendar_holds_nothing_of_them(
    alice: Character, charlie: Character, client: StrictClient, town: Reference
) -> None:
    week(town, alice.children[0], LATER)
    assert read(client, address_of(charlie.client)) == []


def test_nothing_of_health_nor_a_family_name(alice: Character, client: StrictClient, town: Reference) -> None:
    zoe = alice.children[0]
    set_health_plan(SYSTEM, child=zoe, packed_lunch=True, detail="Arachide")
    week(town, zoe, THURSDAY, LATER)
    week(town, zoe, date(2026, 11, 26))
    announce(alice.actor, [zoe], date(2026, 11, 26), date(2026, 11, 27))
    text = client.get(address_of(alice.client)).content.decode().replace("\r\n ", "")
    assert HealthPlan.objects.exists()
    for word in ("Arachide", "PAI", "panier", "Moreau", "ILLNESS", "malad", "€"):
        assert word not in text


def test_an_absence_is_told(alice: Character, client: StrictClient, town: Reference) -> None:
    """Today's place is kept, a later one is given back: both read as an absence."""
    zoe = alice.children[0]
    week(town, zoe, TUESDAY, date(2026, 11, 26))
    announce(alice.actor, [zoe], TUESDAY, date(2026, 11, 27))
    events = read(client, address_of(alice.client))
    assert titles(events) == ["Absence annoncée : Zoé, Repas (Restauration scolaire)"] * 2


def test_what_an_event_changes_is_told(
    alice: Character, denise: Character, client: StrictClient, town: Reference
) -> None:
    zoe = alice.children[0]
    booked = week(town, zoe, THURSDAY, MONDAY, LATER)
    address = address_of(alice.client)
    before = {str(e["uid"]) for e in read(client, address)}
    declare_event(denise.actor, draft=draft(EventEffect.CLOSED, THURSDAY, reason="Panne de chauffage"))
    declare_event(denise.actor, draft=draft(EventEffect.PICNIC, MONDAY, kind=EventKind.OUTING, reason="Zoo"))
    declare_event(denise.actor, draft=draft(EventEffect.FREE_ABSENCE, LATER))
    events = read(client, address)
    assert titles(events) == [
        "Annulé : Zoé, Repas (Restauration scolaire)",
        "Zoé : Repas (Restauration scolaire) – Sortie : pique-nique",
        "Zoé : Repas (Restauration scolaire) – Grève : annulation gratuite",
    ]
    closed = next(e for e in events if "Annulé" in str(e["summary"]))
    assert "Fermé : Panne de chauffage" in plain(closed["description"])
    assert str(closed["status"]) == "CONFIRMED"  # a day cancelled would vanish from the telephone
    keys = {f"reservation-{zoe.pk}-{b.slot_id}" for b in booked}
    assert {str(e["uid"]).partition("@")[0] for e in events} >= keys
    assert before >= {str(e["uid"]) for e in events if "reservation" in str(e["uid"])}


# The last moments -----------------------------------------------------------------------------------------------


def test_the_telephone_rings_the_evening_before_each_limit(
    alice: Character, client: StrictClient, town: Reference
) -> None:
    week(town, alice.children[0], LATER)
    events = read(client, address_of(alice.client))
    (limit,) = [e for e in events if str(e["uid"]).startswith("limite-")]
    assert plain(limit["summary"]) == "Dernier moment pour annuler sans frais : Zoé, jeu. 17 déc."
    assert "Zoé : Repas (Restauration scolaire), jeudi 17 décembre 2026" in plain(limit["description"])
    ends = limit.decoded("dtend").astimezone(PARIS)
    (alarm,) = limit.walk("VALARM")
    rings = (limit.decoded("dtstart") + alarm.decoded("trigger")).astimezone(PARIS)
    assert (rings.date(), rings.hour, rings.minute) == (ends.date() - timedelta(days=1), 18, 0)


def test_one_line_a_limit_whatever_the_children(
    alice: Character, client: StrictClient, town: Reference
) -> None:
    zoe, tom = alice.children
    week(town, zoe, LATER)
    week(town, tom, LATER, venue="tilleuls")
    events = read(client, address_of(alice.client))
    limits = [plain(e["summary"]) for e in events if str(e["uid"]).startswith("limite-")]
    assert limits == ["Dernier moment pour annuler sans frais : Zoé et Tom, jeu. 17 déc."]


def test_one_may_read_the_days_alone(alice: Character, client: StrictClient, town: Reference) -> None:
    week(town, alice.children[0], LATER)
    address = address_of(alice.client)
    assert len(read(client, address)) == 2
    assert alice.client.post("/mon-compte/agenda/limites/", {}).status_code == 303
    assert titles(read(client, address)) == ["Zoé : Repas (Restauration scolaire)"]
    assert len(read(client, address)) == 1


# How it is read again -------------------------------------------------------------------------------------------


def test_an_unchanged_calendar_is_not_sent_again(
    alice: Character, client: StrictClient, town: Reference
) -> None:
    zoe = alice.children[0]
    week(town, zoe, LATER)
    address = address_of(alice.client)
    first = client.get(address)
    again = client.get(address, headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    weak = client.get(address, headers={"if-none-match": f"W/{first['ETag']}"})
    assert weak.status_code == 304
    week(town, zoe, THURSDAY)
    assert client.get(address, headers={"if-none-match": first["ETag"]}).status_code == 200


def test_the_same_calendar_is_the_same_bytes_and_a_change_counts_up(
    alice: Character, client: StrictClient, town: Reference, frozen: time_machine.Traveller
) -> None:
    zoe = alice.children[0]
    week(town, zoe, date(2026, 11, 26))
    address = address_of(alice.client)
    before = read(client, address)
    frozen.shift(timedelta(hours=1))
    assert read(client, address) == before
    announce(alice.actor, [zoe], date(2026, 11, 26), date(2026, 11, 27))
    after = read(client, address)
    (booked,), (absent,) = ([e for e in read_ if "limite-" not in str(e["uid"])] for read_ in (before, after))
    assert absent["uid"] == booked["uid"]
    assert absent.decoded("sequence") > booked.decoded("sequence")


def test_a_year_of_days_asks_little(alice: Character, client: StrictClient, town: Reference) -> None:
    days = [date(2026, 12, 1) + timedelta(days=n) for n in range(17)]
    open_days = [d for d in days if d.weekday() in (0, 1, 3, 4)]
    for child, venue in zip(alice.children, ("lavoir", "tilleuls"), strict=True):
        week(town, child, *open_days, venue=venue)
    address = address_of(alice.client)
    with CaptureQueriesContext(connection) as asked:
        events = read(client, address)
    assert len(titles(events)) == 2 * len(open_days)
    assert len(asked) <= MOST, [q["sql"][:90] for q in asked]


def test_revoking_what_is_not_there_changes_nothing(alice: Character) -> None:
    make_calendar_address(alice.actor)
    revoke_calendar_address(alice.actor)
    count = AuditEvent.objects.count()
    revoke_calendar_address(alice.actor)
    assert AuditEvent.objects.count() == count
