"""Plain forms of the family's pages."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from espace.families.rules import age_on
from espace.kernel import clock
from espace.kernel.text import has_forbidden_characters
from espace.portal.account.forms import ADDRESS_LENGTH, AddressForm, Email, Line, Name, Phone
from espace.ui.widgets import DateInput

OLDEST_CHILD = 20


class Paragraph(forms.CharField):
    """A short free text on several lines, without control characters or direction marks."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.Textarea(), **kwargs)

    def clean(self, value: Any) -> str:
        text = str(super().clean(value)).replace("\r\n", "\n").strip()
        if has_forbidden_characters(text, multiline=True):
            raise ValidationError(_("Ce texte contient un signe que nous ne pouvons pas garder. Retirez-le."))
        return text


class KeyForm(forms.Form):
    """The key as typed: spaces, dashes and small letters do not matter."""

    typed = Line(
        label=__("Votre Clé Enfance"),
        max_length=40,
        error_messages={"required": __("Recopiez la clé de votre courrier.")},
        widget=forms.TextInput(
            attrs={"autocapitalize": "characters", "spellcheck": "false", "data-family-key": True}
        ),
    )


class NoKeyForm(forms.Form):
    """What helps the guichet to find the family: one of its children."""

    already_known = forms.ChoiceField(
        label=__("La mairie connaît-elle déjà votre famille ?"),
        choices=[
            (
                "oui",
                __(
                    "Oui, un de mes enfants va déjà à l’école, à la cantine ou au centre de loisirs de la ville"
                ),
            ),
            ("non", __("Non, nous sommes nouveaux")),
        ],
        widget=forms.RadioSelect(),
    )
    child_first_name = Name(label=__("Prénom d’un de vos enfants"), max_length=80)
    child_last_name = Name(label=__("Son nom"), max_length=80)
    child_birth_date = forms.DateField(
        label=__("Sa date de naissance"),
        widget=DateInput(),
        input_formats=["%Y-%m-%d", "%d/%m/%Y"],
        error_messages={"invalid": __("Écrivez la date en chiffres : jour, mois, année.")},
    )
    message = Paragraph(label=__("Ce que le guichet doit savoir"), max_length=500, required=False)

    def clean_child_birth_date(self) -> date:
        born: date = self.cleaned_data["child_birth_date"]
        today = clock.today()
        if born > today:
            raise ValidationError(_("Cette date est dans le futur. Vérifiez l’année."))
        if age_on(born, today) > OLDEST_CHILD:
            raise ValidationError(_("Écrivez la date de naissance de votre enfant, pas la vôtre."))
        return born


class HouseholdAddressForm(AddressForm):
    """Where the household lives."""


class ContactForm(forms.Form):
    """How to reach an adult."""

    phone = Phone(label=__("Téléphone"), max_length=30, required=False)
    email = Email(
        label=__("Adresse e-mail"),
        max_length=ADDRESS_LENGTH,
        required=False,
        error_messages={"invalid": __("Écrivez votre adresse e-mail en entier, par exemple nom@exemple.fr.")},
    )

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if not self.errors and not typed.get("phone") and not typed.get("email"):
            raise ValidationError(
                _("Laissez au moins un moyen de vous joindre : téléphone ou adresse e-mail.")
            )
        return typed
