"""« Mon compte » and « mot de passe oublié »: what a person changes of their own identifiers.

Whatever opens the account asks for the current password again, and is told at the address known before.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode
from django.utils.translation import gettext as _

from espace.accounts import errors, notices, rules
from espace.accounts.enums import AttemptKind
from espace.accounts.models import User
from espace.accounts.passwords import refuse_weak_password
from espace.accounts.services.attempts import count_attempt, forget_attempts
from espace.accounts.services.users import locked_user, rename_user
from espace.audit.services import record
from espace.kernel import clock
from espace.kernel.actor import Actor
from espace.kernel.crypto import keyed_hash
from espace.kernel.db import write_transaction

QUARTER = timedelta(minutes=15)
HOUR = timedelta(hours=1)
CHECKS = 10


@dataclass(frozen=True, slots=True)
class Contact:
    """Where a person says they live and how to call them; plain, checked by the form."""

    street: str
    street_extra: str
    postcode: str
    city: str
    phone: str


@dataclass(frozen=True, slots=True)
class PendingEmail:
    """An address waiting for its code; the browser's session keeps it. `code_hash` is keyed."""

    email: str
    code_hash: str
    expires_at: datetime


def change_password(actor: Actor, *, current: str, new: str) -> User:
    """Changes one's own password; the other sessions close. Raises WrongPassword, TooManyAttempts, WeakPassword."""
    refuse_wrong_password(actor, current)
    with write_transaction():
        user = locked_user(actor)
        _refuse_weak(user, new)
        user.set_password(new)
        user.save(update_fields=["password"])
        record(actor, "accounts.change_password", object_kind="user", object_id=user.pk)
        notices.identifier_changed(user, user.email, _("Votre mot de passe vient d’être changé."))
    return user


def change_username(actor: Actor, *, current: str, username: str) -> User:
    """Changes one's own user name. Raises WrongPassword, TooManyAttempts, UsernameInvalid, UsernameTaken."""
    if not rules.is_username(username):
        raise errors.UsernameInvalid
    refuse_wrong_password(actor, current)
    with write_transaction():
        user = locked_user(actor)
        before = user.username
        if before == username:  # sent twice: nothing to tell again
            return user
        rename_user(user, username)
        record(
            actor,
            "accounts.change_username",
            object_kind="user",
            object_id=user.pk,
            payload={"before": before, "after": username},
        )
        told = _("Votre nom d’utilisateur est maintenant : %(username)s") % {"username": username}
        notices.identifier_changed(user, user.email, told)
    return user


def ask_email_change(actor: Actor, *, current: str, email: str) -> PendingEmail:
    """Sends a code to the new address; nothing changes yet. Raises WrongPassword, InvalidEmail, TooManyCodes…"""
    email = rules.tidy_email(email)
    try:
        validate_email(email)
    except ValidationError:
        raise errors.InvalidEmail from None
    refuse_wrong_password(actor, current)
    if not count_attempt(AttemptKind.EMAIL_CHANGE, f"user:{actor.user_id}", limit=5, within=HOUR):
        raise errors.TooManyCodes
    code = f"{secrets.randbelow(1_000_000):06d}"
    with write_transaction():
        notices.send_new_email_code(locked_user(actor), email, code)
    return PendingEmail(email, _code_hash(actor, email, code), clock.now() + rules.CODE_LIFETIME)


def confirm_email_change(actor: Actor, *, pending: PendingEmail, typed: str) -> User:
    """Changes the address once its code is typed. Raises CodeExpired, WrongCode, CodeUsedUp."""
    if clock.now() >= pending.expires_at:
        raise errors.CodeExpired
    subject = f"code:{pending.code_hash}"
    if not count_attempt(AttemptKind.EMAIL_CHANGE_CODE, subject, limit=rules.CODE_TRIES, within=HOUR):
        raise errors.CodeUsedUp
    if not hmac.compare_digest(pending.code_hash, _code_hash(actor, pending.email, rules.digits_of(typed))):
        raise errors.WrongCode
    with write_transaction():
        user = locked_user(actor)
        before, user.email = user.email, pending.email
        user.save(update_fields=["email"])
        record(actor, "accounts.change_email", object_kind="user", object_id=user.pk)
        notices.identifier_changed(user, before, _("L’adresse e-mail de votre compte vient d’être changée."))
    return user


