"""A small town for tests: two schools, four months of days around Tuesday 24 November 2026, all prices."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.apps import apps
from django.db import models, transaction

from espace.demo.town import Reference, build_reference
from espace.kernel.db import bulk_insert

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=ZoneInfo("Europe/Paris"))
TODAY = NOW.date()
SLOTS = (date(2026, 10, 1), date(2027, 2, 22))


@pytest.fixture
def frozen() -> Iterator[time_machine.Traveller]:
    """The day tests live in; `frozen.move_to(…)` changes it."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@dataclass
class Kept:
    """The town as first built in this process, with the rows of every table it filled."""

    reference: Reference
    rows: list[list[models.Model]]


_kept: list[Kept] = []


@pytest.fixture
def town(db: None, frozen: time_machine.Traveller) -> Reference:
    """The reference data: « tilleuls » (nursery) and « lavoir » (elementary), the centre and the gymnasium.

    Built once a process, then written again as it was: building takes half a second, and most tests want it.
    """
    if not _kept:
        before = {
            model: set(model._base_manager.values_list("pk", flat=True)) for model in filled_by_a_town()
        }
        reference = build_reference(TODAY, schools=2, slots=SLOTS)
        rows = [list(model._base_manager.exclude(pk__in=known)) for model, known in before.items()]
        _kept.append(Kept(deepcopy(reference), [r for r in rows if r]))
        return reference
    with transaction.atomic():
        for table in _kept[0].rows:
            bulk_insert(table)
    return deepcopy(_kept[0].reference)


def filled_by_a_town() -> list[type[models.Model]]:
    """Every table of ours, in the order in which they may refer to one another."""
    names = ("town", "accounts", "families", "activities", "pricing", "attendance", "audit", "notifications")
    return [model for name in names for model in apps.get_app_config(name).get_models()]
