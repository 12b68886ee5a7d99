"""What the database itself refuses, whoever writes: one line a constraint, and it is that one which answers.

Invariants of the model that are walls of the database are quoted by the tests at the end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import BaseConstraint, Model, UniqueConstraint

from espace.audit.services import seal_pending
from espace.bookings.services import apply_pattern
from espace.families.models import AuthorizedPickup, Organisation, Party, TariffStatus
from espace.kernel import clock
from espace.notifications.services import enqueue
from espace.payments.models import ProviderEvent
from tests.constraints.table import LINES, Line
from tests.support.small_world import World, week_of

pytestmark = pytest.mark.django_db
# What a form, or two people at once, could run into: each has the sentence that a person would read.
MET_BY_PEOPLE = {
    "accounts_username_once", "accounts_draft_five_tries", "families_member_once", "families_member_has_days",
    "families_guardian_once", "families_guardianship_has_days", "families_custody_one_open",
    "families_custody_has_days", "families_custody_holidays_between_two", "families_protection_has_days",
    "families_quotient_one_start", "families_quotient_one_open",
    "families_quotient_has_days", "families_tariff_status_has_days", "families_schooling_one",
    "families_schooling_has_days", "families_health_plan_has_days", "families_pickup_has_days",
    "families_key_one_live_per_adult", "families_key_request_one_open", "activities_pool_never_overbooked",
    "activities_slot_once", "activities_criterion_never_canteen", "activities_criterion_one_open",
    "activities_pool_list_never_too_long", "bookings_enrolment_one_start_a_period",
    "bookings_enrolment_has_days", "bookings_one_active_per_child_and_slot", "attendance_month_closed_once",
    "billing_one_live_run_a_month", "payments_one_live_intent_an_invoice",
}  # fmt: skip


def ours() -> Iterator[type[Model]]:
    for app in apps.get_app_configs():
        if app.name.startswith("espace."):
            yield from app.get_models()


NAMED: dict[str, tuple[type[Model], BaseConstraint]] = {
    constraint.name: (model, constraint) for model in ours() for constraint in model._meta.constraints
}
UNIQUE = {
    f"{model._meta.db_table}.{column.name}": column.column
    for model in ours()
    for column in model._meta.local_concrete_fields
    if column.unique and not column.primary_key
}


def test_the_table_has_every_constraint_of_every_model() -> None:
    assert set(LINES) == set(NAMED) | set(UNIQUE)
    assert [n for n, line in LINES.items() if n in NAMED and line.model is not NAMED[n][0]] == []


@pytest.fixture(scope="module")
def full(world: World, django_db_blocker: Any) -> World:
    """The small world with a row of what it lacks."""
    with django_db_blocker.unblock():
        alice, now, today = world.people["alice"], clock.now(), clock.today()
        apply_pattern(alice.actor, token="jeton-0000000000000011", **week_of(world))
        Party.objects.create(organisation=Organisation.objects.create(name="Aide sociale"))
        TariffStatus.objects.create(household=alice.household, category="RESIDENT", start=today)
        AuthorizedPickup.objects.create(
            child=alice.children[0], name="Mamie", relation="grand-mère", phone="", start=today
        )
        ProviderEvent.objects.create(provider="demo", event_key="EVT", received_at=now)
        enqueue(recipient="a@exemple.fr", kind="test", subject="Objet", body="Bonjour")
        seal_pending()
    return world


def broken(line: Line) -> Model:
    row: Any = line.model._default_manager.filter(line.of).order_by("-pk").first()
    assert row is not None, f"no {line.model.__name__} to copy"
    changes = {
        name: (value() if value is clock.now else value(row)) if callable(value) else value
        for name, value in line.changes.items()
    }
    columns = [
        f
        for f in row._meta.concrete_fields
        if not (f.primary_key and f.get_internal_type() == "BigAutoField")
    ]
    return line.model(**{f.attname: getattr(row, f.attname) for f in columns} | changes)


def refused(row: Model) -> IntegrityError:
    """Straight to the database: `save()` of the models may refuse before it."""
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        type(row)._base_manager.bulk_create([row])
    return caught.value


def accused(error: IntegrityError, name: str, model: type[Model]) -> bool:
    """Whether the database names this constraint. SQLite says which columns, where PostgreSQL says the index."""
    table = model._meta.db_table
    if connection.vendor == "postgresql":
        said = error.__cause__.diag.constraint_name  # type: ignore[union-attr]
        return bool(said == name if name in NAMED else said.startswith(f"{table}_{UNIQUE[name]}"))
    if name in UNIQUE:
        return str(error) == f"UNIQUE constraint failed: {table}.{UNIQUE[name]}"
    constraint = NAMED[name][1]
    if not isinstance(constraint, UniqueConstraint):
        return str(error) == f"CHECK constraint failed: {name}"
    if not constraint.fields:
        return str(error) == f"UNIQUE constraint failed: index '{name}'"
    columns = ", ".join(f"{table}.{model._meta.get_field(f).column}" for f in constraint.fields)  # type: ignore[union-attr]
    return str(error) == f"UNIQUE constraint failed: {columns}"


@pytest.mark.parametrize("name", LINES)
def test_the_constraint_refuses_and_is_named(name: str, full: World) -> None:
    line = LINES[name]
    error = refused(broken(line))
    assert accused(error, name, line.model), str(error)


@pytest.mark.parametrize("name", sorted(MET_BY_PEOPLE))
def test_who_runs_into_it_reads_a_french_sentence(name: str, full: World) -> None:
    with pytest.raises(ValidationError) as caught:
        NAMED[name][1].validate(NAMED[name][0], broken(LINES[name]))
    (sentence,) = caught.value.messages
    assert re.fullmatch(r"[A-Z][^%{}]*\.", sentence), sentence
    assert not sentence.startswith(("Constraint", "La contrainte"))


def test_each_sentence_is_read_by_someone() -> None:
    own = {n for n, (_, c) in NAMED.items() if c.violation_error_message != c.default_violation_error_message}
    assert own == MET_BY_PEOPLE


# The invariants, quoted --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["activities_slot_once", "activities_pool_never_overbooked"])
def test_i7_a_slot_is_stored_once_and_never_overbooked(name: str, full: World) -> None:
    """I7: slots unique by (activity, venue, date, formula, group); CHECK 0 <= taken <= capacity."""
    assert accused(refused(broken(LINES[name])), name, LINES[name].model)


def test_i9_one_active_booking_per_child_and_slot(full: World) -> None:
    """I9, and a cancelled one leaves the slot free to be booked again."""
    line = LINES["bookings_one_active_per_child_and_slot"]
    again: Any = broken(line)
    assert accused(refused(again), "bookings_one_active_per_child_and_slot", line.model)
    again.state, again.cancelled_at, again.cancel_timing = "CANCELLED", clock.now(), "IN_TIME"
    again.save()


@pytest.mark.parametrize("name", ["payments_paymentintent.order_id", "payments_event_once"])
def test_i30_an_order_and_an_event_are_stored_once(name: str, full: World) -> None:
    """I30: unique order_id and (provider, event_key)."""
    assert accused(refused(broken(LINES[name])), name, LINES[name].model)
