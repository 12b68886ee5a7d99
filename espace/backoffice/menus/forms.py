"""A week of menus, a box a day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from espace.kernel.text import format_date_long, has_forbidden_characters

SCHOOL_DAYS = 5
LONGEST_TEXT = 1_000


class Dishes(forms.CharField):
    """A dish a line."""

    def to_python(self, value: Any) -> str:
        text = str(value) if value is not None else ""
        if has_forbidden_characters(text, multiline=True):
            raise ValidationError("Ce texte contient un signe que nous ne pouvons pas garder. Retirez-le.")
        return text


class MenusForm(forms.Form):
    """`j0` to `j4`, Monday to Friday."""

    def __init__(self, monday: date, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.days = {f"j{n}": monday + timedelta(days=n) for n in range(SCHOOL_DAYS)}
        for name, day in self.days.items():
            self.fields[name] = Dishes(
                label=format_date_long(day).capitalize(),
                required=False,
                max_length=LONGEST_TEXT,
                widget=forms.Textarea(attrs={"rows": 5}),
                error_messages={"max_length": "Ce menu est trop long."},
            )

    def texts(self) -> dict[date, str]:
        return {day: self.cleaned_data[name] for name, day in self.days.items()}
