"""Plain forms of the absences."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from espace.attendance.enums import AbsenceReason
from espace.documents.services import Upload
from espace.kernel import clock
from espace.ui.widgets import DateInput

FARTHEST = timedelta(days=800)  # from today: beyond, the year was mistyped
ACCEPTED = "application/pdf,image/jpeg,image/png"
REASONS = {
    AbsenceReason.ILLNESS: __("Maladie"),
    AbsenceReason.FAMILY: __("Raison familiale"),
    AbsenceReason.OTHER: __("Autre raison"),
}


class Day(forms.DateField):
    """A date, by the browser's own picker or typed 24/11/2026, of these years."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", DateInput())
        kwargs.setdefault(
            "error_messages",
            {
                "invalid": __("Écrivez la date en chiffres : jour, mois, année."),
                "required": __("Indiquez cette date."),
            },
        )
        super().__init__(input_formats=["%Y-%m-%d", "%d/%m/%Y"], **kwargs)

    def clean(self, value: Any) -> date | None:
        day: date | None = super().clean(value)
        if day is not None and abs(day - clock.today()) > FARTHEST:
            raise ValidationError(_("Cette date est trop loin d’aujourd’hui."))
        return day


class Stamped(forms.Form):
    """At the counter only: the day the family asked. To a family the field does not exist."""

    recu = Day(
        label=__("Demande reçue le"),
        required=False,
        help_text=__("La date inscrite sur ce que la famille a apporté. Vide : aujourd’hui."),
    )

    def __init__(self, *args: Any, at_counter: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not at_counter:
            del self.fields["recu"]

    @property
    def stamped_on(self) -> date | None:
        found: date | None = self.cleaned_data.get("recu")
        return found


class AbsenceForm(Stamped):
    """Who is away, from when, until which day of return."""

    enfants = forms.MultipleChoiceField(
        label=__("Qui est absent ?"),
        widget=forms.CheckboxSelectMultiple(),
        error_messages={
            "required": __("Cochez au moins un enfant."),
            "invalid_choice": __("Rechargez la page, puis choisissez dans la liste."),
            "invalid_list": __("Rechargez la page, puis choisissez dans la liste."),
        },
    )
    debut = Day(label=__("Premier jour d’absence"))
    retour = Day(label=__("Jour du retour"), help_text=__("Le premier jour où l’enfant revient."))
    raison = forms.ChoiceField(
        label=__("Raison"),
        choices=[(str(value), label) for value, label in REASONS.items()],
        widget=forms.RadioSelect(),
        help_text=__("N’indiquez jamais le motif médical : il ne regarde pas la mairie."),
        error_messages={
            "required": __("Choisissez une raison."),
            "invalid_choice": __("Choisissez dans la liste."),
        },
    )

    field_order = ["enfants", "debut", "retour", "raison", "recu"]

    def __init__(self, children: Sequence[tuple[int, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["enfants"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101 - for the type checker
        field.choices = [(str(pk), name) for pk, name in children]
        self.has_children = bool(children)

    def asked(self) -> dict[str, Any]:
        """The arguments of the plan."""
        typed = self.cleaned_data
        return {
            "child_ids": [int(pk) for pk in typed["enfants"]],
            "start": typed["debut"],
            "end": typed["retour"],
        }


class ConfirmForm(AbsenceForm):
    """The same, read and agreed to."""

    empreinte = forms.CharField(max_length=64, required=False)
    signe = forms.BooleanField(required=False)

    def clean_empreinte(self) -> str:
        """What does not look like ours is no agreement: the page is shown again."""
        typed = str(self.cleaned_data["empreinte"])
        return typed if typed.isascii() and typed.isalnum() else ""


class ReturnForm(forms.Form):
    """A new day of return; with `empreinte`, agreed to."""

    retour = Day(label=__("Nouveau jour du retour"))
    empreinte = forms.CharField(max_length=128, required=False)

    def clean_empreinte(self) -> str:
        """Empty, the change is only shown. What does not look like ours agrees to nothing we show."""
        typed = str(self.cleaned_data["empreinte"])
        return typed if not typed or (typed.isascii() and typed.isalnum()) else "0"


class ProofForm(Stamped):
    """The file of a proof. Its content is judged by `documents`, which never believes a name."""

    fichier = forms.FileField(
        label=__("Votre fichier"),
        max_length=255,
        allow_empty_file=True,  # told by `documents`, in its own words
        widget=forms.FileInput(attrs={"accept": ACCEPTED}),
        help_text=__("Une photo nette (JPEG ou PNG) ou un PDF, 10 Mo au plus."),
        error_messages={
            "required": __("Choisissez un fichier, ou prenez une photo."),
            "invalid": __("Choisissez un fichier, ou prenez une photo."),
            "missing": __("Choisissez un fichier, ou prenez une photo."),
            "max_length": __("Le nom de ce fichier est trop long. Renommez-le, puis réessayez."),
        },
    )

    field_order = ["fichier", "recu"]

    def upload(self) -> Upload:
        sent = self.cleaned_data["fichier"]
        return Upload(str(sent.name), sent.read(), int(sent.size))


class SignForm(Stamped):
    """One's honour, by a tick."""

    accord = forms.BooleanField(required=False, label=__("Je signe cette déclaration sur l’honneur"))
    field_order = ["accord", "recu"]
