"""What some days are, by an agent's word."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms

from espace.backoffice.fields import Day, Line
from espace.town.enums import DayKindStored
from espace.town.rules import Wanted

PUBLISHED = "PUBLIE"
KINDS = {
    DayKindStored.CLOSED: "Fermé (pont, fermeture des écoles)",
    DayKindStored.SCHOOL: "Jour d’école",
    DayKindStored.HOLIDAY: "Vacances",
    DayKindStored.PUBLIC_HOLIDAY: "Jour férié",
}
ONE_DAY = timedelta(days=1)


class CorrectionForm(forms.Form):
    """The first and the last day, included; what they are; their name; why."""

    first = Day(label="Premier jour")
    last = Day(label="Dernier jour", required=False)
    kind = forms.ChoiceField(
        label="Ces jours sont",
        choices=[
            *((kind.value, words) for kind, words in KINDS.items()),
            (PUBLISHED, "Comme publié par le ministère"),
        ],
        error_messages={
            "required": "Dites ce que sont ces jours.",
            "invalid_choice": "Choisissez dans la liste.",
        },
    )
    label = Line(label="Leur nom", max_length=100, required=False)
    reason = Line(
        label="Motif",
        max_length=200,
        error_messages={
            "required": "Indiquez le motif : il est gardé au journal et montré sur le calendrier."
        },
    )

    def correction(self) -> dict[str, Any]:
        """The arguments of the preview; the end is the day after the last."""
        typed = self.cleaned_data
        last: date = typed["last"] or typed["first"]
        kind = None if typed["kind"] == PUBLISHED else DayKindStored(typed["kind"])
        return {
            "start": typed["first"],
            "end": last + ONE_DAY if last < date.max else last,
            "wanted": Wanted(kind, "" if kind in (None, DayKindStored.SCHOOL) else typed["label"]),
        }
