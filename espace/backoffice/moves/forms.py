"""A change of school or class, and a departure."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError

from espace.backoffice.fields import Day, Line
from espace.bookings.queries import Departure, NewSchool
from espace.kernel import clock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from espace.town.queries import SchoolPlace

FARTHEST = timedelta(days=2 * 366)


class _MoveForm(forms.Form):
    """What both have: a day to come and a reason for the journal."""

    start = Day(label="À partir du")
    reason = Line(label="Motif", max_length=200, required=False)

    def clean_start(self) -> date:
        start: date = self.cleaned_data["start"]
        if start < clock.today():
            raise ValidationError("Ce jour est passé.")
        if start - clock.today() > FARTHEST:
            raise ValidationError("Cette date est trop loin d’aujourd’hui. Vérifiez l’année.")
        return start


class SchoolForm(_MoveForm):
    """The school, with its class when it is known."""

    place = forms.ChoiceField(
        label="École et classe",
        error_messages={
            "required": "Choisissez dans la liste.",
            "invalid_choice": "Choisissez dans la liste.",
        },
    )
    field_order = ("place", "start", "reason")

    def __init__(self, places: Sequence[SchoolPlace], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._places = {place.key: place for place in places}
        field = self.fields["place"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(place.key, place.label) for place in places]

    def change(self) -> NewSchool:
        """What was typed."""
        place = self._places[self.cleaned_data["place"]]
        return NewSchool(place.school_id, place.class_id, self.cleaned_data["start"])


class DepartureForm(_MoveForm):
    """The first day on which the child is no longer here."""

    def change(self) -> Departure:
        """What was typed."""
        return Departure(self.cleaned_data["start"])
