"""Plays the plan through the services, each act at its own instant, so that the demonstration is what the town itself
would have made: journal, acknowledgements, lateness, numbers."""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.test.utils import override_settings

from espace.accounts.enums import SignUpStep
from espace.accounts.models import User
from espace.accounts.queries import grants_of
from espace.accounts.services import (
    Credentials,
    NewAgent,
    create_agent,
    finish_sign_up,
    save_answer,
    set_up_second_factor,
    start_sign_up,
    verify_code,
)
from espace.activities.models import Slot
from espace.attendance.services import close_month
from espace.billing.models import Invoice
from espace.billing.services import compute_run, issue_run, open_run, review_run
from espace.bookings import services as bookings
from espace.bookings.models import Booking, Enrolment
from espace.bookings.queries import Recap
from espace.demo import events as told
from espace.demo.absences import miss
from espace.demo.accounts import AGENT, PASSWORD, REGISSEUR, Account, totp_code
from espace.demo.crowd import crowd
from espace.demo.events import GUICHET
from espace.demo.happenings import draft_of
from espace.demo.mail import mail_is_gone
from espace.demo.plan import Plan
from espace.demo.town import Reference, build_reference, correct_calendar
from espace.families import services as families
from espace.families.enums import CustodyKind, HolidayRule, QuotientSource, TariffCategory
from espace.families.models import FamilyKey, Household, Person
from espace.families.rules import Custody, HolidaySharing
from espace.families.services.keys import SEAL
from espace.kernel import clock
from espace.kernel.actor import SYSTEM, VISITOR, Actor, Channel, Permission
from espace.kernel.crypto import unseal
from espace.kernel.db import read_only, write_transaction
from espace.kernel.money import Money
from espace.notifications.enums import Lane
from espace.notifications.models import OutboxMessage
from espace.payments.enums import IntentState
from espace.payments.providers.demo.bank import Bank, server
from espace.payments.queries import balances
from espace.payments.services import check_intent, start_payment

GUICHET_GRANTS = (
    Permission.FAMILIES_READ,
    Permission.FAMILIES_WRITE,
    Permission.FAMILIES_ACT,
    Permission.KEYS,
    Permission.ENROLMENTS,
    Permission.ACTIVITIES,
    Permission.HEALTH,
    Permission.PROTECTION,
)
REGIE_GRANTS = (
    Permission.FAMILIES_READ, Permission.MONTH_CLOSE, Permission.BILLING_COMPUTE, Permission.BILLING_ISSUE,
    Permission.PAYMENTS,
)  # fmt: skip
PAI = "Allergie à l’arachide : panier repas fourni par la famille."
AT_THE_COUNTER = "Demandé au guichet par la famille."
NO_REASON_LEFT = "Vérifié avec la famille, à reprendre le mois prochain."
Progress = Callable[[int, int], None]


@dataclass(eq=False)
class Made:
    """What was written so far, by the keys of the plan."""

    town: Reference
    agent: Actor = SYSTEM
    regie: Actor = SYSTEM
    households: dict[str, Household] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    users: dict[str, Actor] = field(default_factory=dict)  # by user name
    usernames: dict[str, str] = field(default_factory=dict)  # adult -> user name
    bank: Bank | None = None

    def actor(self, adult: str) -> Actor:
        return self.users[self.usernames[adult]]

    def slot_id(self, day: told.Day, venues: dict[int, int]) -> int:
        """The slot of a day; `venues` says where each activity takes this child."""
        slug, on, code = day
        formula = self.town.formulas[slug, code]
        slot = Slot.objects.get(date=on, formula=formula, venue_id=venues[formula.activity_id])
        return slot.pk

    def at_counter(self, household: str) -> Actor:
        a = self.agent
        return Actor(a.user_id, a.label, Channel.COUNTER, self.households[household].pk, a.grants)


def build(plan: Plan, progress: Progress = lambda done, of: None) -> Made:
    """Writes the town and plays its plan in one transaction: a town half loaded is no town.

    `progress(done, of)` is called after each event.
    """
    with write_transaction(), _bank() as bank:
        made = Made(
            build_reference(
                plan.today, schools=plan.schools, slots=(plan.start, plan.end), places=plan.places
            ),
            bank=bank,
        )
        with clock.as_of(plan.events[0].at):
            made.agent = hire(AGENT, GUICHET_GRANTS)
            made.regie = hire(REGISSEUR, REGIE_GRANTS)
            correct_calendar(made.agent)
        for number, event in enumerate(plan.events, start=1):
            with clock.as_of(event.at):
                play(made, event)
            progress(number, len(plan.events))
        crowd(plan, made, play)
        mail_is_gone()
    return made


