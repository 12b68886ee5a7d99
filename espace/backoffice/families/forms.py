"""What an agent types to open a file, add a person, date a quotient."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, DecimalException
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from espace.accounts.rules import is_postcode
from espace.backoffice.fields import Day, Email, Line, Name, Phone
from espace.families.enums import QuotientSource
from espace.families.rules import age_on
from espace.kernel import clock

OLDEST, YOUNGEST_ADULT, OLDEST_CHILD = 120, 13, 25
HIGHEST_QUOTIENT = 10_000_000  # 100 000 €: above is a typing accident


class HomeForm(forms.Form):
    """Where the household lives."""

    street = Line(label="Numéro et rue", max_length=200)
    street_extra = Line(label="Complément (bâtiment, appartement)", max_length=200, required=False)
    postcode = Line(label="Code postal", max_length=10)
    city = Name(label="Commune", max_length=100)

    def clean_postcode(self) -> str:
        postcode: str = self.cleaned_data["postcode"]
        if not is_postcode(postcode):
            raise ValidationError("Un code postal a cinq chiffres en France.")
        return postcode


class AdultForm(forms.Form):
    """An adult."""

    first_name = Name(label="Prénom", max_length=80)
    last_name = Name(label="Nom", max_length=80)
    birth_date = Day(label="Date de naissance", required=False)
    phone = Phone(label="Téléphone", max_length=30, required=False)
    email = Email(
        label="Adresse e-mail",
        max_length=254,
        required=False,
        error_messages={"invalid": "Écrivez l’adresse en entier, par exemple nom@exemple.fr."},
    )

    def clean_birth_date(self) -> date | None:
        born: date | None = self.cleaned_data["birth_date"]
        if born is not None:
            _aged(born, YOUNGEST_ADULT, OLDEST, "Un adulte a au moins 13 ans. Vérifiez l’année.")
        return born


class ChildForm(forms.Form):
    """A child."""

    first_name = Name(label="Prénom", max_length=80)
    last_name = Name(label="Nom", max_length=80)
    birth_date = Day(label="Date de naissance")

    def clean_birth_date(self) -> date:
        born: date = self.cleaned_data["birth_date"]
        _aged(born, 0, OLDEST_CHILD, "Ce n’est pas l’âge d’un enfant. Vérifiez l’année.")
        return born


class NewFamily:
    """The sheet that opens a file: a home, an adult or two, up to four children; what is left empty is left out."""

    def __init__(self, data: Any = None) -> None:
        self.home = HomeForm(data, prefix="foyer")
        self.adults = [
            AdultForm(data, prefix=f"adulte{n}", empty_permitted=n > 1, use_required_attribute=False)
            for n in (1, 2)
        ]
        self.children = [
            ChildForm(data, prefix=f"enfant{n}", empty_permitted=True, use_required_attribute=False)
            for n in (1, 2, 3, 4)
        ]
        self.forms: list[forms.Form] = [self.home, *self.adults, *self.children]

    def is_valid(self) -> bool:
        """Whether every sheet is; each says its own errors."""
        answers = [form.is_valid() for form in self.forms]
        return all(answers)

    @property
    def wrong(self) -> list[forms.Form]:
        """The forms with something to correct."""
        return [form for form in self.forms if form.is_bound and form.errors]


class QuotientForm(forms.Form):
    """A quotient as the family's notice shows it."""

    amount = Line(label="Quotient familial", max_length=12)
    source = forms.ChoiceField(
        label="Vient de",
        choices=[
            (QuotientSource.CAF_NOTICE.value, "attestation de la Caf"),
            (QuotientSource.TAX.value, "avis d’imposition"),
            (QuotientSource.AGENT.value, "calcul du guichet"),
        ],
    )
    start = Day(label="À partir du")
    reason = Line(label="Pourquoi une date passée", max_length=200, required=False)

    def clean_amount(self) -> int:
        """The quotient in hundredths."""
        typed = self.cleaned_data["amount"].replace(" ", "").replace("\u202f", "").replace(",", ".")
        try:
            hundredths = Decimal(typed) * 100
        except DecimalException:  # not a number, or one beyond any: "1e999999"
            raise ValidationError("Écrivez un nombre, par exemple 812 ou 399,50.") from None
        if not hundredths.is_finite() or hundredths != hundredths.to_integral_value():
            raise ValidationError("Deux chiffres au plus après la virgule.")
        if not 0 <= hundredths <= HIGHEST_QUOTIENT:
            raise ValidationError("Ce quotient n’est pas possible.")
        return int(hundredths)

    def clean_start(self) -> date:
        start: date = self.cleaned_data["start"]
        if abs((start - clock.today()).days) > 3 * 366:
            raise ValidationError("Cette date est trop loin d’aujourd’hui.")
        return start


def _aged(born: date, youngest: int, oldest: int, sentence: str) -> None:
    today = clock.today()
    if born > today:
        raise ValidationError("Cette date est dans le futur. Vérifiez l’année.")
    if not youngest <= age_on(born, today) <= oldest:
        raise ValidationError(sentence)
