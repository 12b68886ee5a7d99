"""Reminders: who is written to, once, and what the message says."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from espace.accounts.models import User
from espace.accounts.services import choose_reminders
from espace.activities.enums import Action
from espace.activities.models import Period
from espace.activities.queries import catalogue
from espace.audit.models import AuditEvent
from espace.bookings.models import Enrolment, Reminder
from espace.bookings.queries.limits import Dated, Limits
from espace.bookings.queries.proof import preuve
from espace.bookings.services import enrol, send_reminders
from espace.demo.town import Reference
from espace.families.models import HouseholdMember, Person
from espace.kernel import clock
from espace.kernel.calendar import PARIS
from espace.notifications.models import OutboxMessage
from tests.support.absences import week
from tests.support.cast import Character
from tests.support.town import NOW

CANTEEN, SPORT, LEISURE = "restauration-scolaire", "vacances-sport", "vacances-loisirs"
CHRISTMAS, WINTER = date(2026, 12, 22), date(2027, 2, 10)


def enrolled(
    who: Character, child: Person, town: Reference, activity: str = CANTEEN, day: date = date(2026, 12, 10)
) -> Enrolment:
    """Enrolled yesterday: settled."""
    with clock.as_of(NOW - timedelta(days=1)):
        row = enrol(who.actor, child_id=child.pk, period_id=town.period(activity, day).pk)
    OutboxMessage.objects.all().delete()
    return row


def messages() -> list[OutboxMessage]:
    return list(OutboxMessage.objects.filter(kind="bookings.reminder").order_by("id"))


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def test_an_enrolment_without_a_day_is_reminded_of_three_days_before(
    alice: Character, town: Reference
) -> None:
    enrolled(alice, alice.children[0], town)
    assert send_reminders() == 1
    (message,) = messages()
    assert message.recipient == alice.user.email
    assert message.household_id == alice.household.pk
    assert plain(message.subject) == "Jusqu’à jeudi 23 h 59 pour réserver"
    body = plain(message.body)
    assert "Bonjour Alice," in body
    assert "Jusqu’au jeudi 26 novembre 2026 à 23 h 59 :" in body
    assert "- Inscription de Zoé à « Restauration scolaire » : aucun jour n’est réservé." in body
    assert "/reserver/" in body
    assert "/mon-compte/" in body


def test_one_message_a_household_whatever_the_children(alice: Character, town: Reference) -> None:
    for child in alice.children:
        enrolled(alice, child, town)
    enrolled(alice, alice.children[0], town, "accueil-du-soir")
    assert send_reminders() == 1
    (message,) = messages()
    assert message.body.count("aucun jour n’est réservé") == 3
    assert Reminder.objects.count() == 3


def test_it_is_said_once(alice: Character, town: Reference, frozen: time_machine.Traveller) -> None:
    """The next evening has a limit too: a family is not written to each day. Four weeks later, once again."""
    enrolled(alice, alice.children[0], town)
    assert [send_reminders(), send_reminders()] == [1, 0]
    frozen.shift(timedelta(days=1))
    assert send_reminders() == 0
    frozen.shift(timedelta(days=27))
    assert send_reminders() == 1
    assert len(messages()) == 2


@pytest.mark.parametrize("hour", [0, 5, 7, 20, 23])
def test_nobody_is_written_to_at_night(
    hour: int, alice: Character, town: Reference, frozen: time_machine.Traveller
) -> None:
    enrolled(alice, alice.children[0], town)
    frozen.move_to(NOW.replace(hour=hour))
    assert send_reminders() == 0
    assert not Reminder.objects.exists()
    frozen.move_to(datetime(2026, 11, 25, 8, 0, tzinfo=PARIS))
    assert send_reminders() == 1


def test_a_child_who_comes_some_days_is_left_in_peace(alice: Character, town: Reference) -> None:
    zoe = alice.children[0]
    row = enrolled(alice, zoe, town)
    (booking,) = week(town, zoe, date(2026, 12, 17))
    booking.enrolment = row
    booking.save()
    assert send_reminders() == 0


def test_an_enrolment_of_today_is_left_time(alice: Character, town: Reference) -> None:
    enrol(alice.actor, child_id=alice.children[0].pk, period_id=town.period(CANTEEN, date(2026, 12, 10)).pk)
    assert send_reminders() == 0


def test_who_turned_reminders_off_is_not_written_to(alice: Character, town: Reference) -> None:
    enrolled(alice, alice.children[0], town)
    choose_reminders(alice.actor, wanted=False)
    assert send_reminders() == 0
    choose_reminders(alice.actor, wanted=True)
    assert send_reminders() == 1


def test_a_household_without_an_account_s_address_is_not_written_to(
    alice: Character, town: Reference
) -> None:
    """An address on file is not enough: nobody there chose to be written to."""
    enrolled(alice, alice.children[0], town)
    User.objects.filter(pk=alice.user.pk).update(email="")
    assert alice.adult.email
    assert send_reminders() == 0
    assert not Reminder.objects.exists()


def test_nor_is_who_left_the_home(alice: Character, town: Reference) -> None:
    enrolled(alice, alice.children[0], town)
    HouseholdMember.objects.filter(person=alice.adult).update(end=NOW.date())
    assert send_reminders() == 0


def test_each_home_of_a_shared_child_is_told_of_its_own_days(
    alice: Character, bob: Character, town: Reference, frozen: time_machine.Traveller
) -> None:
    """Friday 11 December is Alice’s or Bob’s, never both: the limit of that day concerns one of them."""
    enrolled(alice, alice.children[1], town)
    told = []
    for _day in range(7):
        send_reminders()
        told.append({m.household_id for m in messages()})
        frozen.shift(timedelta(days=1))
    assert len(told[0]) == 1
    assert told[-1] == {alice.household.pk, bob.household.pk}
    assert len(messages()) == 2


def test_it_is_in_the_journal_without_a_name(alice: Character, town: Reference) -> None:
    row = enrolled(alice, alice.children[0], town)
    send_reminders()
    event = AuditEvent.objects.get(action="bookings.remind")
    assert event.household_id == alice.household.pk
    assert event.payload is not None
    assert event.payload["reminders"][0][:3] == [row.child_id, row.period_id, "NO_BOOKING"]
    assert "Zoé" not in str(event.payload)


def test_the_nightly_proof_says_a_reminder_sent_at_night(alice: Character, town: Reference) -> None:
    enrolled(alice, alice.children[0], town)
    send_reminders()
    assert preuve() == []
    row = Reminder.objects.get()
    Reminder.objects.update(sent_at=NOW.replace(hour=3))
    assert preuve() == [f"Le rappel {row.pk} est parti la nuit."]


# Holidays ---------------------------------------------------------------------------------------------------------


def came(who: Character, child: Person, town: Reference, activity: str = LEISURE) -> None:
    """Came last autumn, and is enrolled in nothing now."""
    period = town.period(activity, date(2026, 10, 20))
    Enrolment.objects.create(
        child=child, activity=period.activity, period=period, venue=town.venues["centre"], state="ACCEPTED",
        requested_at=NOW - timedelta(days=60), start=period.start, end=period.end,
    )  # fmt: skip


def test_holidays_that_open_are_told_to_who_came(
    alice: Character, charlie: Character, town: Reference, frozen: time_machine.Traveller
) -> None:
    came(alice, alice.children[0], town)
    period = town.period(LEISURE, WINTER)
    frozen.move_to((period.opens_at - timedelta(days=3)).astimezone(PARIS).replace(hour=9, minute=0))
    assert send_reminders() == 1
    (message,) = messages()
    assert message.household_id == alice.household.pk
    assert plain(message.subject).startswith("Les réservations ouvrent lundi à ")
    assert f"{period.label} (Zoé)" in plain(message.body)
    assert send_reminders() == 0


def test_holidays_that_close_are_told_to_who_came_and_is_not_enrolled(
    alice: Character, charlie: Character, town: Reference, frozen: time_machine.Traveller
) -> None:
    came(alice, alice.children[0], town)
    came(charlie, charlie.children[0], town)
    period = town.period(LEISURE, CHRISTMAS)
    enrol(charlie.actor, child_id=charlie.children[0].pk, period_id=period.pk)
    OutboxMessage.objects.all().delete()
    limit = closing_of(period)
    frozen.move_to((limit - timedelta(days=3)).replace(hour=9, minute=0))
    send_reminders()
    bodies = {m.household_id: plain(m.body) for m in messages()}
    assert f"{period.label} : inscrire Zoé et réserver sans majoration" in bodies[alice.household.pk]
    assert "inscrire" not in bodies.get(charlie.household.pk, "")


def closing_of(period: Period) -> datetime:
    today = clock.today()
    limits = Limits(catalogue(), clock.now(), today, period.end)
    first = date(2026, 12, 21)
    found = limits.in_time_until(Dated(period.activity_id, period.pk, first), Action.BOOK)
    assert found is not None
    return found.astimezone(PARIS)


def test_a_child_who_is_too_old_is_not_told(
    alice: Character, town: Reference, frozen: time_machine.Traveller
) -> None:
    zoe = alice.children[0]
    came(alice, zoe, town)
    Person.objects.filter(pk=zoe.pk).update(birth_date=date(2008, 1, 1))
    period = town.period(LEISURE, WINTER)
    frozen.move_to((period.opens_at - timedelta(days=3)).astimezone(PARIS).replace(hour=9, minute=0))
    assert send_reminders() == 0


# Cost -------------------------------------------------------------------------------------------------------------


def test_a_round_without_anything_to_say_asks_little(alice: Character, town: Reference) -> None:
    enrolled(alice, alice.children[0], town)
    send_reminders()
    with CaptureQueriesContext(connection) as asked:
        assert send_reminders() == 0
    assert len(asked) <= 12, [q["sql"][:80] for q in asked]
