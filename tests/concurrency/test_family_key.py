"""One Clé Enfance typed by several accounts at once makes one link (I5)."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from espace.accounts.models import User
from espace.families import errors, services
from espace.families.models import FamilyKey, Person
from espace.families.services import keys as keys_module
from espace.kernel.actor import SYSTEM, Actor, Channel
from espace.kernel.crypto import unseal
from tests.support.cast import make_account
from tests.support.family import Home

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 6


def code_of(key: FamilyKey) -> str:
    return unseal(keys_module.SEAL, bytes(key.sealed or b""))


def test_one_key_many_accounts_one_link(home: Home) -> None:
    code = code_of(services.issue_key(SYSTEM, household=home.household, adult=home.mother))
    users = [make_account("Essai", "Essai", username=f"essai{n}") for n in range(MANY)]
    gate = threading.Barrier(MANY)

    def type_it(user: User) -> bool:
        gate.wait(timeout=30)
        try:
            services.redeem_key(Actor(user.pk, str(user), Channel.PORTAL), typed=code)
        except errors.KeyRefused:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(MANY) as pool:
        linked = list(pool.map(type_it, users))
    assert linked.count(True) == 1
    winner = users[linked.index(True)]
    assert Person.objects.get(pk=home.mother.pk).user_id == winner.pk
    assert FamilyKey.objects.get().used_by_id == winner.pk


def test_one_account_two_keys_one_link(home: Home) -> None:
    codes = [
        code_of(services.issue_key(SYSTEM, household=home.household, adult=adult))
        for adult in (home.mother, home.father)
    ]
    user = make_account("Essai", "Essai")
    gate = threading.Barrier(2)

    def type_it(code: str) -> bool:
        gate.wait(timeout=30)
        try:
            services.redeem_key(Actor(user.pk, str(user), Channel.PORTAL), typed=code)
        except errors.AlreadyLinked:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(type_it, codes)) == [False, True]
    assert Person.objects.filter(user=user).count() == 1
    assert FamilyKey.objects.filter(used_at=None).count() == 1
