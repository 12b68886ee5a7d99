"""The lock on a name, on the database under test."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from espace.kernel.db import write_transaction
from espace.kernel.locks import lock_name

pytestmark = pytest.mark.django_db(transaction=True)


def held_elsewhere(name: str, other: str) -> bool:
    """Whether a transaction that locks `other` waits while another thread holds `name`."""
    taken = threading.Event()

    def take() -> None:
        try:
            with write_transaction():
                lock_name(other)
                taken.set()
        finally:
            connection.close()

    thread = threading.Thread(target=take)
    with write_transaction():
        lock_name(name)
        thread.start()
        waited = not taken.wait(0.3)
    thread.join(10)
    assert taken.is_set()
    return waited


def test_a_name_is_held_until_the_transaction_ends() -> None:
    assert held_elsewhere("one", "one")


def test_another_name_does_not_wait() -> None:
    """On SQLite every writer waits for every other: the lock adds nothing."""
    assert held_elsewhere("one", "another") == (connection.vendor == "sqlite")


def test_outside_a_transaction_it_would_hold_nothing() -> None:
    with pytest.raises(RuntimeError):
        lock_name("one")
