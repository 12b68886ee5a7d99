"""The simulator's form, sent by GET: an address that can be kept, shared, and works without a script."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from espace.activities.enums import ActivityKind
from espace.activities.queries import ActivityEntry
from espace.families.enums import TariffCategory
from espace.kernel.money import Money
from espace.kernel.text import DAYS
from espace.portal.home.simulator import MAX_CHILDREN, Wish, weekdays_of

MAX_QUOTIENT = 99_999_00
DEFAULT_CHILDREN = "1"


class QuotientField(forms.CharField):
    """A quotient as typed ("812", "812,50"), in hundredths; empty is unknown, 0 is a value."""

    def to_python(self, value: Any) -> Any:
        text = str(value or "").strip()
        if not text:
            return None
        try:
            amount = Money.parse(text).cents
        except ValueError:
            raise forms.ValidationError(_("Écrivez un nombre, par exemple 812.")) from None
        if not 0 <= amount <= MAX_QUOTIENT:
            raise forms.ValidationError(_("Un quotient familial est compris entre 0 et 99 999."))
        return amount

    def validate(self, value: Any) -> None:
        """Nothing more: an unknown quotient is an answer."""

    def run_validators(self, value: Any) -> None:
        """Nothing more: the value is a number by now."""


class SimulatorForm(forms.Form):
    """Quotient, where one lives, how many children, and the days of a usual week."""

    quotient = QuotientField(
        label=__("Quotient familial"),
        required=False,
        max_length=12,
        help_text=__("Il est sur votre attestation Caf ou MSA. Laissez vide si vous ne le connaissez pas."),
    )
    commune = forms.ChoiceField(label=__("Vous habitez"), required=False)
    enfants = forms.TypedChoiceField(
        label=__("Enfants concernés"),
        required=False,
        coerce=int,
        empty_value="1",
        choices=[(str(n), str(n)) for n in range(1, MAX_CHILDREN + 1)],
        error_messages={"invalid_choice": __("Choisissez un nombre d’enfants de la liste.")},
    )

    def __init__(self, data: Any, *, activities: list[ActivityEntry], town: str) -> None:
        super().__init__(data)
        self.activities = activities
        self.category_choices(town)
        for activity in activities:
            self.fields[activity.slug] = _pattern_field(activity)

    def category_choices(self, town: str) -> None:
        field = self.fields["commune"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
        field.choices = [
            ("", _("à %(town)s") % {"town": town} if town else _("dans la commune")),
            ("hors", _("une autre commune")),
        ]

    @property
    def pattern_fields(self) -> list[tuple[forms.BoundField, dict[str, str]]]:
        """Each activity's field, with what explains its choices."""
        return [
            (self[a.slug], {f.code: f.detail for f in a.formulas} if a.kind is ActivityKind.WEDNESDAY else {})
            for a in self.activities
        ]

    def wish(self) -> Wish:
        """The question, once the form is valid."""
        data = self.cleaned_data
        pattern: dict[int, tuple[int, ...]] = {}
        for activity in self.activities:
            chosen = data[activity.slug]
            for formula in activity.formulas:
                if activity.kind is ActivityKind.WEDNESDAY:
                    pattern[formula.id] = weekdays_of(activity) if chosen == formula.code else ()
                else:
                    pattern[formula.id] = tuple(int(day) for day in chosen)
                    break
        category = TariffCategory.NON_RESIDENT if data["commune"] else TariffCategory.RESIDENT
        return Wish(data["quotient"], category, int(data["enfants"]), pattern)


def _pattern_field(activity: ActivityEntry) -> forms.Field:
    """The days of an activity as boxes; on Wednesday, one formula or none."""
    if activity.kind is ActivityKind.WEDNESDAY:
        return forms.ChoiceField(
            label=activity.name,
            required=False,
            choices=[("", _("Pas le mercredi")), *((f.code, f.label) for f in activity.formulas)],
            widget=forms.RadioSelect,
            error_messages={"invalid_choice": _("Choisissez une formule de la liste.")},
        )
    return forms.MultipleChoiceField(
        label=activity.name,
        required=False,
        choices=[(str(day), DAYS[day].capitalize()) for day in weekdays_of(activity)],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("Choisissez des jours de la liste.")},
    )
