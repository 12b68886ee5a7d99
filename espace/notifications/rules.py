"""When a message that was not taken is tried again, and why it was not, in words."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from espace.kernel.text import N_
from espace.notifications.enums import Lane

# A person waits for a code, which is worth nothing after a quarter of an hour; a notice may wait for a day.
RETRIES = {
    Lane.CODE: tuple(timedelta(seconds=s) for s in (2, 5, 15, 60, 180, 420)),
    Lane.NOTICE: tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 240, 720)),
}
# A worker that dies while it speaks to the server gives the message back after this time.
LEASE = timedelta(minutes=5)


def next_attempt(lane: Lane, attempts: int, now: datetime) -> datetime | None:
    """When to try again after so many attempts; None once it is useless."""
    waits = RETRIES[lane]
    return now + waits[attempts - 1] if attempts <= len(waits) else None


# What a mail server answers, by its enhanced status (RFC 3463) then by its number; the most telling first.
_ANSWERS = (
    (r"5\.1\.[12]$|5\.4\.4$|5\.1\.10$", N_("l’adresse n’existe pas, ou plus")),
    (r"[45]\.2\.2$|^[45]52$", N_("la boîte aux lettres est pleine")),
    (r"[45]\.2\.\d+$", N_("la boîte aux lettres est fermée")),
    (r"[45]\.7\.\d+$|^554\b", N_("le serveur du destinataire a refusé le message")),
    (r"[45]\.3\.4$", N_("le message est trop lourd pour ce destinataire")),
    (r"^55[01]\b|^553\b", N_("l’adresse n’existe pas, ou plus")),
    (r"^adresse illisible$", N_("l’adresse ne peut pas être lue")),
    (r"^4\d\d\b", N_("le serveur du destinataire n’a pas répondu, après plusieurs essais")),
    (r"^5\d\d\b", N_("le serveur du destinataire a refusé le message")),
    (
        r"Refused|Timeout|timeout|Disconnected|OSError|gaierror",
        N_("le serveur de courrier de la mairie ne répondait pas"),
    ),
)
UNKNOWN = N_("le message n’a pas pu être préparé")


def reason_of(answer: str) -> str:
    """Why a message was not taken, in plain French (a msgid), from the kept answer ("550 5.1.1"); "" for none."""
    if not answer:
        return ""
    return next((words for pattern, words in _ANSWERS if re.search(pattern, answer)), UNKNOWN)
