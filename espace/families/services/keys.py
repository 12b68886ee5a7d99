"""The Clé Enfance: made for one adult, printed once, used once (I5)."""

from __future__ import annotations

import io
from datetime import timedelta

import segno
from django.conf import settings
from django.db.models import F

from espace.accounts.enums import AttemptKind
from espace.accounts.models import User
from espace.accounts.services import count_attempt, forget_attempts
from espace.audit.services import record
from espace.families import errors, notices, rules
from espace.families.enums import KeyState, MemberRole
from espace.families.models import FamilyKey, Household, HouseholdMember, Person
from espace.families.queries import hidden_pairs, valid_on
from espace.families.services.changes import note_differences
from espace.families.services.common import locked_household, require
from espace.kernel import clock
from espace.kernel.actor import Actor, Permission
from espace.kernel.codes import is_well_formed, new_code, normalise_code
from espace.kernel.crypto import keyed_hash, seal, unseal
from espace.kernel.db import write_transaction
from espace.kernel.errors import NotFound
from espace.kernel.text import format_date_long, join_fr
from espace.paper.services import letterhead, render
from espace.town.queries import identity

HASH = "cle-enfance"
SEAL = "cle-enfance-courrier"
PAGE = "/cle-enfance/"
TRIES_OF_ACCOUNT = 5
TRIES_OF_NETWORK = 20  # a library or a town hall is many families behind one address
TRIES_WITHIN = timedelta(hours=1)
SENT_TWICE = timedelta(minutes=1)  # a form sent again, by a slow line or the back button


def issue_key(actor: Actor, *, household: Household, adult: Person) -> FamilyKey:
    """Makes a key for one adult of the household, sealed until its letter; the key they had is revoked. Asked again
    within a minute, before the letter: the same key.

    `NotAnAdultHere`, `AdultAlreadyLinked`.
    """
    require(actor, Permission.KEYS)
    now = clock.now()
    with write_transaction():
        locked_household(household.pk)
        member = HouseholdMember.objects.filter(
            valid_on(now.date()), household=household, person=adult, role=MemberRole.ADULT
        )
        if not member.exists():
            raise errors.NotAnAdultHere
        if Person.objects.filter(pk=adult.pk, user__isnull=False).exists():
            raise errors.AdultAlreadyLinked
        live = FamilyKey.objects.filter(adult=adult, used_at__isnull=True, revoked_at__isnull=True)
        just_made = live.filter(letter_made_at__isnull=True, created_at__gt=now - SENT_TWICE)
        if (
            standing := just_made.order_by("id").first()
        ) is not None and standing.household_id == household.pk:
            return standing
        live.update(revoked_at=now)
        code = new_code()
        key = FamilyKey.objects.create(
            household=household,
            adult=adult,
            key_hash=keyed_hash(HASH, normalise_code(code)),
            sealed=seal(SEAL, code),
            created_at=now,
            expires_at=now + rules.KEY_LIFETIME,
        )
        _journal(actor, "families.issue_key", key)
    return key


def make_key_letter(actor: Actor, *, key_id: int) -> bytes:
    """The letter of a key, as PDF; the key is erased in the same transaction and can't be printed again.

    It is addressed to the adult at their own household. `LetterAlreadyMade`, `KeyNotReady`.
    """
    require(actor, Permission.KEYS)
    with write_transaction():
        key = _locked(key_id)
        if key.sealed is None:
            raise errors.LetterAlreadyMade
        if _state(key) is not KeyState.READY:
            raise errors.KeyNotReady
        letter = _letter(key, unseal(SEAL, bytes(key.sealed)))
        key.sealed, key.letter_made_at = None, clock.now()
        key.save(update_fields=["sealed", "letter_made_at"])
        _journal(actor, "families.make_key_letter", key)
    return letter


def revoke_key(actor: Actor, *, key_id: int, reason: str = "") -> FamilyKey:
    """Cancels a key that has not served; `KeyNotReady` when there is nothing left to cancel."""
    require(actor, Permission.KEYS)
    with write_transaction():
        key = _locked(key_id)
        if _state(key) in (KeyState.USED, KeyState.REVOKED):
            raise errors.KeyNotReady
        key.revoked_at, key.sealed = clock.now(), None
        key.save(update_fields=["revoked_at", "sealed"])
        _journal(actor, "families.revoke_key", key, reason)
    return key


def unlink_account(actor: Actor, *, person: Person, reason: str) -> None:
    """Takes an account off a family (lost mailbox, wrong person); a new key can then be made. `ReasonRequired`."""
    require(actor, Permission.KEYS)
    if not reason:
        raise errors.ReasonRequired
    with write_transaction():
        if not Person.objects.filter(pk=person.pk, user__isnull=False).update(user=None):
            raise NotFound
        home = HouseholdMember.objects.filter(person=person).order_by("-start", "id").first()
        record(
            actor, "families.unlink_account", object_kind="person", object_id=person.pk,
            household_id=home.household_id if home else None, reason=reason,
        )  # fmt: skip


