"""One small world for tests that look at everything: the cast, a month at each stage, something in each queue.

Made once a file, in a transaction that is never committed; each test undoes what it did.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, TypeVar

import pytest
import time_machine
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.db import transaction
from django.db.models import Model
from django.test import Client

from espace.accounts.models import User
from espace.accounts.services import make_calendar_address
from espace.activities.enums import Action
from espace.activities.models import Slot
from espace.activities.queries import catalogue
from espace.activities.rules import Admission, Extension, ExtensionDraft
from espace.activities.services import publish_admission, set_deadlines
from espace.attendance.services import (
    close_month,
    extend_deadlines,
    lay_out_change,
    preview_absence,
    send_certificate,
)
from espace.billing.services import review_run
from espace.bookings.models import Reminder, Submission
from espace.bookings.queries import pattern_sheet_for, window_of
from espace.bookings.services import apply_changes, enrol, preview_changes, preview_pattern
from espace.demo.town import Reference, build_reference
from espace.families.models import FamilyKey
from espace.families.services import (
    ask_record_change,
    issue_key,
    record_protection,
    request_key,
    revoke_key,
    set_health_plan,
)
from espace.families.services import keys as keys_module
from espace.kernel import clock
from espace.kernel.actor import SYSTEM, Actor, Channel, Permission
from espace.kernel.crypto import unseal
from espace.notifications.models import OutboxMessage
from espace.notifications.services import enqueue
from espace.payments.enums import IntentState
from espace.payments.models import DebtorAccount, Payment, PaymentIntent
from espace.payments.services import check_intent, start_payment
from espace.portal.account.second_factor import SECRET
from tests.support import absences, bills, cast, family
from tests.support.bank import TestBank, open_bank
from tests.support.cast import PASSWORD, Character, make_account, make_agent, signed_in
from tests.support.events import close
from tests.support.pages import StrictClient
from tests.support.small_homes import moves, separate
from tests.support.small_queue import wait
from tests.support.town import NOW, SLOTS, TODAY
from tests.support.watching import digest

CANTEEN, EVENING = "restauration-scolaire", "accueil-du-soir"
WEDNESDAY, SPORT = "accueil-de-loisirs-du-mercredi", "vacances-sport"
DAY = date(2026, 12, 10)
Row = TypeVar("Row", bound=Model)


def made(fixture: Any, *arguments: Any) -> Any:
    """What a fixture of `tests/support` makes, called by hand: this world outlives one test."""
    return fixture._get_wrapped_function()(*arguments)


@dataclass(eq=False)
class World:
    """The people, each with a session that is copied for every walk, and the ids that addresses need."""

    town: Reference
    people: dict[str, Character]
    sessions: dict[str, Client] = field(default_factory=dict)
    ids: dict[str, Any] = field(default_factory=dict)
    digest: dict[str, tuple[int, str]] = field(default_factory=dict)

    def client(self, who: str, kind: type[Client] = Client, *, csrf: bool = False) -> Client:
        """A browser of that person, as it was when the world was made."""
        copy = kind(enforce_csrf_checks=csrf)
        known = self.sessions.get(who)
        if known is not None:
            for name, morsel in known.cookies.items():
                copy.cookies[name] = morsel.value
        return copy


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with (
        django_db_blocker.unblock(),
        time_machine.travel(NOW, tick=False),
        open_bank() as bank,
        transaction.atomic(),
    ):
        small = build(bank)
        small.digest = digest()
        yield small
        transaction.set_rollback(True)


def build(bank: TestBank) -> World:
    """About three seconds; the day is the tests' own."""
    town = build_reference(TODAY, schools=2, slots=SLOTS)
    alice: Character = made(cast.alice, town)
    bob, charlie = made(cast.bob, town, alice), made(cast.charlie, town)
    denise, remi = made(cast.denise, town), made(cast.remi, town)
    hana = make_agent("Hana", "Petit", tuple(Permission))
    people = {"alice": alice, "bob": bob, "charlie": charlie, "denise": denise, "remi": remi, "hana": hana}
    world = World(town, people, {name: one.client for name, one in people.items()})
    world.ids |= {"child": alice.children[0].pk, "household": alice.household.pk, "adult": alice.adult.pk}
    others = {"child": charlie.children[0].pk, "household": charlie.household.pk, "adult": charlie.adult.pk}
    others["user"] = charlie.user.pk
    world.ids |= {f"other_{name}": value for name, value in others.items()}
    world.ids |= separate(people)
    _bill(world, bank)
    _ask(world)
    _ask_elsewhere(world)
    _miss(world)
    _give_own_rule(world)
    world.ids |= wait(town, people)
    _agree(world)
    world.ids |= moves(town, people, world.ids)
    _knock(world)
    world.ids["calendar"] = make_calendar_address(alice.actor)
    Reminder.objects.create(
        household=alice.household, child=alice.children[0], period_id=world.ids["period"], kind="NO_BOOKING",
        falls_at=clock.now(), sent_at=clock.now(),
    )  # fmt: skip
    OutboxMessage.objects.all().delete()
    failed = enqueue(recipient="alice@exemple.fr", kind="test", subject="Non remis", body="…")
    OutboxMessage.objects.filter(pk=failed.pk).update(state="FAILED", last_error="550 5.1.1")
    world.ids["failed"] = failed.pk
    return world


