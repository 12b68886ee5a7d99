"""What an agent reads on a judgment or an agreement: a rhythm, the holidays, some exceptional days."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError

from espace.backoffice.fields import Day, Line
from espace.families.enums import CustodyKind, HolidayRule
from espace.families.queries import household_numbered_for
from espace.families.rules import (
    Custody,
    CustodyException,
    HolidaySharing,
    NewArrangement,
    NewException,
    Rhythm,
    cycle_of,
)
from espace.kernel import clock
from espace.kernel.actor import Actor
from espace.kernel.calendar import ONE_DAY, monday_of
from espace.kernel.errors import NotFound

if TYPE_CHECKING:
    from espace.families.models import Household

FARTHEST = timedelta(days=3 * 366)
LONGEST_EXCEPTION = timedelta(days=92)
HERE, THERE = "ici", "autre"
RHYTHMS = {
    Rhythm.ONE_HOME: "un seul foyer",
    Rhythm.ALTERNATE_WEEKS: "une semaine sur deux",
    Rhythm.TWO_TWO_THREE: "2-2-3",
    Rhythm.TWO_TWO_FIVE_FIVE: "2-2-5-5",
    Rhythm.WEEKENDS_FROM_FRIDAY: "un week-end sur deux, dès le vendredi",
    Rhythm.WEEKENDS_FROM_SATURDAY: "un week-end sur deux, dès le samedi",
    Rhythm.ISO_PARITY: "semaines paires et impaires",
}
HOLIDAYS = {
    HolidayRule.NONE: "le rythme continue",
    HolidayRule.HALVES: "par moitiés",
    HolidayRule.HALVES_SUMMER_FORTNIGHTS: "par moitiés, l’été par quinzaines",
}
CHOOSE = "Choisissez dans la liste."


def _near(day: date) -> date:
    if abs(day - clock.today()) > FARTHEST:
        raise ValidationError("Cette date est trop loin d’aujourd’hui. Vérifiez l’année.")
    return day


class ArrangementForm(forms.Form):
    """An arrangement from a day on. The two homes are the file's and another, by its number."""

    rhythm = forms.ChoiceField(
        label="Rythme",
        choices=[(r.value, words) for r, words in RHYTHMS.items()],
        error_messages={"required": CHOOSE, "invalid_choice": CHOOSE},
    )
    other = Line(label="Numéro de l’autre foyer", max_length=12, required=False)
    first = forms.ChoiceField(
        label="Premier foyer", error_messages={"required": CHOOSE, "invalid_choice": CHOOSE}
    )
    start = Day(label="À partir du")
    cycle_start = Day(label="Premier jour du cycle", required=False)
    holidays = forms.ChoiceField(
        label="Vacances scolaires",
        choices=[(r.value, words) for r, words in HOLIDAYS.items()],
        error_messages={"required": CHOOSE, "invalid_choice": CHOOSE},
    )
    holiday_first = forms.ChoiceField(
        label="Première part, les années paires",
        error_messages={"required": CHOOSE, "invalid_choice": CHOOSE},
    )
    reason = Line(label="Pourquoi une date passée", max_length=200, required=False)

    def __init__(self, actor: Actor, household: Household, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._actor, self._household = actor, household
        for name in ("first", "holiday_first"):
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = [(HERE, household.name), (THERE, "l’autre foyer")]

    def clean_start(self) -> date:
        return _near(self.cleaned_data["start"])

    def clean_cycle_start(self) -> date | None:
        day: date | None = self.cleaned_data["cycle_start"]
        return _near(day) if day else None

    def clean_other(self) -> int | None:
        """The id of the other home."""
        number: str = self.cleaned_data["other"]
        if not number:
            return None
        try:
            other = household_numbered_for(self._actor, number)
        except NotFound:
            raise ValidationError("Aucun foyer ne porte ce numéro.") from None
        if other.pk == self._household.pk:
            raise ValidationError("C’est le numéro de ce foyer-ci : il faut celui de l’autre.")
        return other.pk

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if self.errors:
            return typed
        alone = typed["rhythm"] == Rhythm.ONE_HOME and typed["first"] == HERE
        if typed["other"] is None and not (alone and typed["holidays"] == HolidayRule.NONE):
            self.add_error("other", "Indiquez le numéro de l’autre foyer : il est en haut de son dossier.")
        return typed

    def change(self) -> NewArrangement:
        """What was typed, as the rules read it."""
        typed = self.cleaned_data
        here, there = self._household.pk, typed["other"] or 0
        homes = (here, there) if typed["first"] == HERE else (there, here)
        parts = (here, there) if typed["holiday_first"] == HERE else (there, here)
        rule, rhythm, start = HolidayRule(typed["holidays"]), Rhythm(typed["rhythm"]), typed["start"]
        sharing = HolidaySharing(rule, *parts) if rule is not HolidayRule.NONE else None
        if rhythm is Rhythm.ONE_HOME:
            custody = Custody(CustodyKind.SINGLE, homes[:1], holidays=sharing)
        elif rhythm is Rhythm.ISO_PARITY:
            custody = Custody(CustodyKind.ISO_PARITY, homes, holidays=sharing)
        else:
            begins = typed["cycle_start"] or monday_of(start)
            custody = Custody(CustodyKind.CYCLE, cycle_of(rhythm, *homes), begins, holidays=sharing)
        return NewArrangement(custody, start)


class ExceptionForm(forms.Form):
    """Some days at one of the child's homes, from the first to the last, included."""

    home = forms.ChoiceField(label="Chez", error_messages={"required": CHOOSE, "invalid_choice": CHOOSE})
    first = Day(label="Premier jour")
    last = Day(label="Dernier jour")
    reason = Line(label="Motif", max_length=200, error_messages={"required": "Indiquez le motif."})

    def __init__(self, homes: dict[int, str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["home"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(str(pk), name) for pk, name in homes.items()]

    def clean_first(self) -> date:
        first = _near(self.cleaned_data["first"])
        if first < clock.today():
            raise ValidationError("Ce jour est passé.")
        return first

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        first, last = typed.get("first"), typed.get("last")
        if isinstance(first, date) and isinstance(last, date):
            if last < first:
                self.add_error("last", "Le dernier jour est avant le premier.")
            elif last - first > LONGEST_EXCEPTION:
                self.add_error("last", "Une exception dure trois mois au plus : au-delà, changez la garde.")
        return typed

    def change(self) -> NewException:
        """What was typed, as the rules read it; the end is the day after the last."""
        typed = self.cleaned_data
        return NewException(CustodyException(typed["first"], typed["last"] + ONE_DAY, int(typed["home"])))


class ConfirmForm(forms.Form):
    """What the agent decides of the days that move, and what they agreed to."""

    keep = forms.ChoiceField(
        label="Ces jours réservés",
        choices=[
            ("garder", "restent réservés : le foyer qui répond de l’enfant les paie"),
            ("annuler", "sont annulés sans frais"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": CHOOSE, "invalid_choice": CHOOSE},
    )
    digest = forms.CharField(max_length=64, widget=forms.HiddenInput)