def change_contact(actor: Actor, *, contact: Contact) -> User:
    """Changes what the account declares of where one lives and one's telephone."""
    with write_transaction():
        user = locked_user(actor)
        changed = [name for name in Contact.__slots__ if getattr(user, name) != getattr(contact, name)]
        for name in changed:
            setattr(user, name, getattr(contact, name))
        if changed:
            user.save(update_fields=changed)
            record(
                actor,
                "accounts.change_contact",
                object_kind="user",
                object_id=user.pk,
                payload={"fields": changed},
            )
    return user


def choose_reminders(actor: Actor, *, wanted: bool) -> None:
    """Whether the account is reminded of limits that fall soon. Chosen already, nothing. `NotFound` for a visitor."""
    with write_transaction():
        user = locked_user(actor)
        if user.wants_reminders == wanted:
            return
        user.wants_reminders = wanted
        user.save(update_fields=["wants_reminders"])
        record(
            actor,
            "accounts.choose_reminders",
            object_kind="user",
            object_id=user.pk,
            payload={"wanted": wanted},
        )


def send_identifiers(actor: Actor, *, typed: str, origin: str) -> None:
    """Writes to an address, given itself or by a user name, the user names it has and a link for each.

    Says nothing of whether it is known. Raises TooManyAttempts.
    """
    typed = typed.strip()
    for subject, limit in ((f"typed:{typed.lower()}", 5), (origin, 60)):
        if not count_attempt(AttemptKind.FORGOTTEN, subject, limit=limit, within=HOUR):
            raise errors.TooManyAttempts
    column = "email__iexact" if "@" in typed else "username__iexact"
    found = User.objects.filter(**{column: typed}, is_active=True).exclude(email="").order_by("id").first()
    with write_transaction():  # known or not, a row of the journal is written, and the mail leaves later
        record(actor, "accounts.send_identifiers", object_kind="user", object_id=found.pk if found else None)
        if found:
            users = User.objects.filter(email__iexact=found.email, is_active=True).order_by("id")
            lines = [notices.ResetLine(user.username, notices.page(_reset_path(user))) for user in users]
            notices.send_reset_links(found.email, lines)


def reset_link_is_live(link: str) -> bool:
    """Whether a link of `send_identifiers` still serves. Changes nothing: mail scanners open links. 1 query."""
    return _user_of(link) is not None


def reset_password(actor: Actor, *, link: str, password: str) -> User:
    """Chooses a new password with a link received by e-mail; the link dies. Raises LinkDead, WeakPassword."""
    with write_transaction():
        user = _user_of(link, lock=True)
        if user is None:
            raise errors.LinkDead
        _refuse_weak(user, password)
        user.set_password(password)
        user.save(update_fields=["password"])
        record(
            Actor(user.pk, str(user), actor.channel),
            "accounts.reset_password",
            object_kind="user",
            object_id=user.pk,
        )
        notices.identifier_changed(user, user.email, _("Votre mot de passe vient d’être changé."))
    return user


def refuse_wrong_password(actor: Actor, typed: str) -> None:
    """Raises WrongPassword unless it is the actor's own; TooManyAttempts after ten wrong tries in 15 minutes."""
    if not count_attempt(AttemptKind.IDENTITY_CHECK, f"user:{actor.user_id}", limit=CHECKS, within=QUARTER):
        raise errors.TooManyAttempts
    user = User.objects.filter(pk=actor.user_id).first() if actor.user_id else None
    if user is None or not user.check_password(typed):
        raise errors.WrongPassword
    forget_attempts(AttemptKind.IDENTITY_CHECK, f"user:{actor.user_id}")


# Inside ---------------------------------------------------------------------------------------------------------


def _refuse_weak(user: User, password: str) -> None:
    refuse_weak_password(
        password,
        username=user.username,
        email=user.email,
        first_name=user.first_name,
        last_name=user.last_name,
    )


def _code_hash(actor: Actor, email: str, code: str) -> str:
    return keyed_hash("email-change-code", f"{actor.user_id}:{email}:{code}")


def _reset_path(user: User) -> str:
    number = urlsafe_base64_encode(str(user.pk).encode())
    return f"/mot-de-passe-oublie/{number}.{default_token_generator.make_token(user)}/"


def _user_of(link: str, *, lock: bool = False) -> User | None:
    number, _dot, token = link.partition(".")
    try:
        pk = int(urlsafe_base64_decode(number))
    except ValueError:
        return None
    rows = User.objects.select_for_update() if lock else User.objects.all()
    user = rows.filter(pk=pk, is_active=True).first() if 0 < pk < 2**63 else None
    return user if user and default_token_generator.check_token(user, token) else None