def _bill(world: World, bank: TestBank) -> None:
    """October issued, with a payment refused and another one waiting; a month at each stage before it."""
    town, alice, charlie, remi = world.town, *(world.people[n] for n in ("alice", "charlie", "remi"))
    made(bills.consumed, town, alice)
    bills.book_days(town, charlie.children[0], CANTEEN, bills.october(1, 2))
    month = bills.bill(remi, office_id=town.office.pk)
    invoice, other = month.of(alice), month.of(charlie)
    account, _ = DebtorAccount.objects.get_or_create(debtor=invoice.debtor, cash_office=town.office)
    intent = PaymentIntent.objects.create(
        account=account, invoice=invoice, provider="demo", order_id="CMD-2026-TEST-0001", amount=invoice.total,
        state=IntentState.REFUSED, created_at=clock.now(),
    )  # fmt: skip
    paying = start_payment(charlie.actor, invoice_id=other.pk)
    bank.answer(paying, IntentState.PAID)
    _paid_in_august(world, bank)
    bills.book(charlie.children[0], _early(town, date(2026, 9, 28)))
    reviewed = bills.compute(remi, date(2026, 9, 1), office_id=town.office.pk)
    review_run(remi.actor, run_id=reviewed.pk)
    run = bills.compute(remi, date(2026, 7, 1), office_id=town.office.pk)
    close_month(remi.actor, cash_office_id=town.office.pk, month=date(2026, 6, 1))
    world.ids |= {
        "office": town.office.pk, "invoice": invoice.pk, "reference": invoice.reference, "order": intent.order_id,
        "issued_run": month.run.pk, "run": run.pk, "reviewed_run": reviewed.pk,
        "other_invoice": other.pk, "other_reference": other.reference, "other_order": paying.order_id,
        "bank_ref": paying.provider_ref,
    }  # fmt: skip


def _paid_in_august(world: World, bank: TestBank) -> None:
    """A bill that Alice paid, and one that Charlie paid."""
    town, remi = world.town, world.people["remi"]
    payers = {"receipt": world.people["alice"], "other_receipt": world.people["charlie"]}
    meal = _early(town, date(2026, 8, 31))
    for payer in payers.values():
        bills.book(payer.children[0], meal)
    month = bills.bill(remi, date(2026, 8, 1), office_id=town.office.pk)
    for name, payer in payers.items():
        intent = start_payment(payer.actor, invoice_id=month.of(payer).pk)
        bank.answer(intent, IntentState.PAID)
        check_intent(SYSTEM, order_id=intent.order_id)
        world.ids[name] = Payment.objects.get(intent=intent).receipt


def _early(town: Reference, day: date) -> Slot:
    """A meal on a day before the slots that tests are given."""
    return copied(town.slot(CANTEEN, date(2026, 10, 1)), date=day)


def _miss(world: World) -> None:
    """Three absences of Zoé: one that waits for a certificate, one whose certificate is to be read, one to sign; and what
    she would read before she announces or moves one."""
    town, alice = world.town, world.people["alice"]
    zoe = alice.children[0]
    absences.week(town, zoe, TODAY, date(2026, 11, 30))
    absences.week(town, zoe, date(2026, 11, 20))
    absences.week(town, zoe, date(2026, 11, 19), activity=absences.MORNING)
    (awaited,) = absences.announce(alice.actor, [zoe], TODAY, date(2026, 12, 1))
    (received,) = absences.announce(alice.actor, [zoe], date(2026, 11, 20), date(2026, 11, 21))
    (unsigned,) = absences.announce(alice.actor, [zoe], date(2026, 11, 19), date(2026, 11, 20))
    sent = send_certificate(alice.actor, declaration_id=received.pk, upload=absences.UPLOAD)
    plan = preview_absence(alice.actor, child_ids=[zoe.pk], start=date(2026, 12, 8), end=date(2026, 12, 11))
    change = lay_out_change(alice.actor, declaration_id=awaited.pk, end=date(2026, 12, 2))
    world.ids |= {
        "absence": awaited.pk, "received": received.pk, "unsigned": unsigned.pk, "document": sent.document_id,
        "canteen": town.activities[CANTEEN].pk, "absence_digest": plan.digest, "return_digest": change.digest,
    }  # fmt: skip


