"""Two people at once: one user name, one account a draft, one count for all workers."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection

from espace.accounts import errors, services
from espace.accounts.enums import AttemptKind, SignUpStep
from espace.accounts.models import Attempt, SignUpDraft, User
from espace.kernel import clock
from espace.kernel.actor import VISITOR, Actor, Channel
from espace.notifications.models import OutboxMessage

pytestmark = pytest.mark.django_db(transaction=True)


def together(*acts: Callable[[], object]) -> list[object]:
    """Runs the acts at the same moment, each on its own connection; what each gave, or the exception it raised."""
    gate = threading.Barrier(len(acts))
    given: list[object] = [None] * len(acts)

    def run(index: int, act: Callable[[], object]) -> None:
        try:
            gate.wait(10)
            given[index] = act()
        except Exception as problem:
            given[index] = problem
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(i, act)) for i, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return given


def draft(email: str) -> str:
    now = clock.now()
    return SignUpDraft.objects.create(
        token=f"token-{email}",
        email=email,
        step=SignUpStep.CREDENTIALS,
        email_verified_at=now,
        answers={
            "IDENTITY": {"first_name": "Léa", "last_name": "Martin", "birth_date": "1990-02-28"},
            "ADDRESS": {
                "street": "3, rue du Pré",
                "street_extra": "",
                "postcode": "99450",
                "city": "Clairval",
            },
            "CONTACT": {"phone": ""},
        },
        created_at=now,
        updated_at=now,
    ).token


def finish(token: str, username: str) -> Callable[[], User]:
    chosen = services.Credentials(username, "Tilleul-2026")
    return lambda: services.finish_sign_up(VISITOR, token=token, credentials=chosen)


@pytest.mark.parametrize("names", [("lea.martin", "lea.martin"), ("lea.martin", "LEA.Martin")])
def test_two_people_who_choose_one_user_name_at_once_do_not_both_get_it(names: tuple[str, str]) -> None:
    given = together(*(finish(draft(f"{i}@exemple.fr"), name) for i, name in enumerate(names)))
    assert sorted(type(g).__name__ for g in given) == ["User", "UsernameTaken"]
    assert User.objects.count() == 1
    assert OutboxMessage.objects.count() == 1


def test_the_last_step_sent_twice_at_once_makes_one_account() -> None:
    token = draft("lea@exemple.fr")
    given = together(finish(token, "lea.martin"), finish(token, "lea.martin"))
    assert [type(g).__name__ for g in given] == ["User", "User"]
    assert User.objects.count() == 1
    assert OutboxMessage.objects.count() == 1


def test_wrong_codes_tried_at_once_are_all_counted() -> None:
    started = services.start_sign_up(VISITOR, token="", email="lea@exemple.fr", origin="ip:1")
    tries = [lambda: services.verify_code(VISITOR, token=started.token, typed="not a code")] * 8
    given = together(*tries)
    assert all(isinstance(g, errors.WrongCode | errors.CodeUsedUp) for g in given), given
    assert sum(isinstance(g, errors.WrongCode) for g in given) == 4
    assert SignUpDraft.objects.get().code_tries == 5


TWENTY, LIMIT = 20, 5
KEY, WHO, HOUR = AttemptKind.FAMILY_KEY, "user:1", timedelta(hours=1)


def test_without_the_lock_tries_at_once_pass_the_limit() -> None:
    """Count, then note: proven to leak where writers do not queue by themselves."""
    counted = threading.Barrier(TWENTY)

    def naive() -> bool:
        may = not services.too_many_attempts(KEY, WHO, limit=LIMIT, within=HOUR)
        counted.wait(30)
        if may:
            services.note_attempt(KEY, WHO)
        return may

    assert together(*[naive] * TWENTY).count(True) == TWENTY


def test_the_throttle_counts_for_everyone() -> None:
    def one_try() -> bool:
        return services.count_attempt(KEY, WHO, limit=LIMIT, within=HOUR)

    given = together(*[one_try] * TWENTY)
    assert (given.count(True), given.count(False)) == (LIMIT, TWENTY - LIMIT), given
    assert Attempt.objects.count() == LIMIT
    assert not one_try()


def test_passwords_tried_at_once_are_all_counted() -> None:
    """Ten wrong passwords in a quarter of an hour, even sent together."""
    user = finish(draft("lea@exemple.fr"), "lea.martin")()
    actor = Actor(user.pk, str(user), Channel.PORTAL)
    given = together(*[lambda: services.refuse_wrong_password(actor, "Sureau-2026")] * TWENTY)
    told = [type(g).__name__ for g in given]
    assert (told.count("WrongPassword"), told.count("TooManyAttempts")) == (10, 10), given
