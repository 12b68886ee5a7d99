"""A decision on changes asked together."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from espace.backoffice.fields import Sentence

MOST = 20


class DecisionForm(forms.Form):
    """Which changes, yes or no, and why when no."""

    changes = forms.RegexField(
        regex=r"^[0-9]{1,18}(,[0-9]{1,18})*$",
        max_length=400,
        error_messages={"invalid": "Rechargez la page."},
    )
    decision = forms.ChoiceField(choices=[("oui", "Appliquer"), ("non", "Refuser")])
    reason = Sentence(required=False)

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if self.errors:
            return typed
        ids = [int(n) for n in typed["changes"].split(",")]
        if len(ids) > MOST:
            raise ValidationError("Rechargez la page.")
        return {"change_ids": ids, "apply": typed["decision"] == "oui", "reason": typed["reason"]}