def copied(row: Row, **values: Any) -> Row:
    """The same row again, but for these columns."""
    return type(row)._default_manager.create(
        **{f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields if not f.primary_key}
        | values
    )


def _ask(world: World) -> None:
    """A booking, an enrolment to decide, a change, a request for a key and a key whose letter waits."""
    town, alice = world.town, world.people["alice"]
    child = alice.children[0].pk
    set_health_plan(SYSTEM, child=alice.children[0], packed_lunch=False, detail="Trousse dans la classe.")
    enrol(alice.actor, child_id=child, period_id=town.period(WEDNESDAY, DAY).pk)
    pending = enrol(alice.actor, child_id=child, period_id=town.period(SPORT, date(2026, 12, 22)).pk)
    meal = town.slot(CANTEEN, DAY).pk
    done = book(alice, meal, "jeton-0000000000000001")
    changes = ask_record_change(
        alice.actor, household_id=alice.household.pk, values={"street": "3, place du Marché"}
    )
    home: family.Home = made(family.home, town)
    (measure,) = record_protection(
        SYSTEM, protected_ids=[home.younger.pk], hidden_from_id=home.father.pk, evidence="Ordonnance"
    )
    maud = make_account("Maud", "Ferrand")
    zed = make_account("Zed", "Ferrand")
    request = request_key(
        Actor(zed.pk, str(zed), Channel.PORTAL), already_known=True, child_first_name="Maelys",
        child_last_name="Ferrand", child_birth_date=date(2018, 3, 4), message="",
    )  # fmt: skip
    revoked = issue_key(SYSTEM, household=home.household, adult=home.mother)
    revoke_key(SYSTEM, key_id=revoked.pk)
    key: FamilyKey = issue_key(SYSTEM, household=home.household, adult=home.mother)
    world.sessions |= {"maud": signed_in(maud)}
    world.ids |= {
        "pending": pending.pk, "submission": done.reference, "slot": meal, "free_slot": town.slot(CANTEEN, date(2026, 12, 11)).pk,
        "booking": done.bookings.get().pk, "changes": ",".join(str(c.pk) for c in changes), "request": request.pk,
        "key": key.pk, "typed_key": _written(key), "dead_key": _written(revoked), "home": home.household.pk,
        "mother": home.mother.pk, "father": home.father.pk, "period": town.period(CANTEEN, DAY).pk,
        "measure": measure.pk, "evening": town.period(EVENING, DAY).pk, "weekday": f"0-{town.formulas[CANTEEN, 'REPAS'].pk}",
    }  # fmt: skip


def _ask_elsewhere(world: World) -> None:
    """The same of another family: what exists, and is not Alice's; and a day closed for all."""
    town, charlie = world.town, world.people["charlie"]
    child = charlie.children[0].pk
    asked = enrol(charlie.actor, child_id=child, period_id=town.period(SPORT, date(2026, 12, 22)).pk)
    done = book(charlie, town.slot(CANTEEN, DAY).pk, "jeton-0000000000000009")
    changes = ask_record_change(
        charlie.actor, household_id=charlie.household.pk, values={"street": "8, rue du Four"}
    )
    world.ids |= {
        "other_enrolment": asked.pk, "other_submission": done.reference, "other_token": done.token,
        "other_booking": done.bookings.get().pk, "other_changes": ",".join(str(c.pk) for c in changes),
        "other_slot": town.slot(CANTEEN, DAY, venue="tilleuls").pk,
        "other_evening": town.slot(EVENING, DAY).pk,
        "other_period": town.period("vacances-loisirs", date(2026, 10, 20)).pk,
        "other_weekday": f"0-{town.formulas[EVENING, 'SOIR'].pk}",
    }  # fmt: skip
    lina = charlie.children[0]
    absences.week(town, lina, TODAY)
    absences.week(town, lina, TODAY, activity=absences.MORNING)
    (absence,) = absences.announce(charlie.actor, [lina], TODAY, date(2026, 12, 1))
    sent = send_certificate(charlie.actor, declaration_id=absence.pk, upload=absences.UPLOAD)
    world.ids |= {"other_absence": absence.pk, "other_document": sent.document_id}
    world.ids["event"] = close(world.people["denise"].actor, date(2026, 12, 17)).event_id


def _give_own_rule(world: World) -> None:
    """The canteen of this year has a rule of its own to cancel, the very same as the activity's; and its deadlines
    were extended once, when nobody had asked anything."""
    canteen, period = world.ids["canteen"], world.ids["period"]
    set_deadlines(
        world.people["denise"].actor, activity_id=canteen, period_id=period, action=Action.CANCEL,
        deadlines=catalogue().deadlines(canteen, period, Action.CANCEL), reason="Essai",
    )  # fmt: skip
    admission = publish_admission(
        world.people["denise"].actor,
        activity_id=world.town.activities[WEDNESDAY].pk,
        rule=Admission(min_age=2),
    )
    world.ids |= {
        "admission": admission.pk, "school": world.town.schools["lavoir"].pk, "centre": world.town.venues["centre"].pk,
    }  # fmt: skip
    down = clock.now() - timedelta(days=40)
    long_ago = Extension(down, down + timedelta(hours=2), down + timedelta(hours=4))
    extend_deadlines(world.people["denise"].actor, ExtensionDraft(canteen, long_ago, "Panne d’octobre"))


