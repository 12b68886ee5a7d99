"""A decision on an enrolment."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from espace.backoffice.fields import Sentence


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
