"""Form fields of the agents' face: they tidy what was typed and say in French what can't be kept."""

from __future__ import annotations

import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from espace.accounts.rules import is_civil_name, normalised_phone
from espace.kernel.text import clean_line, has_forbidden_characters
from espace.ui.widgets import DateInput


class Line(forms.CharField):
    """One line of text, without control characters, direction marks or pictures."""

    def to_python(self, value: Any) -> str:
        text = str(value) if value is not None else ""
        if has_forbidden_characters(text) or any(unicodedata.category(c) in ("So", "Sk") for c in text):
            raise ValidationError("Ce texte contient un signe que nous ne pouvons pas garder. Retirez-le.")
        return clean_line(text)


class Name(Line):
    """A civil name: letters, accents, apostrophes, hyphens and spaces."""

    def clean(self, value: Any) -> str:
        name = str(super().clean(value))
        if name and not is_civil_name(name):
            raise ValidationError(
                "Un nom s’écrit avec des lettres, des espaces, des apostrophes et des traits d’union."
            )
        return name


class Phone(Line):
    """A telephone number, kept in one form."""

    def clean(self, value: Any) -> str:
        typed = str(super().clean(value))
        number = normalised_phone(typed) if typed else ""
        if number is None:
            raise ValidationError("Ce numéro n’est pas complet : dix chiffres, ou + et l’indicatif du pays.")
        return number


class Email(forms.EmailField):
    """An address; what does not show in it would send it elsewhere than it reads."""

    def to_python(self, value: Any) -> str:
        text = str(super().to_python(value))
        if has_forbidden_characters(text):
            raise ValidationError(self.error_messages["invalid"])
        return text


class Day(forms.DateField):
    """A date, by the browser's own picker or typed 24/11/2026."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", DateInput())
        kwargs.setdefault("error_messages", {"invalid": "Écrivez la date en chiffres : jour, mois, année."})
        super().__init__(input_formats=["%Y-%m-%d", "%d/%m/%Y"], **kwargs)


class Sentence(forms.CharField):
    """A short text that a family will read."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.Textarea({"rows": "3"}), max_length=500, **kwargs)

    def clean(self, value: Any) -> str:
        text = str(super().clean(value)).replace("\r\n", "\n").strip()
        if has_forbidden_characters(text, multiline=True):
            raise ValidationError("Ce texte contient un signe que nous ne pouvons pas garder. Retirez-le.")
        return text
