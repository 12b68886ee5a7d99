"""What an agent types about keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from espace.backoffice.fields import Line, Sentence
from espace.families.queries import Found

LETTER, NEW_FAMILY, REFUSED = "lettre", "nouvelle", "refus"


class RevokeForm(forms.Form):
    """Why a key is cancelled; kept in the journal."""

    reason = Line(label="Pourquoi", max_length=200, required=False)


class AnswerForm(forms.Form):
    """The answer to a request: a letter to one adult found, a new family, or no."""

    outcome = forms.ChoiceField(
        label="Votre réponse",
        choices=[
            (LETTER, "La famille est trouvée : une clé part par courrier"),
            (NEW_FAMILY, "La famille est nouvelle : elle doit ouvrir son dossier"),
            (REFUSED, "Nous ne pouvons pas donner de clé"),
        ],
        widget=forms.RadioSelect(),
    )
    adult = forms.ChoiceField(label="Qui reçoit la clé", widget=forms.RadioSelect(), required=False)
    answer = Sentence(label="Ce que la personne lira", required=False)

    def __init__(self, data: Any = None, *, found: Sequence[Found] = ()) -> None:
        super().__init__(data)
        self.homes = {f"{f.household.pk}-{a.pk}": (f.household, a) for f in found for a in f.adults}
        where = {f.household.pk: f.address or f.household.name for f in found}
        adult = self.fields["adult"]
        assert isinstance(adult, forms.ChoiceField)  # noqa: S101
        adult.choices = [(value, f"{a} — {where[h.pk]}") for value, (h, a) in self.homes.items()]

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if typed.get("outcome") == LETTER and not typed.get("adult") and "adult" not in self.errors:
            self.add_error("adult", ValidationError("Choisissez l’adulte qui reçoit la clé."))
        if (
            typed.get("outcome") in (NEW_FAMILY, REFUSED)
            and not typed.get("answer")
            and "answer" not in self.errors
        ):
            self.add_error("answer", ValidationError("Écrivez la suite : la personne lira cette phrase."))
        return typed