def redeem_key(actor: Actor, *, typed: str, network: str = "") -> Household:
    """Links the actor's account to the adult of the key, once; differences become tasks of the guichet.

    `network` is the address of the network, throttled beside the account. `KeyMistyped` without looking at any
    key; `TooManyTries`; `AlreadyLinked`; else one `KeyRefused` whatever is wrong, its class telling the journal.
    """
    if actor.user_id is None or actor.on_behalf_of is not None:
        raise NotFound
    if Person.objects.filter(user_id=actor.user_id).exists():
        raise errors.AlreadyLinked
    if not is_well_formed(typed):
        raise errors.KeyMistyped
    mine = f"user:{actor.user_id}"
    _throttle(mine, TRIES_OF_ACCOUNT)
    if network:
        _throttle(f"ip:{network}", TRIES_OF_NETWORK)
    try:
        with write_transaction():
            household = _link(actor, actor.user_id, keyed_hash(HASH, normalise_code(typed)))
    except errors.KeyRefused as refusal:
        with write_transaction():
            record(
                actor, "families.key_refused", object_kind="account", object_id=actor.user_id,
                payload={"why": type(refusal).__name__},
            )  # fmt: skip
        raise
    forget_attempts(AttemptKind.FAMILY_KEY, mine)
    return household


def _link(actor: Actor, user_id: int, key_hash: str) -> Household:
    """Two conditional updates whose row counts are checked: one key makes one link, one adult has one account."""
    now = clock.now()
    key = (
        FamilyKey.objects.select_related("household", "adult")
        .filter(key_hash=key_hash)
        .order_by("id")
        .first()
    )
    if key is None:
        raise errors.KeyRefused
    state = _state(key)
    if state is not KeyState.READY:
        raise {KeyState.USED: errors.KeyUsed, KeyState.EXPIRED: errors.KeyExpired}.get(
            state, errors.KeyRevoked
        )
    taken = FamilyKey.objects.filter(
        pk=key.pk, used_at__isnull=True, revoked_at__isnull=True, expires_at__gt=now
    ).update(used_at=now, used_by=user_id, sealed=None)
    if taken != 1:
        raise errors.KeyUsed
    user = User.objects.select_for_update().get(pk=user_id)
    if Person.objects.filter(user=user).exists():
        raise errors.AlreadyLinked
    if Person.objects.filter(pk=key.adult_id, user__isnull=True).update(user=user) != 1:
        raise errors.KeyUsed
    _journal(actor, "families.redeem_key", key)
    note_differences(actor, user, key.household, key.adult)
    notices.account_linked(user, key.household)
    return key.household


def _throttle(subject: str, limit: int) -> None:
    if not count_attempt(AttemptKind.FAMILY_KEY, subject, limit=limit, within=TRIES_WITHIN):
        raise errors.TooManyTries


def _letter(key: FamilyKey, code: str) -> bytes:
    town, home, adult = identity(), key.household, key.adult
    picture = io.BytesIO()
    # The key travels in the fragment, which a browser never sends: it is in no log and no address seen by a server.
    segno.make(f"{settings.PUBLIC_URL}{PAGE}#cle={code}", error="m").save(picture, kind="svg", border=1)
    children = (
        HouseholdMember.objects.filter(valid_on(clock.today()), household=home, role=MemberRole.CHILD)
        .exclude(person_id__in=hidden_pairs([adult.pk]).get(adult.pk, set()))
        .order_by(F("person__birth_date").asc(nulls_last=True), "id")
        .values_list("person__first_name", flat=True)
    )
    return render(
        "key_letter",
        {
            "town": letterhead(town),
            "address": [
                str(adult), home.street_extra, home.street, f"{home.postcode} {home.city}",
            ],
            "date": format_date_long(clock.today()),
            "greeting": f"Bonjour {adult},",
            "children": join_fr(children),
            "key": code,
            "expires": format_date_long(key.expires_at.astimezone(clock.PARIS).date()),
            "name": str(adult),
            "qr": picture.getvalue().decode(),
            "page": settings.PUBLIC_URL.partition("://")[2] + PAGE,
        },
        title="Votre Clé Enfance",
    )  # fmt: skip


def _locked(key_id: int) -> FamilyKey:
    key = (
        FamilyKey.objects.select_for_update(of=("self",))
        .select_related("household", "adult")
        .filter(pk=key_id)
        .order_by("id")
        .first()
    )
    if key is None:
        raise NotFound
    return key


def _state(key: FamilyKey) -> KeyState:
    return rules.key_state(clock.now(), key.expires_at, key.used_at, key.revoked_at)


def _journal(actor: Actor, action: str, key: FamilyKey, reason: str = "") -> None:
    record(
        actor,
        action,
        object_kind="family_key",
        object_id=key.pk,
        household_id=key.household_id,
        reason=reason,
    )
