"""One small world for the whole walk: the cast, a billed month, and something waiting in each queue."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.apps import apps
from django.db import connection
from django.test import Client

from espace.accounts.models import User
from espace.attendance.services import close_month
from espace.billing.models import BillingRun, Invoice
from espace.billing.services import compute_run, open_run
from espace.bookings.services import apply_changes, enrol, preview_changes
from espace.demo.town import Reference, build_reference
from espace.families.models import FamilyKey
from espace.families.services import (
    add_custody_exception,
    ask_record_change,
    issue_key,
    record_protection,
    request_key,
)
from espace.families.services import keys as keys_module
from espace.kernel import clock
from espace.kernel.actor import SYSTEM, Actor, Channel, Permission
from espace.kernel.crypto import unseal
from espace.notifications.models import OutboxMessage
from espace.payments.enums import IntentState
from espace.payments.models import DebtorAccount, PaymentIntent
from tests.support import bills, cast, family
from tests.support.cast import PASSWORD, Character, make_account, make_agent, signed_in
from tests.support.pages import StrictClient
from tests.support.town import SLOTS, TODAY

CANTEEN, WEDNESDAY, SPORT = "restauration-scolaire", "accueil-de-loisirs-du-mercredi", "vacances-sport"
DAY = date(2026, 12, 10)
# Tables that a refusal may write: sessions, rate limits and counted tries.
TRACES = {"django_session", "django_cache", "accounts_attempt"}
WRITES = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM|REPLACE INTO|COPY)\s+"?(\w+)"?', re.IGNORECASE)


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


def build() -> World:
    """About two seconds; the day is the tests' own."""
    town = build_reference(TODAY, schools=2, slots=SLOTS)
    alice: Character = made(cast.alice, town)
    bob, charlie = made(cast.bob, town, alice), made(cast.charlie, town)
    denise, remi = made(cast.denise, town), made(cast.remi, town)
    hana = make_agent("Hana", "Petit", tuple(Permission))
    people = {"alice": alice, "bob": bob, "charlie": charlie, "denise": denise, "remi": remi, "hana": hana}
    world = World(town, people, {name: one.client for name, one in people.items()})
    world.ids |= {"child": alice.children[0].pk, "household": alice.household.pk, "adult": alice.adult.pk}
    world.ids |= {"other_child": charlie.children[0].pk, "other_household": charlie.household.pk}
    _separate(world)
    _bill(world)
    _ask(world)
    _knock(world)
    OutboxMessage.objects.all().delete()
    return world


def _separate(world: World) -> None:
    """A child of two homes, with an exceptional week to come."""
    alice, bob = world.people["alice"], world.people["bob"]
    row = add_custody_exception(
        SYSTEM, child=alice.children[1], household_id=bob.household.pk, start=date(2027, 1, 4), end=date(2027, 1, 18),
        reason="Échange",
    )  # fmt: skip
    world.ids |= {
        "shared": alice.children[1].pk, "exception": row.pk, "other_number": bob.household.number,
        "other_home_of_shared": bob.household.pk, "other_adult": bob.adult.pk,
    }  # fmt: skip


def _bill(world: World) -> None:
    town, alice, remi = world.town, world.people["alice"], world.people["remi"]
    made(bills.consumed, town, alice)
    month = bills.bill(remi, office_id=town.office.pk)
    invoice: Invoice = month.of(alice)
    account, _ = DebtorAccount.objects.get_or_create(debtor=invoice.debtor, cash_office=town.office)
    intent = PaymentIntent.objects.create(
        account=account, invoice=invoice, provider="demo", order_id="CMD-2026-TEST-0001", amount=invoice.total,
        state=IntentState.REFUSED, created_at=clock.now(),
    )  # fmt: skip
    close_month(remi.actor, cash_office_id=town.office.pk, month=date(2026, 9, 1))
    run = open_run(remi.actor, cash_office_id=town.office.pk, month=date(2026, 9, 1))
    compute_run(remi.actor, run_id=run.pk)
    world.ids |= {
        "office": town.office.pk, "invoice": invoice.pk, "reference": invoice.reference, "order": intent.order_id,
        "issued_run": BillingRun.objects.get(month=date(2026, 10, 1)).pk, "run": run.pk,
    }  # fmt: skip