def book(who: Character, slot: int, token: str) -> Submission:
    child = who.children[0].pk
    recap = preview_changes(who.actor, child_id=child, add=[slot], remove=[])
    return apply_changes(who.actor, child_id=child, add=[slot], remove=[], token=token, expected=recap.digest)


def _written(key: FamilyKey) -> str:
    """The key as its letter would say it."""
    return unseal(keys_module.SEAL, bytes(key.sealed or b""))


def _agree(world: World) -> None:
    """What Alice would have read before she confirms: a month with a meal more, and a week with its Mondays."""
    alice, slot, added = world.people["alice"], world.ids["slot"], world.ids["free_slot"]
    recap = preview_changes(
        alice.actor, child_id=world.ids["child"], add=[added], remove=[], seen={slot: world.ids["booking"]},
        window=window_of(date(2026, 12, 1)),
    )  # fmt: skip
    week = week_of(world)
    world.ids |= {"month_digest": recap.digest, "week_digest": week["expected"]}


def week_of(world: World) -> dict[str, Any]:
    """A meal each Monday from 14 December, as `apply_pattern` wants it once it was shown."""
    alice = world.people["alice"]
    weekday, formula = map(int, world.ids["weekday"].split("-"))
    asked: dict[str, Any] = {
        "enrolment_ids": pattern_sheet_for(alice.actor, world.ids["child"]).enrolment_ids,
        "days": [(weekday, formula)],
        "from_day": date(2026, 12, 14),
    }
    return {**asked, "expected": preview_pattern(alice.actor, **asked).digest}


def _knock(world: World) -> None:
    """People half-way through a door: a sign-up, a new password, a second factor."""
    at_code, at_end = StrictClient(), StrictClient()
    with clock.as_of(clock.now() - timedelta(minutes=5)):  # another code may be asked for
        at_code.post("/creer-mon-espace/", {"email": "nouvelle@exemple.fr"})
        world.ids["sign_up_code"] = _digits()
    at_end.post("/creer-mon-espace/", {"email": "nouveau@exemple.fr"})
    at_end.post("/creer-mon-espace/code/", {"code": _digits()})
    at_end.post(
        "/creer-mon-espace/identite/",
        {"first_name": "Léa", "last_name": "Martin", "birth_date": "1990-02-28"},
    )
    address = {"street": "1, rue du Pré", "street_extra": "", "postcode": "99450", "city": "Clairval"}
    at_end.post("/creer-mon-espace/adresse/", address)
    at_end.post("/creer-mon-espace/contact/", {"phone": ""})
    pending = signed_in(world.people["alice"].user)
    pending.post("/mon-compte/adresse-e-mail/", {"email": "alice.neuve@exemple.fr", "current": PASSWORD})
    world.ids["new_email_code"] = _digits()
    eva = signed_in(make_agent("Eva", "Lenoir", (Permission.KEYS,)).user)
    eva.get("/agents/second-facteur/")
    world.ids["eva_code"] = totp(eva.session[SECRET])
    ivan: User = make_agent("Ivan", "Blanc", (Permission.KEYS,)).user
    secret = generate_totp_secret()
    TOTP.activate(ivan, secret)
    world.ids["ivan_code"] = totp(secret)
    stage = StrictClient()
    stage.post("/connexion/", {"login": ivan.username, "password": PASSWORD})
    acting = make_agent("Anne", "Vidal", cast.GUICHET).client
    acting.post(f"/agents/familles/{world.ids['household']}/agir/")
    StrictClient().post("/mot-de-passe-oublie/", {"typed": "bob"})
    body = OutboxMessage.objects.order_by("-id")[0].body
    link = re.search(r"/mot-de-passe-oublie/([\w.-]+)/", body)
    assert link, body
    world.ids["link"] = link[1]
    world.sessions |= {
        "at_code": at_code, "at_end": at_end, "pending": pending, "eva": eva, "ivan": signed_in(ivan),
        "stage": stage, "acting": acting,
    }  # fmt: skip


def totp(secret: str) -> str:
    """What the telephone shows now."""
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))


def _digits() -> str:
    found = re.search(
        r"\b(\d{3}) (\d{3})\b", OutboxMessage.objects.filter(lane="CODE").order_by("-id")[0].body
    )
    assert found
    return found[1] + found[2]
