"""A decision on an enrolment, and a closure."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from espace.activities.errors import ClosureInThePast
from espace.activities.queries import catalogue, venue_names
from espace.backoffice.fields import Day, Line, Sentence
from espace.kernel import clock

LONGEST = timedelta(days=366)
FARTHEST = timedelta(days=3 * 366)  # from today: beyond, the year was mistyped


class DecisionForm(forms.Form):
    """Yes, or no with a reason that the family will read."""

    decision = forms.ChoiceField(
        choices=[("oui", "Accepter"), ("non", "Refuser")],
        error_messages={"required": "Rechargez la page.", "invalid_choice": "Rechargez la page."},
    )
    reason = Sentence(required=False, label="Motif")

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if self.errors:
            return typed
        if typed["decision"] == "non" and not typed["reason"]:
            raise ValidationError("Indiquez le motif du refus : la famille le lira.")
        return {"accept": typed["decision"] == "oui", "reason": typed["reason"]}


class ClosureForm(forms.Form):
    """What closes, from the first to the last day included, and why. 3 queries when made."""

    activity = forms.ChoiceField(label="Activité", required=False)
    venue = forms.ChoiceField(label="Lieu", required=False)
    first = Day(label="Premier jour fermé")
    last = Day(label="Dernier jour fermé")
    reason = Line(
        label="Motif",
        max_length=200,
        error_messages={"required": "Indiquez le motif : les familles le liront."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        activities = [(str(a.id), a.name) for a in catalogue().activities.values()]
        venues = [(str(pk), name) for pk, name in venue_names().items()]
        for name, everything, choices in (
            ("activity", "Toutes les activités", activities),
            ("venue", "Tous les lieux", venues),
        ):
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = [("", everything), *choices]
                field.error_messages["invalid_choice"] = "Choisissez dans la liste."

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        first, last = typed.get("first"), typed.get("last")
        if isinstance(first, date) and isinstance(last, date):
            if abs(first - clock.today()) > FARTHEST:
                self.add_error("first", "Cette date est trop loin d’aujourd’hui.")
            elif first < clock.today():
                self.add_error("first", str(ClosureInThePast()))
            elif last < first:
                self.add_error("last", "Le dernier jour est avant le premier.")
            elif last - first > LONGEST:
                self.add_error("last", "Une fermeture dure un an au plus.")
        return typed

    def closure(self) -> dict[str, Any]:
        """The arguments of the preview; the end is the day after the last."""
        typed = self.cleaned_data
        return {
            "activity_id": int(typed["activity"]) if typed["activity"] else None,
            "venue_id": int(typed["venue"]) if typed["venue"] else None,
            "start": typed["first"],
            "end": typed["last"] + timedelta(days=1),
        }

    @property
    def words(self) -> list[str]:
        """What closes, as the confirmation says it."""
        found = []
        for name in ("activity", "venue"):
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                labels = {str(value): str(label) for value, label in field.choices}  # type: ignore[misc,union-attr]
                found.append(labels[self.cleaned_data[name]])
        return found
