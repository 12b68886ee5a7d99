"""The world of the walk, made once a file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.db import transaction

if TYPE_CHECKING:
    from tests.bad_input.world import World


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Made once for the walk, in a transaction that is never committed; each sending is undone."""
    from tests.bad_input import world as worlds  # models: only once Django is set up
    from tests.support.bank import open_bank
    from tests.support.town import NOW

    with (
        django_db_blocker.unblock(),
        time_machine.travel(NOW, tick=False),
        open_bank() as bank,
        transaction.atomic(),
    ):
        made = worlds.build(bank)
        made.digest = worlds.digest()
        yield made
        transaction.set_rollback(True)
