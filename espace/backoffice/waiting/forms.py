"""What an agent types about waiting lists."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django import forms

from espace.activities.enums import PriorityCode, WaitingMode
from espace.backoffice.fields import Day, Line, Sentence

MODES = (
    (WaitingMode.OFF.value, "Pas de liste d’attente"),
    (
        WaitingMode.AUTOMATIC.value,
        "Automatique : proposée à la première famille",
    ),
    (WaitingMode.BY_AGENT.value, "Par un agent : gardée, un agent la propose"),
)
CODES = (
    (PriorityCode.TWO_PARENTS_WORKING.value, "Deux parents en activité"),
    (PriorityCode.SINGLE_PARENT_WORKING.value, "Parent seul en activité"),
    (PriorityCode.SIBLING_PRESENT.value, "Frère ou sœur déjà accueilli"),
    (PriorityCode.TWINS.value, "Jumeaux, naissances multiples"),
    (PriorityCode.INTEGRATION.value, "Parcours d’insertion"),
    (PriorityCode.MINIMUM_INCOME.value, "Minima sociaux"),
    (PriorityCode.MEDICAL_OR_SOCIAL.value, "Situation médicale ou sociale"),
)
CHOOSE = {"required": "Choisissez dans la liste.", "invalid_choice": "Choisissez dans la liste."}
FIRST, LAST = date(2000, 1, 1), date(2100, 1, 1)


def _day(required: str) -> dict[str, str]:
    return {"required": required, "invalid": "Écrivez la date en chiffres : jour, mois, année."}


def _number(label: str, low: int, high: int, *, required: bool = True) -> forms.IntegerField:
    words = f"Écrivez un nombre entier, de {low} à {high}."
    return forms.IntegerField(
        label=label,
        min_value=low,
        max_value=high,
        required=required,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), words),
    )


class ListForm(forms.Form):
    """How the list of an activity works."""

    mode = forms.ChoiceField(label="Liste d’attente", choices=MODES, error_messages=CHOOSE)
    offer_hours = _number("Heures pour répondre", 1, 336)
    offers_stop_days = _number("Jours sans proposition avant le jour", 0, 60)

    def arguments(self) -> dict[str, Any]:
        typed = self.cleaned_data
        return {**typed, "mode": WaitingMode(typed["mode"])}


class CriterionForm(forms.Form):
    """A criterion to publish: one of those the law allows."""

    code = forms.ChoiceField(label="Critère", choices=CODES, error_messages=CHOOSE)
    points = _number("Points", 1, 999)

    def arguments(self) -> dict[str, Any]:
        typed = self.cleaned_data
        code = PriorityCode(typed["code"])
        return {"code": code, "label": dict(CODES)[code.value], "points": typed["points"]}


class PlacesForm(forms.Form):
    """The places of a day, and how many may wait; empty, as many as ask."""

    capacity = _number("Places", 0, 9999)
    waitlist_capacity = _number("Demandes en attente au plus (vide : sans limite)", 0, 9999, required=False)


class ReasonForm(forms.Form):
    """Why a place is offered out of turn."""

    reason = Sentence(required=False, label="Motif")


class ChildCriterionForm(forms.Form):
    """What counts for a child, from the first to the last day included, and the proof that was seen."""

    criterion = forms.ChoiceField(label="Critère publié", error_messages=CHOOSE)
    first = Day(label="À partir du", error_messages=_day("Indiquez le premier jour."))
    last = Day(label="Jusqu’au (inclus)", error_messages=_day("Indiquez le dernier jour."))
    evidence = Line(
        label="Justificatif vu",
        max_length=200,
        error_messages={"required": "Indiquez le justificatif que vous avez vu."},
    )

    def __init__(self, choices: Sequence[tuple[int, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["criterion"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
        field.choices = [(str(pk), label) for pk, label in choices]

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        for name in ("first", "last"):
            if isinstance(day := typed.get(name), date) and not FIRST <= day < LAST:
                self.add_error(name, "Cette date est trop loin d’aujourd’hui.")
        return typed

    def arguments(self) -> dict[str, Any]:
        """The end is the day after the last."""
        typed = self.cleaned_data
        return {
            "criterion_id": int(typed["criterion"]),
            "start": typed["first"],
            "end": typed["last"] + timedelta(days=1),
            "evidence": typed["evidence"],
        }