def play(made: Made, event: told.Event) -> None:
    """One event, as of its instant."""
    match event:
        case told.OpenHousehold():
            _open(made, event)
        case told.AddChild():
            _add_child(made, event)
        case told.SignUp():
            _sign_up(made, event)
        case told.IssueKey():
            families.issue_key(
                made.agent, household=made.households[event.household], adult=made.people[event.adult]
            )
        case told.RedeemKey():
            families.redeem_key(made.actor(event.adult), typed=key_of(made.people[event.adult]))
        case told.Book():
            _book(made, event)
        case told.Decide():
            enrolment = Enrolment.objects.get(
                child=made.people[event.child], period=made.town.periods[event.activity, event.period]
            )
            bookings.decide_enrolment(made.agent, enrolment_id=enrolment.pk, accept=True)
        case told.Declare():
            bookings.declare_event(made.agent, draft=draft_of(made.town, event))
        case told.Miss():
            miss(event, actor=made.actor(event.by), child=made.people[event.child])
        case told.Bill():
            bill(made, event)
        case told.Pay():
            _pay(made, event)
        case told.AskChange():
            families.ask_record_change(
                made.actor(event.by), household_id=made.households[event.household].pk,
                values=dict(event.values), person_id=made.people[event.adult].pk if event.adult else None,
            )  # fmt: skip
        case told.Protect():
            families.record_protection(
                made.agent, protected_ids=[made.people[event.adult].pk],
                hidden_from_id=made.people[event.hidden_from].pk, evidence=event.evidence,
            )  # fmt: skip
        case told.RequestKey():
            families.request_key(
                made.users[event.username], already_known=event.already_known,
                child_first_name=event.child_first_name, child_last_name=event.child_last_name,
                child_birth_date=event.child_birth_date, message=event.message,
            )  # fmt: skip
        case _:
            raise TypeError(type(event).__name__)


def hire(account: Account, permissions: tuple[Permission, ...]) -> Actor:
    """An agent with their grants and their second factor, whose secret is the demonstration's."""
    names = (account.first_name, account.last_name)
    agent = NewAgent(account.username, account.password, *names, account.email)
    user = create_agent(SYSTEM, agent=agent, permissions=permissions)
    actor = actor_of(user)
    set_up_second_factor(actor, secret=account.totp_secret, code=totp_code(account.totp_secret))
    return actor


def actor_of(user: User) -> Actor:
    return Actor(user.pk, str(user), Channel.PORTAL, grants=grants_of(user))


def key_of(adult: Person) -> str:
    """The Clé Enfance of an adult, before its letter is made."""
    key = FamilyKey.objects.get(adult=adult, used_at__isnull=True, revoked_at__isnull=True)
    return unseal(SEAL, bytes(key.sealed or b""))


# Families -------------------------------------------------------------------------------------------------------


def _open(made: Made, event: told.OpenHousehold) -> None:
    opened = families.open_family(
        made.agent,
        name=event.name,
        street=event.street,
        street_extra=event.street_extra,
        postcode=event.postcode,
        city=event.city,
        adults=[
            families.AdultDraft(a.first_name, a.last_name, a.birth_date, a.email, a.phone)
            for a in event.adults
        ],
    )
    made.households[event.key] = opened.household
    for adult, person in zip(event.adults, opened.adults, strict=True):
        made.people[adult.key] = person
        made.usernames[adult.key] = adult.username
    if event.quotient is not None:
        families.set_quotient(
            made.agent,
            household=opened.household,
            amount=event.quotient,
            source=QuotientSource.CAF_NOTICE,
            reference_month=event.at.date().replace(day=1),
        )
    if not event.is_resident:
        families.set_category(made.agent, household=opened.household, category=TariffCategory.NON_RESIDENT)


def custody_of(event: told.AddChild, households: dict[str, Household]) -> Custody:
    """The rhythm of a child, as the rules write it."""
    owners = tuple(households[key].pk for key in event.homes)
    if event.cycle_start is None:
        return Custody(CustodyKind.SINGLE, owners)
    halves = HolidaySharing(HolidayRule.HALVES, *owners) if event.holidays else None
    return Custody(CustodyKind.CYCLE, owners, start=event.cycle_start, cycle_days=14, holidays=halves)


def _add_child(made: Made, event: told.AddChild) -> None:
    child = families.add_child(
        made.agent,
        household=made.households[event.homes[0]],
        first_name=event.first_name,
        last_name=event.last_name,
        birth_date=event.birth_date,
        custody=custody_of(event, made.households),
    )
    made.people[event.key] = child
    for schooling in event.schoolings:
        families.set_schooling(
            made.agent, child=child, school=made.town.schools[schooling.school],
            school_class=class_of(made.town, schooling), start=schooling.start,
        )  # fmt: skip
    if event.packed_lunch:
        families.set_health_plan(SYSTEM, child=child, packed_lunch=True, detail=PAI)


def class_of(town: Reference, schooling: told.Schooling):  # type: ignore[no-untyped-def]
    """The class, which only the current year has."""
    if schooling.start != town.year.start:
        return None
    return town.classes[schooling.school, schooling.grade]


# Accounts -------------------------------------------------------------------------------------------------------


