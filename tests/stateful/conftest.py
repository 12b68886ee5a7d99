"""The town of the machine, for each file of this folder."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.db import transaction

if TYPE_CHECKING:
    from tests.stateful.machine import Stage


@pytest.fixture(scope="module")
def lived(django_db_setup: None, django_db_blocker: Any) -> Iterator[Stage]:
    """The small town, in a transaction that is never kept; each life undoes its own."""
    # Only now: what is imported with this file is so before Django is set up.
    from tests.stateful.amid import listening
    from tests.stateful.machine import START, Stage, stage
    from tests.stateful.small_town import build_small_town

    with (
        django_db_blocker.unblock(),
        time_machine.travel(START, tick=False) as traveller,
        listening() as amid,
        transaction.atomic(),
    ):
        stage.append(Stage(build_small_town(), traveller, amid))
        yield stage[-1]
        stage.pop()
        transaction.set_rollback(True)
