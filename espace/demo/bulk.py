"""Writes the plan at once, for a large town: the rows that `builder` would have made, without journal nor messages.

Every decision comes from the rules of the services (limits, prices, references); `tests/demo/test_builders.py`
compares the rows of both writers. Bookings leave in batches, so that memory does not grow with them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, models

from espace.activities.services import record_event
from espace.bookings.models import Booking
from espace.demo import events as told
from espace.demo.absences import miss
from espace.demo.accounts import AGENT, REGISSEUR
from espace.demo.builder import (
    GUICHET_GRANTS,
    REGIE_GRANTS,
    Made,
    Progress,
    actor_of,
    bill,
    hire,
    play,
)
from espace.demo.bulk_bookings import Ledger
from espace.demo.bulk_homes import Kin
from espace.demo.bulk_money import Till
from espace.demo.crowd import crowd
from espace.demo.happenings import draft_of
from espace.demo.mail import mail_is_gone
from espace.demo.plan import Plan
from espace.demo.store import Store
from espace.demo.town import Reference, build_reference, correct_calendar
from espace.kernel import clock
from espace.kernel.actor import Actor
from espace.kernel.db import write_transaction

OF_BOOKINGS = (told.Book, told.Declare, told.Decide)
OF_MONEY = (told.Bill, told.Pay)
OF_ABSENCES = (told.Miss,)


def build_in_bulk(plan: Plan, progress: Progress = lambda done, of: None) -> None:
    """Writes the town and its plan: families first, then bookings, bills and payments.

    In many transactions, for one of a million rows is slow everywhere: interrupted, start again from an empty
    database. `progress(done, of)` is called as events are written.
    """
    _settle_cache()
    town = build_reference(plan.today, schools=plan.schools, slots=(plan.start, plan.end), places=plan.places)
    with write_transaction(), clock.as_of(plan.events[0].at):
        agent, regie = hire(AGENT, GUICHET_GRANTS), hire(REGISSEUR, REGIE_GRANTS)
        correct_calendar(agent)
    kin = Kin(Store(), town, agent.user_id)
    for event in plan.events:
        if not isinstance(event, OF_BOOKINGS + OF_MONEY + OF_ABSENCES):
            kin.write(event)
    kin.store.flush()
    with write_transaction():
        declared = _declare(plan, town, agent)
    ledger = Ledger(kin, plan, agent, declared)
    with _without_indexes(Booking):
        _write_bookings(plan, ledger, progress)
    with write_transaction():
        _take(ledger)
    _miss(plan, kin)
    _write_money(plan, kin, Made(town, agent, regie))
    with write_transaction():
        crowd(plan, _known(plan, kin, agent, regie), play)
        mail_is_gone()
    progress(len(plan.events), len(plan.events))


def _known(plan: Plan, kin: Kin, agent: Actor, regie: Actor) -> Made:
    """What was written, as the services' writer knows it."""
    adults = {event.by for event in plan.queue}
    users = {kin.usernames[adult]: actor_of(kin.user_of(adult)) for adult in adults}
    return Made(kin.town, agent, regie, kin.households, kin.people, users, kin.usernames)


def _write_bookings(plan: Plan, ledger: Ledger, progress: Progress) -> None:
    store = ledger.store
    for number, event in enumerate(plan.events):
        if isinstance(event, told.Book):
            ledger.book(event)
            progress(number, len(plan.events))
            if store.is_full:
                store.flush()
    store.flush()
    for booking in ledger.ended:
        store.add(booking)
    store.flush()


def _write_money(plan: Plan, kin: Kin, made: Made) -> None:
    till = Till(kin)
    for event in plan.events:
        if isinstance(event, told.Bill):
            with clock.as_of(event.at):
                bill(made, event)
            till.learn(event.month)
        elif isinstance(event, told.Pay):
            till.pay(event)
    till.count()
    kin.store.flush()


def _settle_cache() -> None:
    """Room for the pages of one large transaction: SQLite walks all of them for each page more once it has to spill
    some, which made the second month a hundred times slower than the first."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA cache_size=-131072")
            cursor.execute("PRAGMA cache_spill=1000000")


@contextmanager
def _without_indexes(model: type[models.Model]) -> Iterator[None]:
    """Makes the indexes of a table once its rows are in: a sort each, instead of a search for every row."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(
                "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = %s AND sql IS NOT NULL",
                [table],
            )
        else:
            cursor.execute(
                "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s AND indexname NOT IN"
                " (SELECT conname FROM pg_constraint)",
                [table],
            )
        indexes = cursor.fetchall()
        with write_transaction():
            for name, _ in indexes:
                cursor.execute(f"DROP INDEX {connection.ops.quote_name(name)}")
    yield
    with write_transaction(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a table with checks to come refuses an index
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        for _, definition in indexes:
            cursor.execute(definition)
        cursor.execute("ANALYZE")  # what is asked next is planned by what the tables now hold


def _declare(plan: Plan, town: Reference, agent: Actor) -> dict[int, int]:
    """The collective events, before the bookings that refer to them: the key of each by `id` of its telling."""
    declared = {}
    for event in plan.events:
        if isinstance(event, told.Declare):
            with clock.as_of(event.at):
                declared[id(event)] = record_event(agent, draft_of(town, event))[0].pk
    return declared


def _miss(plan: Plan, kin: Kin) -> None:
    """Once places and bookings are all there: an absence gives places back."""
    for event in plan.events:
        if isinstance(event, told.Miss):
            with write_transaction():
                miss(event, actor=actor_of(kin.user_of(event.by)), child=kin.people[event.child])


def _take(ledger: Ledger) -> None:
    """The places held, counted while writing; a pool may not be over its capacity."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE activities_capacitypool SET taken = %s WHERE id = %s",
            [(number, pool) for pool, number in sorted(ledger.taken.items())],
        )
