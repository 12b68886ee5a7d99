"""A decision on a proof, and what the town asks for an activity."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from espace.activities.enums import OffsetUnit
from espace.attendance.enums import AbsenceAnchor, Proof
from espace.attendance.rules import LONGEST_DELAY, Policy
from espace.backoffice.fields import Day, Sentence
from espace.kernel import clock

FARTHEST = timedelta(days=3 * 366)  # from today: beyond, the year was mistyped
MOST_CARENCE = 31
PROOFS = {
    Proof.CERTIFICATE: "Un certificat ou un autre justificatif",
    Proof.DECLARATION: "Une déclaration sur l’honneur",
    Proof.NONE: "Rien : il suffit de l’annoncer",
}
UNITS = {
    OffsetUnit.CALENDAR_DAYS: "jours calendaires",
    OffsetUnit.WORKING_DAYS: "jours ouvrés",
    OffsetUnit.SCHOOL_DAYS: "jours d’école",
}
ANCHORS = {
    AbsenceAnchor.FIRST_DAY: "premier jour d’absence",
    AbsenceAnchor.LAST_DAY: "dernier jour d’absence",
}


class DecisionForm(forms.Form):
    """Yes, or no with a reason that the family will read; about the very document that was read."""

    document = forms.IntegerField(
        min_value=1,
        max_value=2**63 - 1,
        error_messages={
            "required": "Rechargez la page.",
            "invalid": "Rechargez la page.",
            "min_value": "Rechargez la page.",
            "max_value": "Rechargez la page.",
        },
    )
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
            raise ValidationError("Indiquez pourquoi : la famille lira cette phrase.")
        return {
            "document_id": typed["document"],
            "accept": typed["decision"] == "oui",
            "reason": typed["reason"],
        }


class Count(forms.IntegerField):
    """A whole number of days."""

    def __init__(self, *, most: int, **kwargs: Any) -> None:
        messages = {
            "required": "Indiquez un nombre de jours.",
            "invalid": "Écrivez un nombre entier.",
            "min_value": "Un nombre de jours ne peut pas être négatif.",
            "max_value": f"{most} jours au plus.",
        }
        super().__init__(min_value=0, max_value=most, error_messages=messages, **kwargs)


class PolicyForm(forms.Form):
    """What the town asks, from a day on."""

    proof = forms.ChoiceField(
        label="Ce que la famille fournit",
        choices=[(str(value), label) for value, label in PROOFS.items()],
        widget=forms.RadioSelect(),
        error_messages={"required": "Choisissez.", "invalid_choice": "Choisissez dans la liste."},
    )
    delay = Count(
        label="Premier délai", most=LONGEST_DELAY, help_text="Jusque-là, le justificatif est à temps."
    )
    refused_after = Count(
        label="Dernier délai",
        most=LONGEST_DELAY,
        help_text="Après, tout reste dû. Le même nombre : pas de second délai.",
    )
    unit = forms.ChoiceField(
        label="Compté en",
        choices=[(str(value), label) for value, label in UNITS.items()],
        error_messages={"required": "Choisissez.", "invalid_choice": "Choisissez dans la liste."},
    )
    anchor = forms.ChoiceField(
        label="À partir du",
        choices=[(str(value), label) for value, label in ANCHORS.items()],
        error_messages={"required": "Choisissez.", "invalid_choice": "Choisissez dans la liste."},
    )
    carence = Count(label="Jours de carence", most=MOST_CARENCE, help_text="Restent dus même à temps.")
    late_carence = Count(
        label="Jours de carence hors délai", most=MOST_CARENCE, help_text="Restent dus entre les deux délais."
    )
    start = Day(label="Pour les absences qui commencent à partir du")

    def clean_start(self) -> Any:
        day = self.cleaned_data["start"]
        if abs(day - clock.today()) > FARTHEST:
            raise ValidationError("Cette date est trop loin d’aujourd’hui.")
        return day

    def policy(self) -> Policy:
        typed = self.cleaned_data
        return Policy(
            proof=Proof(typed["proof"]),
            delay=typed["delay"],
            refused_after=typed["refused_after"],
            unit=OffsetUnit(typed["unit"]),
            anchor=AbsenceAnchor(typed["anchor"]),
            carence=typed["carence"],
            late_carence=typed["late_carence"],
        )
