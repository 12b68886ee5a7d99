"""The write transaction, the bulk insert and the wall against writes in a GET, on the database under test."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.db import IntegrityError, connection, transaction

from espace.accounts.models import SignUpDraft
from espace.kernel.db import WriteInGet, bulk_insert, journaled_read, read_only, write_transaction
from espace.notifications.models import OutboxMessage
from espace.town.models import CalendarDay


def message(n: int) -> OutboxMessage:
    now = dt.datetime(2026, 11, 24, 9, tzinfo=dt.UTC)
    return OutboxMessage(
        recipient=f"parent{n}@exemple.fr",
        kind="essai",
        subject="L’été, c’est «\u00a0prêt\u00a0»",
        body="ligne 1\nligne 2\t\\fin",
        attachment=b"\x00\xff" if n % 2 else None,
        message_id=f"id-{n}",
        next_attempt_at=now,
        created_at=now,
    )


@pytest.mark.django_db
def test_bulk_insert_stores_what_save_would_store() -> None:
    bulk_insert([message(n) for n in range(1, 4)])
    message(4).save()
    rows = list(
        OutboxMessage.objects.order_by("id").values("subject", "body", "state", "created_at", "attempts")
    )
    assert len(rows) == 4
    assert all(row == rows[3] for row in rows)
    first = OutboxMessage.objects.get(message_id="id-1")
    assert bytes(first.attachment or b"") == b"\x00\xff"


@pytest.mark.django_db
def test_bulk_insert_stores_json_and_nothing() -> None:
    answers = {"prénom": "Zoé", "enfants": [1, None], "note": "l’«\u00a0été\u00a0»\t\\"}
    now = dt.datetime(2026, 11, 24, 9, tzinfo=dt.UTC)
    bulk_insert([SignUpDraft(token="t", answers=answers, created_at=now, updated_at=now)])
    draft = SignUpDraft.objects.get()
    assert (draft.answers, draft.code_sent_at) == (answers, None)


@pytest.mark.django_db
def test_bulk_insert_keeps_given_keys_and_the_next_one_follows() -> None:
    row = message(1)
    row.pk = 1000
    bulk_insert([row])
    later = message(2)
    later.save()
    assert later.pk is not None
    assert later.pk > 1000


@pytest.mark.django_db
def test_bulk_insert_is_all_or_nothing_and_constraints_hold() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        bulk_insert([message(1), message(2), message(1)])
    assert OutboxMessage.objects.count() == 0


@pytest.mark.django_db
def test_a_get_cannot_write_but_may_read() -> None:
    with read_only():
        assert CalendarDay.objects.count() == 0
        with pytest.raises(WriteInGet), transaction.atomic():
            CalendarDay.objects.create(date=dt.date(2026, 11, 24), kind="SCHOOL")
    assert CalendarDay.objects.count() == 0


@pytest.mark.django_db
def test_a_journaled_reading_may_leave_its_trace() -> None:
    with read_only(), journaled_read():
        CalendarDay.objects.create(date=dt.date(2026, 11, 24), kind="SCHOOL")
    assert CalendarDay.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_writers_queue_and_none_fails() -> None:
    """Twenty threads add to one row, each reading then writing: with the helper none is lost nor locked out."""
    day = CalendarDay.objects.create(date=dt.date(2026, 11, 24), kind="SCHOOL", label="0")
    errors: list[Exception] = []

    def add_one() -> None:
        try:
            with write_transaction():
                row = CalendarDay.objects.select_for_update().get(date=day.date)
                row.label = str(int(row.label) + 1)
                row.save()
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=add_one) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert errors == []
    assert CalendarDay.objects.get(date=day.date).label == "20"
