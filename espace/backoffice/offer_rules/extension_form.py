"""What an agent types when the portal was down: from when to when, and the new limit."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms

from espace.activities.queries import catalogue
from espace.activities.rules import END_OF_DAY, Extension, ExtensionDraft
from espace.backoffice.fields import Day
from espace.backoffice.offer_rules.forms import CHOOSE, Hour, Reason, is_far
from espace.kernel.calendar import at

NAMES = {"start": "Début de la panne", "end": "Fin de la panne", "until": "Délai prolongé jusqu’au"}


class ExtensionForm(forms.Form):
    """Three instants, each a day and an hour; the last one may leave its hour empty. 1 query when made."""

    activity = forms.ChoiceField(label="Activité", required=False, error_messages=CHOOSE)
    start_day = Day(label=NAMES["start"], error_messages={"required": "Indiquez le jour."})
    start_at = Hour(label="Heure de début", required=True)
    end_day = Day(label=NAMES["end"], error_messages={"required": "Indiquez le jour."})
    end_at = Hour(label="Heure de fin", required=True)
    until_day = Day(label=NAMES["until"], error_messages={"required": "Indiquez le jour."})
    until_at = Hour(label="Heure du nouveau délai")
    reason = Reason()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["activity"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
        known = [(str(a.id), a.name) for a in catalogue().activities.values()]
        field.choices = [("", "Toutes les activités"), *known]

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        for name in NAMES:
            if is_far(typed.get(f"{name}_day")):
                self.add_error(f"{name}_day", "Cette date est trop loin d’aujourd’hui.")
        return typed

    def draft(self) -> ExtensionDraft:
        typed = self.cleaned_data
        start, end, until = (self._instant(name) for name in NAMES)
        return ExtensionDraft(
            int(typed["activity"]) if typed["activity"] else None,
            Extension(start, end, until),
            typed["reason"],
        )

    def _instant(self, name: str) -> datetime:
        hour = self.cleaned_data[f"{name}_at"]
        return at(self.cleaned_data[f"{name}_day"], END_OF_DAY if hour is None else hour)
