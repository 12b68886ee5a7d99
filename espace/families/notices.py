"""The messages this app sends. Each is a row of the outbox, in the transaction of what it tells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from espace.accounts.models import User
from espace.families.enums import KeyRequestState
from espace.families.models import Household, KeyRequest
from espace.notifications.services import enqueue
from espace.town.queries import identity


def account_linked(user: User, household: Household) -> None:
    """The account is linked to its family: what is open now, and whom to tell if it was not them."""
    context = {"first_name": user.first_name, "url": _page("/ma-famille/")}
    subject = _("Votre compte est relié à votre famille")
    _send(user, "families.account_linked", subject, "families/mail/account_linked.txt", context, household.pk)


def key_request_received(user: User) -> None:
    """« Je n’ai pas de clé » is with the guichet."""
    context = {"first_name": user.first_name, "url": _page("/cle-enfance/pas-de-cle/")}
    subject = _("Nous avons reçu votre demande de Clé Enfance")
    _send(user, "families.key_request", subject, "families/mail/key_request_received.txt", context)


def key_request_answered(request: KeyRequest) -> None:
    """What the guichet decided: a letter leaves, a new family, or no with its reason."""
    context = {
        "first_name": request.user.first_name,
        "letter": request.state == KeyRequestState.LETTER_SENT,
        "new_family": request.state == KeyRequestState.NEW_FAMILY,
        "answer": request.answer,
        "url": _page("/cle-enfance/pas-de-cle/"),
    }
    subject = _("Votre demande de Clé Enfance : notre réponse")
    _send(
        request.user,
        "families.key_request_answered",
        subject,
        "families/mail/key_request_answered.txt",
        context,
    )


def record_change_decided(
    user: User, household_id: int, labels: Sequence[str], *, applied: bool, reason: str
) -> None:
    """The guichet applied or refused a change asked for. The values themselves stay out of the mail."""
    context = {
        "first_name": user.first_name,
        "labels": list(labels),
        "applied": applied,
        "reason": reason,
        "url": _page("/ma-famille/"),
    }
    subject = (
        _("Votre changement est enregistré") if applied else _("Votre demande de changement : notre réponse")
    )
    _send(
        user,
        "families.record_change",
        subject,
        "families/mail/record_change_decided.txt",
        context,
        household_id,
    )


def _page(path: str) -> str:
    return f"{settings.PUBLIC_URL}{path}"


def _send(
    user: User,
    kind: str,
    subject: str,
    template: str,
    context: Mapping[str, object],
    household_id: int | None = None,
) -> None:
    if not user.email:
        return
    body = render_to_string(template, {**context, "guichet_phone": identity().guichet_phone}).strip() + "\n"
    enqueue(
        recipient=user.email,
        kind=kind,
        subject=subject,
        body=body,
        user_id=user.pk,
        household_id=household_id,
    )