def _sign_up(made: Made, event: told.SignUp) -> None:
    """The six steps, the code being read in the message that was sent."""
    adult = event.adult
    draft = start_sign_up(VISITOR, token="", email=adult.email, origin=f"demo:{adult.key}")
    sent = OutboxMessage.objects.filter(recipient=adult.email, lane=Lane.CODE).order_by("-id").first()
    code = re.search(r"\b(\d{3})\D?(\d{3})\b", sent.body if sent else "")
    assert code is not None, "no code was sent"
    verify_code(VISITOR, token=draft.token, typed=code[1] + code[2])
    for step, answer in answers_of(event).items():
        save_answer(VISITOR, token=draft.token, step=step, answer=answer)
    user = finish_sign_up(VISITOR, token=draft.token, credentials=Credentials(adult.username, PASSWORD))
    made.users[adult.username] = actor_of(user)
    made.usernames[adult.key] = adult.username


def answers_of(event: told.SignUp) -> dict[SignUpStep, dict[str, str]]:
    """What is typed at each step."""
    adult = event.adult
    return {
        SignUpStep.IDENTITY: {
            "first_name": adult.first_name,
            "last_name": adult.last_name,
            "birth_date": adult.birth_date.isoformat(),
        },
        SignUpStep.ADDRESS: {
            "street": event.street,
            "street_extra": event.street_extra,
            "postcode": event.postcode,
            "city": event.city,
        },
        SignUpStep.CONTACT: {"phone": adult.phone},
    }


# Bookings -------------------------------------------------------------------------------------------------------


def token_of(event: told.Book) -> str:
    """What makes a double submit of this form find its first answer."""
    return hashlib.sha256(f"{event.at}{event.child}".encode()).hexdigest()[:32]


def _book(made: Made, event: told.Book) -> None:
    actor = made.at_counter(event.household) if event.by == GUICHET else made.actor(event.by)
    child = made.people[event.child]
    reason = AT_THE_COUNTER if event.by == GUICHET else ""
    periods = {made.town.periods[key].pk: None for key in event.enrol}
    enrolments = bookings.enrol_in(actor, child_id=child.pk, choices=periods)
    token = token_of(event)
    if event.pattern:
        ids = [e.pk for e in enrolments]
        days = [(weekday, made.town.formulas[slug, code].pk) for slug, weekday, code in event.pattern]
        assert event.from_day is not None
        with read_only():  # as a page does, with what it keeps
            recap: Recap = bookings.preview_pattern(
                actor, enrolment_ids=ids, days=days, from_day=event.from_day
            )
        bookings.apply_pattern(
            actor, enrolment_ids=ids, days=days, from_day=event.from_day, token=token, expected=recap.digest,
            reason=reason,
        )  # fmt: skip
        return
    venue = {e.activity_id: e.venue_id for e in Enrolment.objects.filter(child=child).order_by("id")}
    add = [made.slot_id(day, venue) for day in event.add]
    remove = [
        Booking.objects.get(child=child, slot_id=made.slot_id(day, venue), cancelled_at=None).pk
        for day in event.remove
    ]
    asked: dict[str, Any] = {"child_id": child.pk, "add": add, "remove": remove, "stamped_at": event.stamped}
    with read_only():
        recap = bookings.preview_changes(actor, **asked)
    bookings.apply_changes(actor, **asked, token=token, expected=recap.digest, reason=reason, wait=event.wait)


# Money ----------------------------------------------------------------------------------------------------------


def bill(made: Made, event: told.Bill) -> None:
    """A month, by the régisseur."""
    office = made.town.office.pk
    close_month(made.regie, cash_office_id=office, month=event.month)
    run = open_run(made.regie, cash_office_id=office, month=event.month)
    run = compute_run(made.regie, run_id=run.pk)
    review_run(made.regie, run_id=run.pk, waived_reason=NO_REASON_LEFT)
    if Invoice.objects.filter(run=run).exists():
        issue_run(made.regie, run_id=run.pk)


@contextmanager
def _bank() -> Iterator[Bank]:
    """The demonstration bank, on a free port for as long as the plan is played; its own process knows the orders."""
    bank = Bank(settings.DATA_DIR / "banque.json")
    desk = server(0, bank)
    threading.Thread(target=desk.serve_forever, daemon=True).start()
    try:
        with override_settings(BANK_URL=f"http://127.0.0.1:{desk.server_address[1]}"):
            yield bank
    finally:
        desk.shutdown()
        desk.server_close()


def _pay(made: Made, event: told.Pay) -> None:
    household = made.households[event.household]
    invoice = Invoice.objects.filter(household=household, month=event.month).order_by("id").first()
    if invoice is None or balances([invoice.pk])[invoice.pk] <= Money.ZERO:
        return
    intent = start_payment(made.actor(event.adult), invoice_id=invoice.pk)
    assert made.bank is not None
    order = next(o for o in made.bank.orders.values() if o.order_id == intent.order_id)
    decision = IntentState.PAID if event.accepted else IntentState.REFUSED
    made.bank.decide(order, decision, late=False, times=0)
    check_intent(SYSTEM, order_id=intent.order_id)
