"""Both writers of the demonstration give the same town, and it adds up. Each writes it once for all these tests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.db import models, transaction

from espace.accounts.models import User
from espace.activities.models import CapacityPool
from espace.billing.models import BillingRun, Invoice
from espace.billing.queries import preuve
from espace.bookings.enums import HOLDING_A_PLACE, BookingState
from espace.bookings.models import Booking, Enrolment
from espace.bookings.queries.proof import preuve as prove_places
from espace.demo.builder import build
from espace.demo.bulk import build_in_bulk
from espace.demo.plan import Plan, make_plan
from espace.families.models import FamilyKey
from espace.kernel.money import Money
from espace.notifications.enums import MessageState
from espace.notifications.models import OutboxMessage
from espace.payments.queries import balances
from tests.support.town import NOW

APPS = ("accounts", "families", "activities", "bookings", "attendance", "documents", "billing", "payments")
# Drawn, or made of the database's own numbers: never the same twice.
ANY = {
    "families.familykey": {"key_hash", "sealed"},
    "families.healthplan": {"detail"},
    "families.protectionmeasure": {"evidence"},
    "families.household": {"number", "search_text"},
    "accounts.user": {"password", "last_login"},
    "bookings.submission": {"reference"},
    "payments.paymentintent": {"order_id", "provider_ref", "redirect_url"},
    "billing.charge": {"source_key"},
    "documents.document": {"file_id", "name", "depositor_id", "subject_id"},
    "documents.documentuse": {"subject_id"},
    "attendance.absencedeclaration": {"document_id"},
}
# Kept by the throttle and by sign-up for some days only.
LEFT_OUT = {"accounts.attempt", "accounts.signupdraft"}
WITHOUT_NUMBERS = {"owners", "summary", "snapshot", "anomalies"}
# Marked so that a database is made for these tests; the fixtures write it themselves, once.
pytestmark = pytest.mark.django_db
Contents = dict[str, Counter[str]]


@dataclass(frozen=True)
class Seen:
    """What was seen of a town before it was undone."""

    contents: Contents
    wrong_pools: list[tuple[int, int, int]]
    problems: list[str]
    left: list[Money]
    keys: list[FamilyKey]
    waiting_mail: int
    pending: int
    runs: set[str]
    queues: list[str]
    offers: list[tuple[str, bool]]


class Undone(Exception):
    """Gives the database back as it was."""


@pytest.fixture(scope="module")
def plan() -> Plan:
    return make_plan(NOW.date(), 40)


@pytest.fixture(scope="module")
def by_services(plan: Plan, django_db_setup: None, django_db_blocker: Any) -> Seen:
    with django_db_blocker.unblock():
        return written(build, plan)


@pytest.fixture(scope="module")
def in_bulk(plan: Plan, django_db_setup: None, django_db_blocker: Any) -> Seen:
    with django_db_blocker.unblock():
        return written(build_in_bulk, plan)


@pytest.fixture(params=["by_services", "in_bulk"])
def either(request: pytest.FixtureRequest) -> Seen:
    found: Seen = request.getfixturevalue(request.param)
    return found


def written(write: Callable[[Plan], object], plan: Plan) -> Seen:
    """What is seen of the town that `write` makes; then nothing of it remains."""
    found: Seen | None = None
    try:
        with time_machine.travel(NOW, tick=False), transaction.atomic():
            write(plan)
            found = look()
            raise Undone
    except Undone:
        pass
    assert found is not None
    return found


def look() -> Seen:
    held = Counter(
        Booking.objects.filter(state__in=HOLDING_A_PLACE).order_by("id").values_list("slot__pool", flat=True)
    )
    pools = CapacityPool.objects.order_by("id").values_list("id", "taken")
    return Seen(
        contents(),
        [(pool, taken, held[pool]) for pool, taken in pools if taken != held[pool]],
        preuve(),
        list(balances(list(Invoice.objects.order_by("id").values_list("id", flat=True))).values()),
        list(FamilyKey.objects.filter(used_at=None).select_related("adult").order_by("id")),
        OutboxMessage.objects.filter(state=MessageState.PENDING).count(),
        Enrolment.objects.filter(state="PENDING").count(),
        set(BillingRun.objects.order_by("id").values_list("state", flat=True)),
        prove_places(),
        [
            (row.child.first_name, row.offer_expires_at is not None and row.offer_expires_at > NOW)
            for row in Booking.objects.filter(state=BookingState.OFFERED)
            .select_related("child")
            .order_by("id")
        ],
    )


def contents() -> Contents:
    """Every row of every table by what it says: a key to another row is replaced by what that row says."""
    rows: dict[tuple[type[models.Model], Any], models.Model] = {}
    tables = [
        model
        for app in APPS
        for model in apps.get_app_config(app).get_models()
        if model._meta.label_lower not in LEFT_OUT
    ]
    town = list(apps.get_app_config("town").get_models())
    for model in [*tables, *town]:
        rows |= {(model, row.pk): row for row in model._default_manager.order_by("pk")}
    names = dict(User.objects.order_by("id").values_list("id", "username"))
    said: dict[tuple[type[models.Model], Any], str] = {}

    def told(model: type[models.Model], pk: Any) -> str:
        if pk is None:
            return ""
        if (model, pk) not in said:
            row, label = rows[model, pk], model._meta.label_lower
            fields = [f for f in model._meta.concrete_fields if not f.primary_key]
            said[model, pk] = "\n".join(f"{f.name}={value(label, row, f)}" for f in fields)
        return said[model, pk]

    def value(label: str, row: models.Model, field: Any) -> str:
        if field.name in ANY.get(label, ()):
            return ""
        content = getattr(row, field.attname)
        if field.is_relation:
            return "" if content is None else f"<{hash(told(field.related_model, content))}>"
        if field.name in ("user_id", "declared_by", "recorded_by"):
            return names.get(content, "")
        return repr(without_numbers(content)) if field.name in WITHOUT_NUMBERS else repr(content)

    return {
        model._meta.label_lower: Counter(told(model, pk) for of, pk in rows if of is model)
        for model in tables
    }


def without_numbers(content: Any) -> Any:
    """Plain JSON without what holds a primary key."""
    if isinstance(content, dict):
        return {k: without_numbers(v) for k, v in content.items() if k not in ("key", "number", "household")}
    if isinstance(content, list):
        return [without_numbers(v) for v in content if not isinstance(v, int)]
    return content


def test_both_writers_make_the_same_town(by_services: Seen, in_bulk: Seen) -> None:
    for table, rows in by_services.contents.items():
        others = in_bulk.contents[table]
        missing, unexpected = list((rows - others).elements()), list((others - rows).elements())
        differ = f"{table}: {len(missing)} rows differ, such as\n{missing[:1]}\n{unexpected[:1]}"
        assert (missing, unexpected) == ([], []), differ
    assert sum(rows.total() for rows in by_services.contents.values()) > 5000


def test_one_absence_awaits_its_proof_and_one_was_accepted(either: Seen) -> None:
    rows = either.contents["attendance.absencedeclaration"]
    states = sorted(line for row in rows for line in row.splitlines() if line.startswith("proof_state="))
    assert states == ["proof_state='ACCEPTED'", "proof_state='AWAITED'"]


def test_places_held_are_places_taken(either: Seen) -> None:
    assert either.wrong_pools == []  # I10


def test_what_was_billed_proves_itself(either: Seen) -> None:
    assert either.problems == []
    assert either.runs == {"ISSUED"}


def test_some_bills_are_paid_and_some_are_not(either: Seen) -> None:
    assert Money.ZERO in either.left
    assert any(left > Money.ZERO for left in either.left)
    assert all(left >= Money.ZERO for left in either.left)


def test_the_newcomer_has_a_key_to_type(either: Seen) -> None:
    key, other = either.keys
    assert key.adult.email == "nadia.belkacem@exemple.fr"
    assert other.adult.user_id is None, "for who creates an account first, as the README tells"
    for one in (key, other):
        assert one.sealed
        assert one.expires_at > NOW
        assert one.created_at.date() == date(2026, 11, 21)


def test_the_guichet_has_something_to_decide_and_nothing_left_to_post(either: Seen) -> None:
    assert either.pending
    assert either.waiting_mail == 0


def test_the_shown_family_has_a_place_to_take_and_waits_for_another(either: Seen) -> None:
    assert either.offers == [("Léo", True)]
    assert either.queues == []
    waiting = [row for row in either.contents["bookings.booking"].elements() if "WAITLISTED" in row]
    assert len(waiting) == 5
    assert sum("priority=10" in row for row in waiting) == 1
