"""The messages this app sends. Each is a row of the outbox, in the transaction of what it tells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from espace.accounts.models import User
from espace.notifications.enums import Lane
from espace.notifications.services import enqueue


@dataclass(frozen=True, slots=True)
class ResetLine:
    """An account of an address, and its link to choose a new password."""

    username: str
    url: str


def send_code(email: str, code: str, names: Sequence[str]) -> None:
    """The code that proves an address; `names` are the user names of the accounts already at that address."""
    context = {"code": spaced(code), "names": list(names), "sign_in_url": page("/connexion/")}
    subject = _("%(code)s : votre code pour créer votre espace") % {"code": spaced(code)}
    _send(email, "accounts.code", subject, "accounts/mail/code.txt", context, lane=Lane.CODE)


def send_new_email_code(user: User, email: str, code: str) -> None:
    """The code that proves the new address of an account."""
    context = {"code": spaced(code), "first_name": user.first_name}
    subject = _("%(code)s : votre code pour changer d’adresse") % {"code": spaced(code)}
    _send(
        email,
        "accounts.new_email_code",
        subject,
        "accounts/mail/new_email_code.txt",
        context,
        user,
        Lane.CODE,
    )


def welcome(user: User) -> None:
    """The account is made: its user name, and what comes next."""
    context = {"first_name": user.first_name, "username": user.username, "url": page("/cle-enfance/")}
    _send(
        user.email, "accounts.welcome", _("Votre espace est créé"), "accounts/mail/welcome.txt", context, user
    )


def send_reset_links(email: str, lines: Sequence[ResetLine]) -> None:
    """Every account of an address with its link. Sent as a code: erased once gone, for the links open accounts."""
    subject = _("Retrouver l’accès à votre espace")
    context = {"lines": list(lines)}
    _send(email, "accounts.forgotten", subject, "accounts/mail/forgotten.txt", context, lane=Lane.CODE)


def identifier_changed(user: User, email: str, what: str) -> None:
    """Something that opens the account changed: told at `email`, the address known before."""
    if email:
        context = {"first_name": user.first_name, "what": what}
        subject = _("Votre compte a été modifié")
        _send(email, "accounts.changed", subject, "accounts/mail/changed.txt", context, user)


def spaced(code: str) -> str:
    """A code as people read it: "123 456"."""
    return f"{code[:3]} {code[3:]}"


def page(path: str) -> str:
    """The full address of one of our pages, as the town publishes it."""
    return f"{settings.PUBLIC_URL}{path}"


def _send(
    email: str,
    kind: str,
    subject: str,
    template: str,
    context: Mapping[str, object],
    user: User | None = None,
    lane: Lane = Lane.NOTICE,
) -> None:
    body = render_to_string(template, dict(context)).strip() + "\n"
    enqueue(
        recipient=email, kind=kind, subject=subject, body=body, lane=lane, user_id=user.pk if user else None
    )
