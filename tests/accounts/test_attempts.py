"""The throttle that all workers share."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from espace.accounts import services
from espace.accounts.enums import AttemptKind
from espace.accounts.models import Attempt

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=ZoneInfo("Europe/Paris"))
QUARTER = timedelta(minutes=15)

pytestmark = pytest.mark.django_db


def test_the_fourth_try_of_three_is_refused_until_the_first_is_old() -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        for _ in range(3):
            assert services.count_attempt(AttemptKind.FAMILY_KEY, "user:1", limit=3, within=QUARTER)
            clock.shift(60)
        assert not services.count_attempt(AttemptKind.FAMILY_KEY, "user:1", limit=3, within=QUARTER)
        clock.shift(timedelta(minutes=12))
        assert services.count_attempt(AttemptKind.FAMILY_KEY, "user:1", limit=3, within=QUARTER)


def test_another_subject_and_another_kind_have_their_own_count() -> None:
    services.note_attempt(AttemptKind.FAMILY_KEY, "user:1")
    assert services.too_many_attempts(AttemptKind.FAMILY_KEY, "user:1", limit=1, within=QUARTER)
    assert not services.too_many_attempts(AttemptKind.FAMILY_KEY, "user:2", limit=1, within=QUARTER)
    assert not services.too_many_attempts(AttemptKind.SIGN_UP_CODE, "user:1", limit=1, within=QUARTER)


def test_success_starts_the_count_again() -> None:
    services.note_attempt(AttemptKind.FAMILY_KEY, "user:1")
    services.forget_attempts(AttemptKind.FAMILY_KEY, "user:1")
    assert not services.too_many_attempts(AttemptKind.FAMILY_KEY, "user:1", limit=1, within=QUARTER)


def test_the_subject_is_never_kept_in_clear() -> None:
    services.note_attempt(AttemptKind.FAMILY_KEY, "user:1")
    assert "user" not in Attempt.objects.get().subject
