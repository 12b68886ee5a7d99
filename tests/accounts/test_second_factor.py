"""The agents' second factor: setting it up, giving it, its codes on paper."""

from __future__ import annotations

import time

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, generate_totp_secret, hotp_value

from espace.accounts import errors, queries, services
from espace.accounts.models import User
from espace.audit.models import AuditEvent
from espace.kernel.actor import Actor, Channel
from tests.support.cast import make_account

pytestmark = pytest.mark.django_db


def code_of(secret: str) -> str:
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))


@pytest.fixture
def user() -> User:
    return make_account("Denise", "Fabre")


@pytest.fixture
def actor(user: User) -> Actor:
    return Actor(user.pk, str(user), Channel.PORTAL)


def test_a_code_of_the_telephone_sets_it_up(actor: Actor) -> None:
    secret = generate_totp_secret()
    given = services.set_up_second_factor(actor, secret=secret, code=code_of(secret))
    assert given.kind == "totp"
    assert queries.has_second_factor(actor)
    assert len(queries.unused_recovery_codes(actor)) == 10
    stored = " ".join(str(a.data) for a in Authenticator.objects.order_by("id"))
    assert secret not in stored
    assert AuditEvent.objects.get().action == "accounts.set_up_second_factor"


def test_a_wrong_code_sets_nothing_up(actor: Actor) -> None:
    secret = generate_totp_secret()
    with pytest.raises(errors.WrongFactorCode):
        services.set_up_second_factor(actor, secret=secret, code=code_of(generate_totp_secret()) + "0")
    assert not Authenticator.objects.exists()


def test_it_is_not_set_up_twice(actor: Actor) -> None:
    secret = generate_totp_secret()
    services.set_up_second_factor(actor, secret=secret, code=code_of(secret))
    with pytest.raises(errors.FactorAlreadySet):
        services.set_up_second_factor(actor, secret=secret, code=code_of(secret))
    assert Authenticator.objects.count() == 2


def test_a_code_is_given_once(actor: Actor) -> None:
    secret = generate_totp_secret()
    services.set_up_second_factor(actor, secret=secret, code=code_of(secret))
    with time_machine.travel(time.time() + 60, tick=False):
        assert services.give_second_factor(actor, code=code_of(secret)).kind == "totp"
        with pytest.raises(errors.WrongFactorCode):
            services.give_second_factor(actor, code=code_of(secret))


def test_a_recovery_code_serves_once(actor: Actor) -> None:
    secret = generate_totp_secret()
    services.set_up_second_factor(actor, secret=secret, code=code_of(secret))
    first = queries.unused_recovery_codes(actor)[0]
    assert services.give_second_factor(actor, code=f"{first[:4]} {first[4:]}").kind == "recovery_codes"
    assert first not in queries.unused_recovery_codes(actor)
    with pytest.raises(errors.WrongFactorCode):
        services.give_second_factor(actor, code=first)


def test_new_recovery_codes_replace_the_old(actor: Actor) -> None:
    secret = generate_totp_secret()
    services.set_up_second_factor(actor, secret=secret, code=code_of(secret))
    before = queries.unused_recovery_codes(actor)
    services.renew_recovery_codes(actor)
    assert not set(before) & set(queries.unused_recovery_codes(actor))


def test_codes_are_not_guessed_for_ever(actor: Actor) -> None:
    secret = generate_totp_secret()
    for _ in range(5):
        with pytest.raises(errors.WrongFactorCode):
            services.set_up_second_factor(actor, secret=secret, code="")
    with pytest.raises(errors.TooManyAttempts):
        services.set_up_second_factor(actor, secret=secret, code=code_of(secret))


def test_one_agent_cannot_give_the_code_of_another(actor: Actor) -> None:
    secret = generate_totp_secret()
    services.set_up_second_factor(actor, secret=secret, code=code_of(secret))
    other = make_account("Rémi", "Caron")
    with pytest.raises(errors.WrongFactorCode):
        services.give_second_factor(Actor(other.pk, str(other), Channel.PORTAL), code=code_of(secret))
