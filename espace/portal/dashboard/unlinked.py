"""The dashboard of an account that no key has linked to a family yet: where its request stands, and who acts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from espace.families.enums import KeyRequestState
from espace.kernel.actor import Actor
from espace.kernel.text import format_date_long, format_time
from espace.portal.dashboard.pages import greeting, hello

if TYPE_CHECKING:
    from espace.families.models import KeyRequest

# A request that the guichet still has to answer, or has answered by what it will do itself.
TOWN_ACTS = (KeyRequestState.OPEN, KeyRequestState.NEW_FAMILY)


@dataclass(frozen=True, slots=True)
class Unlinked:
    """An account that no key has linked yet, and where its request stands; `is_waiting` while the town must act."""

    moment: str
    sentence: str
    is_waiting: bool
    state: str
    asked_on: datetime | None
    answer: str


def unlinked(actor: Actor, asked: KeyRequest | None, now: datetime) -> Unlinked:
    states = {
        KeyRequestState.OPEN: _("Votre demande de clé est entre les mains du guichet."),
        KeyRequestState.LETTER_SENT: _(
            "Une lettre avec votre Clé Enfance est partie à l’adresse connue de la mairie."
        ),
        KeyRequestState.NEW_FAMILY: _("Le guichet ouvre le dossier de votre famille et vous écrit."),
        KeyRequestState.REFUSED: _("Le guichet n’a pas pu donner suite à votre demande."),
    }
    is_waiting = asked is not None and asked.state in TOWN_ACTS
    name = actor.label.partition(" ")[0]
    return Unlinked(
        moment=f"{format_date_long(now)}, {format_time(now)}",
        sentence=waiting_greeting(name, now) if is_waiting else greeting(name, 1, now),
        is_waiting=is_waiting,
        state=states[KeyRequestState(asked.state)] if asked else "",
        asked_on=asked.created_at if asked else None,
        answer=asked.answer if asked else "",
    )


def waiting_greeting(name: str, now: datetime) -> str:
    """ "Bonjour Sam, la mairie doit vous répondre." """
    return _("%(hello)s, la mairie doit vous répondre.") % {"hello": hello(name, now)}
