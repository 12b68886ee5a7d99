"""What an agent types about who may enrol, the places and the adults."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms

from espace.activities.enums import ActivityKind
from espace.activities.queries import ActivityEntry, VenueEntry
from espace.activities.rules import Admission, Ratio
from espace.activities.words import CATEGORIES
from espace.backoffice.fields import Day
from espace.backoffice.offer_rules.forms import CHOOSE, is_far
from espace.families.enums import TariffCategory
from espace.town.queries import schools

LONGEST = timedelta(days=400)


def number(label: str, low: int, high: int, *, required: bool = True) -> forms.IntegerField:
    words = f"Écrivez un nombre entier, de {low} à {high}."
    return forms.IntegerField(
        label=label, min_value=low, max_value=high, required=required,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), words),
    )  # fmt: skip


class AdmissionForm(forms.Form):
    """Ages, a school, and a category of families, which the canteen never asks: its form has no such field. 1 query."""

    min_age = number("À partir de (ans)", 0, 25, required=False)
    max_age = number("Jusqu’à (ans inclus)", 0, 25, required=False)
    school = forms.ChoiceField(label="École", required=False, error_messages=CHOOSE)
    category = forms.ChoiceField(label="Familles", required=False, error_messages=CHOOSE)

    def __init__(self, activity: ActivityEntry, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._choose("school", "Toutes les écoles", [(str(s.pk), s.name) for s in schools()])
        self._choose("category", "Toutes", [(c.value, str(words)) for c, words in CATEGORIES.items()])
        if activity.kind is ActivityKind.CANTEEN:
            del self.fields["category"]

    def _choose(self, name: str, none: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
        field.choices = [("", none), *choices]

    def rule(self) -> Admission:
        typed = self.cleaned_data
        category = typed.get("category")
        return Admission(
            typed["min_age"], typed["max_age"], int(typed["school"]) if typed["school"] else None,
            TariffCategory(category) if category else None,
        )  # fmt: skip


class RatioForm(forms.Form):
    """Children for one adult."""

    under_six = number("Enfants de moins de 6 ans pour un adulte", 1, 99)
    from_six = number("Enfants de 6 ans et plus pour un adulte", 1, 99)

    def ratio(self) -> Ratio:
        return Ratio(self.cleaned_data["under_six"], self.cleaned_data["from_six"])


class PlacesForm(forms.Form):
    """The places of a venue, from the first to the last day included."""

    venue = forms.ChoiceField(label="Lieu", error_messages=CHOOSE)
    first = Day(label="Premier jour", error_messages={"required": "Indiquez le premier jour."})
    last = Day(label="Dernier jour (inclus)", error_messages={"required": "Indiquez le dernier jour."})
    capacity = number("Places par jour", 0, 9999)

    def __init__(self, venues: list[VenueEntry], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["venue"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
        field.choices = [(str(venue.id), venue.name) for venue in venues]

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        first, last = typed.get("first"), typed.get("last")
        if is_far(first):
            self.add_error("first", "Cette date est trop loin d’aujourd’hui.")
        elif isinstance(first, date) and isinstance(last, date):
            if last < first:
                self.add_error("last", "Le dernier jour est avant le premier.")
            elif last - first > LONGEST:
                self.add_error("last", "Choisissez au plus un an à la fois.")
        return typed

    def arguments(self) -> dict[str, Any]:
        """The end is the day after the last."""
        typed = self.cleaned_data
        return {
            "venue_id": int(typed["venue"]),
            "start": typed["first"],
            "end": typed["last"] + timedelta(days=1),
            "capacity": typed["capacity"],
        }
