"""An arrangement as the guichet says it."""

from __future__ import annotations

from collections.abc import Mapping

from espace.backoffice.custody.forms import HOLIDAYS, RHYTHMS
from espace.families.rules import Custody, Rhythm, rhythm_of
from espace.kernel.text import format_date_long


def arrangement_words(custody: Custody, homes: Mapping[int, str]) -> list[str]:
    """The rhythm, whose days are whose, the holidays; a sentence each."""
    rhythm = rhythm_of(custody)
    names = [homes.get(pk, "un autre foyer") for pk in dict.fromkeys(custody.owners)]
    if rhythm is Rhythm.ONE_HOME:
        said = [f"Chez {names[0]}."]
    elif rhythm is Rhythm.ISO_PARITY:
        said = [f"Semaines paires chez {names[0]}, impaires chez {names[1]}."]
    elif rhythm is Rhythm.OTHER:
        said = [f"Un cycle de {len(custody.days)} jours entre {' et '.join(names)}."]
    else:
        said = [f"{RHYTHMS[rhythm].capitalize()}, {names[0]} puis {names[1]}."]
    if custody.start is not None and rhythm is not Rhythm.ONE_HOME:
        said.append(f"Compté depuis le {format_date_long(custody.start)}.")
    if custody.holidays is not None:
        first = homes.get(custody.holidays.first, "un autre foyer")
        said.append(f"Vacances {HOLIDAYS[custody.holidays.rule]} : les années paires, {first} commence.")
    return said