def _ask(world: World) -> None:
    """A booking, an enrolment to decide, a change, a request for a key and a key whose letter waits."""
    town, alice = world.town, world.people["alice"]
    child = alice.children[0].pk
    enrol(alice.actor, child_id=child, period_id=town.period(WEDNESDAY, DAY).pk)
    pending = enrol(alice.actor, child_id=child, period_id=town.period(SPORT, date(2026, 12, 22)).pk)
    meal = town.slot(CANTEEN, DAY).pk
    recap = preview_changes(alice.actor, child_id=child, add=[meal], remove=[])
    done = apply_changes(
        alice.actor,
        child_id=child,
        add=[meal],
        remove=[],
        token="jeton-0000000000000001",
        expected=recap.digest,
    )
    changes = ask_record_change(
        alice.actor, household_id=alice.household.pk, values={"street": "3, place du Marché"}
    )
    home: family.Home = made(family.home, town)
    (measure,) = record_protection(
        SYSTEM, protected_ids=[home.younger.pk], hidden_from_id=home.father.pk, evidence="Ordonnance"
    )
    world.ids |= {"measure": measure.pk}
    maud = make_account("Maud", "Ferrand")
    zed = make_account("Zed", "Ferrand")
    request = request_key(
        Actor(zed.pk, str(zed), Channel.PORTAL), already_known=True, child_first_name="Maelys",
        child_last_name="Ferrand", child_birth_date=date(2018, 3, 4), message="",
    )  # fmt: skip
    key: FamilyKey = issue_key(SYSTEM, household=home.household, adult=home.mother)
    world.sessions |= {"maud": signed_in(maud)}
    world.ids |= {
        "pending": pending.pk, "submission": done.reference, "slot": meal, "free_slot": town.slot(CANTEEN, date(2026, 12, 11)).pk,
        "booking": done.bookings.get().pk, "changes": ",".join(str(c.pk) for c in changes), "request": request.pk,
        "key": key.pk, "typed_key": unseal(keys_module.SEAL, bytes(key.sealed or b"")), "home": home.household.pk,
        "mother": home.mother.pk, "father": home.father.pk, "period": town.period(CANTEEN, DAY).pk,
        "morning": town.period("accueil-du-matin", DAY).pk, "sport": town.period(SPORT, date(2026, 12, 22)).pk,
        "weekday": f"0-{town.formulas[CANTEEN, 'REPAS'].pk}",
    }  # fmt: skip


def _knock(world: World) -> None:
    """People half-way through a door: a sign-up, a new password, a second factor."""
    at_code, at_end = StrictClient(), StrictClient()
    for client in (at_code, at_end):
        client.post("/creer-mon-espace/", {"email": f"nouveau{id(client)}@exemple.fr"})
    client.post("/creer-mon-espace/code/", {"code": _digits()})
    client.post(
        "/creer-mon-espace/identite/",
        {"first_name": "Léa", "last_name": "Martin", "birth_date": "1990-02-28"},
    )
    address = {"street": "3, rue du Pré", "street_extra": "", "postcode": "99450", "city": "Clairval"}
    client.post("/creer-mon-espace/adresse/", address)
    client.post("/creer-mon-espace/contact/", {"phone": "06 39 98 12 34"})
    pending = signed_in(world.people["alice"].user)
    pending.post("/mon-compte/adresse-e-mail/", {"email": "alice.neuve@exemple.fr", "current": PASSWORD})
    eva: User = make_agent("Eva", "Lenoir", (Permission.KEYS,)).user
    ivan: User = make_agent("Ivan", "Blanc", (Permission.KEYS,)).user
    TOTP.activate(ivan, generate_totp_secret())
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
        "at_code": at_code, "at_end": at_end, "pending": pending, "eva": signed_in(eva), "ivan": signed_in(ivan),
        "stage": stage, "acting": acting,
    }  # fmt: skip


def _digits() -> str:
    found = re.search(
        r"\b(\d{3}) (\d{3})\b", OutboxMessage.objects.filter(lane="CODE").order_by("-id")[0].body
    )
    assert found
    return found[1] + found[2]


def digest(tables: set[str] | None = None) -> dict[str, tuple[int, str]]:
    """Rows and their digest, table by table; all tables but the traces when none is named."""
    known = {m._meta.db_table: m for m in apps.get_models(include_auto_created=True)}
    found = {}
    with connection.cursor() as cursor:
        for table in sorted((set(known) if tables is None else tables & set(known)) - TRACES):
            cursor.execute(f'SELECT * FROM "{table}" ORDER BY 1')
            rows = cursor.fetchall()
            found[table] = (len(rows), hashlib.sha256(repr(rows).encode()).hexdigest())
    return found


@contextmanager
def writes() -> Iterator[set[str]]:
    """The tables that were written to, whether or not it was undone."""
    tables: set[str] = set()

    def watch(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        if written := WRITES.match(sql):
            tables.add(written[1])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield tables
