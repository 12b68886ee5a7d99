"""A protection measure as an order or a complaint states it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError

from espace.backoffice.fields import Day, Line, Sentence
from espace.kernel import clock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from espace.families.models import Person

FARTHEST = timedelta(days=20 * 366)
CHOOSE = "Choisissez dans la liste."


class MeasureForm(forms.Form):
    """Who is protected, from whom, until when, and what says so."""

    protected = forms.MultipleChoiceField(
        label="Qui est protégé",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choisissez au moins une personne.", "invalid_choice": CHOOSE},
    )
    hidden_from = forms.ChoiceField(
        label="De qui", error_messages={"required": CHOOSE, "invalid_choice": CHOOSE}
    )
    end = Day(label="Jusqu’au (vide : sans fin connue)", required=False)
    evidence = Sentence(label="Ce qui l’établit")

    def __init__(self, people: Sequence[Person], others: Sequence[Person], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, persons in (("protected", people), ("hidden_from", others)):
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = [(str(p.pk), str(p)) for p in persons]

    def clean_end(self) -> date | None:
        """The day the measure no longer holds: the day after the last one typed."""
        last: date | None = self.cleaned_data["end"]
        if last is None:
            return None
        if not clock.today() <= last <= clock.today() + FARTHEST:
            raise ValidationError("Cette date est passée, ou trop loin d’aujourd’hui.")
        return last + timedelta(days=1)


class EndForm(forms.Form):
    """Why a measure no longer holds."""

    reason = Line(
        label="Pourquoi", max_length=200, error_messages={"required": "Indiquez pourquoi elle prend fin."}
    )
