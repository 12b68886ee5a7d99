"""The Clé Enfance: one adult, one use, dated, revocable (I5); what it refuses says nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from time_machine import Traveller

from espace.accounts.models import User
from espace.audit.models import AuditEvent
from espace.families import errors, services
from espace.families.models import FamilyKey, Person, RecordChange
from espace.families.services import keys as keys_module
from espace.kernel.actor import Actor, Channel
from espace.kernel.crypto import unseal
from espace.kernel.errors import NotFound
from espace.notifications.models import OutboxMessage
from tests.support.cast import make_account
from tests.support.family import Home


@pytest.fixture
def maud(home: Home) -> User:
    return make_account("Maud", "Ferrand")


def actor_of(user: User) -> Actor:
    return Actor(user.pk, str(user), Channel.PORTAL)


def make_key(guichet: Actor, home: Home, adult: Person | None = None) -> tuple[FamilyKey, str]:
    key = services.issue_key(guichet, household=home.household, adult=adult or home.mother)
    assert key.sealed is not None
    return key, unseal(keys_module.SEAL, bytes(key.sealed))


def test_a_key_links_the_account(home: Home, guichet: Actor, maud: User) -> None:
    key, code = make_key(guichet, home)
    household = services.redeem_key(actor_of(maud), typed=f"  {code.lower().replace('-', ' ')} ")
    assert household == home.household
    assert Person.objects.get(pk=home.mother.pk).user_id == maud.pk
    key.refresh_from_db()
    assert key.used_by_id == maud.pk
    assert key.sealed is None
    assert OutboxMessage.objects.get().kind == "families.account_linked"
    assert AuditEvent.objects.filter(action="families.redeem_key", user_id=maud.pk).count() == 1


def test_a_key_asked_for_twice_in_a_row_is_one_key(home: Home, guichet: Actor) -> None:
    """A form sent again must not kill the key whose letter is about to be printed."""
    first, _ = make_key(guichet, home)
    again, _ = make_key(guichet, home)
    assert again == first
    services.make_key_letter(guichet, key_id=first.pk)
    replaced, _ = make_key(guichet, home)
    assert replaced != first
    first.refresh_from_db()
    assert first.revoked_at is not None


def test_what_the_account_says_differently_is_a_task(home: Home, guichet: Actor, maud: User) -> None:
    maud.phone, maud.street, maud.postcode, maud.city = (
        "06 39 98 00 99",
        "9, rue Neuve",
        "99450",
        "Clairval-sur-Aune",
    )
    maud.email = "MAUD@exemple.fr"
    maud.save()
    services.redeem_key(actor_of(maud), typed=make_key(guichet, home)[1])
    changes = RecordChange.objects.order_by("field").values_list("field", "old_value", "new_value", "state")
    assert list(changes) == [
        ("phone", "06 39 98 00 31", "06 39 98 00 99", "PENDING"),
        ("street", "5, rue des Écoles", "9, rue Neuve", "PENDING"),
    ]
    home.mother.refresh_from_db()
    assert home.mother.phone == "06 39 98 00 31"


def refusal_of(user: User, typed: str) -> errors.FamilyRefusal:
    with pytest.raises(errors.FamilyRefusal) as caught:
        services.redeem_key(actor_of(user), typed=typed)
    return caught.value


def test_every_dead_key_says_the_same_sentence(
    home: Home, guichet: Actor, maud: User, frozen: Traveller
) -> None:
    unknown = refusal_of(maud, "2222-2222-2222")
    revoked, code = make_key(guichet, home)
    services.revoke_key(guichet, key_id=revoked.pk)
    cancelled = refusal_of(maud, code)
    _key, used_code = make_key(guichet, home, home.father)
    services.redeem_key(actor_of(make_account("Boris", "Ouedraogo")), typed=used_code)
    used = refusal_of(maud, used_code)
    _key, old_code = make_key(guichet, home)
    frozen.shift(timedelta(days=90, seconds=1))
    expired = refusal_of(maud, old_code)
    assert {str(e) for e in (unknown, cancelled, used, expired)} == {errors.KeyRefused.message}
    why = (
        AuditEvent.objects.filter(action="families.key_refused")
        .order_by("id")
        .values_list("payload", flat=True)
    )
    assert [p["why"] for p in why if p] == ["KeyRefused", "KeyRevoked", "KeyUsed", "KeyExpired"]
    assert Person.objects.filter(user=maud).count() == 0


@pytest.mark.parametrize(
    "typed", ["", "ABC", "2222-2222-2223", "0000-0000-0000", "🙂" * 12, "2" * 5000, "222222222222\x00"]
)
def test_a_slip_is_told_without_looking(home: Home, maud: User, typed: str) -> None:
    assert isinstance(refusal_of(maud, typed), errors.KeyMistyped)


def test_too_many_tries(home: Home, guichet: Actor, maud: User, frozen: Traveller) -> None:
    _key, code = make_key(guichet, home)
    for _i in range(keys_module.TRIES_OF_ACCOUNT):
        assert isinstance(refusal_of(maud, "2222-2222-2222"), errors.KeyRefused)
    assert isinstance(refusal_of(maud, code), errors.TooManyTries)
    frozen.shift(timedelta(hours=1, seconds=1))
    services.redeem_key(actor_of(maud), typed=code)


def test_too_many_tries_from_one_network(home: Home) -> None:
    for n in range(keys_module.TRIES_OF_NETWORK // keys_module.TRIES_OF_ACCOUNT):
        user = make_account("Essai", "Essai", username=f"essai{n}")
        for _i in range(keys_module.TRIES_OF_ACCOUNT):
            with pytest.raises(errors.KeyRefused):
                services.redeem_key(actor_of(user), typed="2222-2222-2222", network="192.0.2.1")
    fresh = make_account("Essai", "Essai", username="dernier")
    with pytest.raises(errors.TooManyTries):
        services.redeem_key(actor_of(fresh), typed="2222-2222-2222", network="192.0.2.1")


def test_one_account_one_family(home: Home, guichet: Actor, maud: User) -> None:
    services.redeem_key(actor_of(maud), typed=make_key(guichet, home)[1])
    assert isinstance(refusal_of(maud, make_key(guichet, home, home.father)[1]), errors.AlreadyLinked)


def test_a_new_key_kills_the_one_before(home: Home, guichet: Actor, maud: User) -> None:
    first, old = make_key(guichet, home)
    services.make_key_letter(guichet, key_id=first.pk)
    _second, new = make_key(guichet, home)
    assert isinstance(refusal_of(maud, old), errors.KeyRevoked)
    services.redeem_key(actor_of(maud), typed=new)


def test_a_key_is_for_an_adult_without_an_account(home: Home, guichet: Actor, maud: User) -> None:
    with pytest.raises(errors.NotAnAdultHere):
        services.issue_key(guichet, household=home.household, adult=home.elder)
    services.redeem_key(actor_of(maud), typed=make_key(guichet, home)[1])
    home.mother.refresh_from_db()
    with pytest.raises(errors.AdultAlreadyLinked):
        services.issue_key(guichet, household=home.household, adult=home.mother)
    services.unlink_account(guichet, person=home.mother, reason="Boîte perdue")
    services.issue_key(guichet, household=home.household, adult=home.mother)


def test_the_letter_is_made_once_and_erases_the_key(home: Home, guichet: Actor, maud: User) -> None:
    key, code = make_key(guichet, home)
    assert services.make_key_letter(guichet, key_id=key.pk).startswith(b"%PDF-")
    key.refresh_from_db()
    assert key.sealed is None
    with pytest.raises(errors.LetterAlreadyMade):
        services.make_key_letter(guichet, key_id=key.pk)
    services.redeem_key(actor_of(maud), typed=code)


def test_a_dead_key_has_no_letter(home: Home, guichet: Actor, frozen: Traveller) -> None:
    key, _code = make_key(guichet, home)
    frozen.shift(timedelta(days=91))
    with pytest.raises(errors.KeyNotReady):
        services.make_key_letter(guichet, key_id=key.pk)
    services.revoke_key(guichet, key_id=key.pk)
    with pytest.raises(errors.KeyNotReady):
        services.revoke_key(guichet, key_id=key.pk)


def test_nobody_else_handles_keys(home: Home, guichet: Actor, maud: User) -> None:
    key, _code = make_key(guichet, home)
    parent = actor_of(maud)
    for act in (
        lambda: services.issue_key(parent, household=home.household, adult=home.mother),
        lambda: services.make_key_letter(parent, key_id=key.pk),
        lambda: services.revoke_key(parent, key_id=key.pk),
        lambda: services.unlink_account(parent, person=home.mother, reason="x"),
        lambda: services.revoke_key(guichet, key_id=999_999),
    ):
        with pytest.raises(NotFound):
            act()


def test_the_key_is_nowhere_in_clear(home: Home, guichet: Actor) -> None:
    key, code = make_key(guichet, home)
    bare = code.replace("-", "")
    stored = f"{key.key_hash}{bytes(key.sealed or b'')!r}{list(AuditEvent.objects.order_by('id').values())}"
    assert code not in stored
    assert bare not in stored
