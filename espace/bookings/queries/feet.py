"""Until when a day can be changed, as the foot of its case says it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from espace.activities.enums import Action, Timing
from espace.kernel.text import N_, format_date_long, format_date_short, format_time

EVENING = 17  # from this hour on, today's limit is said « ce soir »
# By action and timing: the sentence, and the short one.
WORDS = {
    (Action.BOOK, Timing.IN_TIME): (N_("Réserver sans majoration jusqu’au"), N_("Ajout jusqu’au")),
    (Action.BOOK, Timing.LATE): (N_("Hors délai : ajout majoré, jusqu’au"), N_("Ajout majoré jusqu’au")),
    (Action.BOOK, Timing.AGENT_ONLY): (N_("Ajout au guichet seulement, jusqu’au"), N_("Au guichet jusqu’au")),
    (Action.BOOK, Timing.CLOSED): (N_("Le délai de réservation est passé"), N_("Délai passé")),
    (Action.CANCEL, Timing.IN_TIME): (N_("Annuler sans frais jusqu’au"), N_("Annulation jusqu’au")),
    (Action.CANCEL, Timing.LATE): (
        N_("Une annulation resterait facturée ; possible jusqu’au"), N_("Annulation facturée jusqu’au"),
    ),
    (Action.CANCEL, Timing.AGENT_ONLY): (N_("Annulation au guichet, jusqu’au"), N_("Annulation au guichet jusqu’au")),
    (Action.CANCEL, Timing.CLOSED): (N_("Ne peut plus être annulé"), N_("Plus d’annulation")),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Foot:
    """Until when, in words: for a wide screen's narrow column the short ones."""

    words: str
    short: str
    when: str
    when_short: str


def foot(action: Action, timing: Timing, limit: datetime | None, today: date) -> Foot:
    words, short = WORDS[action, timing]
    if limit is None:
        return Foot(words, short, "", "")
    hour = format_time(limit)
    if limit.date() == today:
        tonight = f"{'ce soir' if limit.hour >= EVENING else 'aujourd’hui'} {hour}"
        return Foot(words.removesuffix("au") + "à", short.removesuffix("au") + "à", tonight, tonight)
    return Foot(
        words,
        short,
        f"{format_date_long(limit.date())} à {hour}",
        f"{format_date_short(limit.date())} {hour}",
    )
