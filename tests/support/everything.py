"""One family to whom everything happens at once: what the pages of a quiet family never ask for."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from espace.activities.enums import EventEffect, EventScope
from espace.billing.models import Invoice
from espace.bookings.enums import BookingState
from espace.bookings.services import declare_event
from espace.demo.town import Reference
from espace.families.enums import CustodyKind, HolidayRule
from espace.families.models import CustodyArrangement, Person
from espace.families.services import record_protection
from espace.kernel.actor import SYSTEM
from espace.kernel.calendar import PARIS
from espace.payments.enums import IntentState
from espace.payments.models import DebtorAccount, PaymentIntent
from espace.town.enums import Grade
from tests.support.absences import CANTEEN, FRIDAY, MONDAY, THURSDAY, TUESDAY, WEDNESDAY, announce, week
from tests.support.bills import book
from tests.support.cast import Character, make_child
from tests.support.events import draft
from tests.support.town import NOW

FREE = date(2026, 12, 1)
OFFERED_UNTIL = datetime(2026, 11, 26, 10, tzinfo=PARIS)


def everything(town: Reference, alice: Character, bob: Character) -> list[Person]:
    """Alice's Zoé waits for two Wednesdays, of which one is offered, and is absent; her days are those of a picnic, a
    strike of her class and a closure of her school. Tom's holidays are divided with Bob. A third child is hidden from
    Alice, a fourth is enrolled in nothing."""
    zoe, tom = alice.children
    homes = {alice.household: alice.adult}
    hidden = make_child("Nina", "Moreau", date(2020, 3, 1), town, "lavoir", Grade.CP, homes)
    new = make_child("Ève", "Moreau", date(2020, 4, 1), town, "lavoir", Grade.CP, homes)
    week(town, zoe, TUESDAY, THURSDAY, FRIDAY, MONDAY, FREE, date(2026, 12, 3))
    week(town, tom, THURSDAY, MONDAY, date(2026, 12, 3), venue="tilleuls")
    divided_holidays(tom, alice, bob)
    wait(town, zoe)
    hold_events(town)
    announce(alice.actor, [zoe], TUESDAY, date(2026, 11, 28))
    record_protection(SYSTEM, protected_ids=[hidden.pk], hidden_from_id=alice.adult.pk, evidence="Ordonnance")
    return [zoe, tom, new]


def being_paid(invoice: Invoice) -> None:
    """The bank is asked whether this bill is paid."""
    account, _ = DebtorAccount.objects.get_or_create(debtor=invoice.debtor, cash_office=invoice.cash_office)
    PaymentIntent.objects.create(
        account=account, invoice=invoice, amount=invoice.total, state=IntentState.WAITING, order_id="EN-COURS",
        created_at=NOW - timedelta(minutes=2),
    )  # fmt: skip


def divided_holidays(child: Person, *homes: Character) -> None:
    here, there = (home.household for home in homes)
    CustodyArrangement.objects.filter(child=child, kind=CustodyKind.CYCLE).update(
        holiday_rule=HolidayRule.HALVES, holiday_first=here, holiday_second=there
    )


def wait(town: Reference, child: Person) -> None:
    """On the list of a Wednesday, and offered the place of another."""
    asked = book(child, town.slot(WEDNESDAY, date(2026, 11, 25), formula="JOURNEE"))
    asked.state = BookingState.WAITLISTED
    asked.save()
    offered = book(child, town.slot(WEDNESDAY, date(2026, 12, 9), formula="JOURNEE"))
    offered.state, offered.offer_expires_at = BookingState.OFFERED, OFFERED_UNTIL
    offered.save()


def hold_events(town: Reference) -> None:
    """A picnic of a class, a free absence of a school, a closure of the Wednesdays."""
    ce2, lavoir = town.classes["lavoir", Grade.CE2].pk, town.schools["lavoir"].pk
    canteen = town.slot(CANTEEN, THURSDAY).activity_id
    for one in (
        draft(EventEffect.PICNIC, MONDAY, scope=EventScope.CLASS, of=ce2),
        draft(EventEffect.FREE_ABSENCE, FREE, scope=EventScope.SCHOOL, of=lavoir),
        draft(EventEffect.CLOSED, date(2026, 12, 3), activity=canteen),
    ):
        declare_event(SYSTEM, draft=one)
