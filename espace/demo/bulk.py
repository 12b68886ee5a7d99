"""Writes the plan at once, for a large town: the rows that `builder` would have made, without journal nor messages.

Every decision comes from the rules of the services (limits, prices, references); `tests/demo/test_builders.py`
compares the rows of both writers. Bookings leave in batches, so that memory does not grow with them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, models

from espace.activities.services import declare_closure
from espace.bookings.models import Booking
from espace.demo import events as told
from espace.demo.accounts import AGENT, REGISSEUR
from espace.demo.builder import (
    GUICHET_GRANTS,
    REGIE_GRANTS,
    Made,
    Progress,
    bill,
    fill_up,
    hire,
    mail_is_gone,
)
from espace.demo.bulk_bookings import Ledger
from espace.demo.bulk_homes import Kin
from espace.demo.bulk_money import Till
from espace.demo.plan import Plan
from espace.demo.store import Store
from espace.demo.town import build_reference
from espace.kernel import clock
from espace.kernel.calendar import ONE_DAY
from espace.kernel.db import write_transaction

OF_BOOKINGS = (told.Book, told.Close, told.Decide)
OF_MONEY = (told.Bill, told.Pay)


def build_in_bulk(plan: Plan, progress: Progress = lambda done, of: None) -> None:
    """Writes the town and its plan: families first, then bookings, bills and payments.

    In many transactions, for one of a million rows is slow everywhere: interrupted, start again from an empty
    database. `progress(done, of)` is called as events are written.
    """
    _settle_cache()
    town = build_reference(plan.today, schools=plan.schools, slots=(plan.start, plan.end), places=plan.places)
    with write_transaction(), clock.as_of(plan.events[0].at):
        agent, regie = hire(AGENT, GUICHET_GRANTS), hire(REGISSEUR, REGIE_GRANTS)
    kin = Kin(Store(), town, agent.user_id)
    for event in plan.events:
        if not isinstance(event, OF_BOOKINGS + OF_MONEY):
            kin.write(event)
    kin.store.flush()
    ledger = Ledger(kin, plan, agent)
    with _without_indexes(Booking):
        _write_bookings(plan, ledger, progress)
    with write_transaction():
        _close(plan, ledger)
        _take(ledger)
    _write_money(plan, kin, Made(town, agent, regie))
    with write_transaction():
        fill_up(plan, town)
        mail_is_gone()
    progress(len(plan.events), len(plan.events))


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


def _close(plan: Plan, ledger: Ledger) -> None:
    town = ledger.kin.town
    for event in plan.events:
        if isinstance(event, told.Close):
            with clock.as_of(event.at):
                declare_closure(
                    ledger.agent, activity_id=town.activities[event.activity].pk,
                    venue_id=town.venues[event.venue].pk, start=event.day, end=event.day + ONE_DAY,
                    reason=event.reason,
                )  # fmt: skip


def _take(ledger: Ledger) -> None:
    """The places held, counted while writing; a pool may not be over its capacity."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE activities_capacitypool SET taken = %s WHERE id = %s",
            [(number, pool) for pool, number in sorted(ledger.taken.items())],
        )
