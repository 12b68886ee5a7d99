"""What the browser sends: choices only. Prices, dates and states are read again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from espace.bookings.enums import WeekRule
from espace.bookings.queries import EnrolmentOption, PatternSheet, window_of
from espace.bookings.services import Copy, Wish
from espace.kernel import clock
from espace.kernel.calendar import ONE_DAY, monday_of
from espace.kernel.text import has_forbidden_characters
from espace.ui.widgets import DateInput

MOST_ID = 2**63 - 1
LONGEST_ID = len(str(MOST_ID))
MOST_SLOTS = 600
MOST_CHILDREN = 20
CHILD_FIELD = re.compile(r"([1-9][0-9]{0,17})-(?:r|vu)")
WEEK, YEAR = timedelta(weeks=1), timedelta(weeks=53)
BROKEN = _("Ce formulaire n’est plus valable. Rechargez la page : rien n’a été modifié.")
LATE = "demain"
OFFERED_AGAIN = _("Vos choix sont de nouveau cochés. Vérifiez-les, puis confirmez.")


def _id(text: str) -> int:
    """A plain positive id; anything else breaks the form, never the server."""
    if not (text.isascii() and text.isdigit()) or len(text) > LONGEST_ID or not 0 < int(text) <= MOST_ID:
        raise forms.ValidationError(BROKEN)
    return int(text)


class IdsField(forms.Field):
    """Several ids of the same name, as boxes send them."""

    widget = forms.MultipleHiddenInput

    def to_python(self, value: Any) -> frozenset[int]:
        values: list[str] = value or []
        if len(values) > MOST_SLOTS:
            raise forms.ValidationError(BROKEN)
        return frozenset(_id(text) for text in values)


class PairsField(forms.CharField):
    """ "slot.booking slot.booking": the state a page showed."""

    widget = forms.HiddenInput

    def to_python(self, value: Any) -> dict[int, int]:  # type: ignore[override]
        words = str(value or "").split(" ") if value else []
        if len(words) > MOST_SLOTS:
            raise forms.ValidationError(BROKEN)
        pairs: dict[int, int] = {}
        for word in words:
            slot, dot, booking = word.partition(".")
            if not dot:
                raise forms.ValidationError(BROKEN)
            pairs[_id(slot)] = _id(booking)
        return pairs

    def validate(self, value: Any) -> None:
        """Pairs are checked one by one above."""

    def run_validators(self, value: Any) -> None:
        """Nothing more to check: the value is no longer a text."""


def _reason() -> forms.CharField:
    return forms.CharField(required=False, max_length=500, label=_("Motif"))


class PlainTextMixin(forms.Form):
    """Refuses control characters and text that reads backwards, in words."""

    def clean_motif(self) -> str:
        text: str = self.cleaned_data["motif"]
        if has_forbidden_characters(text):
            raise forms.ValidationError(
                _("Le motif contient des caractères qui ne s’affichent pas : retapez-le.")
            )
        return text


class BoxesForm(forms.Form):
    """The boxes of one child: `r`, the slots wanted (ticked, or fixed); `vu`, what was booked when the page was made."""

    r = IdsField(required=False)
    vu = PairsField(required=False)

    def wish(self, child_id: int) -> Wish:
        """Slots to book, bookings to cancel, from the state it showed."""
        wanted: frozenset[int] = self.cleaned_data["r"]
        seen: dict[int, int] = self.cleaned_data["vu"]
        return Wish(
            child_id,
            add=wanted - seen.keys(),
            remove=frozenset(booking for slot, booking in seen.items() if slot not in wanted),
            seen=seen,
        )


class GridForm(PlainTextMixin):
    """A month of one child, or of several: then the names of each child's boxes begin with its id (« 12-r »).

    `copier`: the Monday of the week to copy, `jusque` the last day of the copy; the rest as a recap sends it."""

    semaine = forms.DateField(required=False)
    jeton = forms.CharField(required=False, max_length=64)
    empreinte = forms.CharField(required=False, max_length=64)
    partiel = forms.BooleanField(required=False)
    attente = forms.BooleanField(required=False)
    motif = _reason()
    copier = forms.DateField(required=False, error_messages={"invalid": BROKEN})
    jusque = forms.DateField(
        required=False,
        label=_("Jusqu’au"),
        widget=DateInput(),
        error_messages={"invalid": _("Indiquez une date, par exemple 01/12/2026.")},
    )

    def __init__(self, data: QueryDict, *, month: date, child_id: int | None, **options: Any) -> None:
        super().__init__(data, **options)
        self._sent, self._month, self._child_id = data, month, child_id
        if child_id is not None:
            self.boxes = {child_id: BoxesForm(data)}
        else:
            named = sorted({int(found[1]) for name in data if (found := CHILD_FIELD.fullmatch(name))})
            self.boxes = {child: BoxesForm(data, prefix=str(child)) for child in named}

    def clean_copier(self) -> date | None:
        """A week that the page shows, by any of its days."""
        day: date | None = self.cleaned_data["copier"]
        start, end = window_of(self._month)
        if day is not None and not start <= day < end:
            raise forms.ValidationError(BROKEN)
        return monday_of(day) if day else None

    def clean(self) -> dict[str, Any]:
        sent = super().clean() or {}
        if len(self.boxes) > MOST_CHILDREN or not all(boxes.is_valid() for boxes in self.boxes.values()):
            raise forms.ValidationError(BROKEN)
        monday, until = sent.get("copier"), sent.get("jusque")
        if monday and until and not monday + WEEK <= until <= monday + YEAR:
            self.add_error("jusque", _("Choisissez un jour d’une des semaines qui suivent."))
        return sent

    def with_end(self, last: date) -> GridForm:
        """The same form with the last day of the copy that a page proposes."""
        proposed = self._sent.copy()
        proposed["jusque"] = last.isoformat()
        form = GridForm(proposed, month=self._month, child_id=self._child_id)
        form.is_valid()
        return form

    @property
    def wishes(self) -> list[Wish]:
        return [boxes.wish(child) for child, boxes in self.boxes.items()]

    @property
    def wanted(self) -> dict[int, frozenset[int]]:
        """{child: slots wanted}; none when the boxes can't be read."""
        if any(boxes.errors for boxes in self.boxes.values()):
            return {}
        return {child: boxes.cleaned_data["r"] for child, boxes in self.boxes.items()}

    @property
    def copy(self) -> Copy | None:
        monday: date | None = self.cleaned_data.get("copier")
        return Copy(monday, self.cleaned_data.get("jusque")) if monday else None

    @property
    def week(self) -> date | None:
        found: date | None = getattr(self, "cleaned_data", {}).get("semaine")
        return found


class PatternForm(PlainTextMixin):
    """`j`: weekday-formula couples, among those of the sheet; `depuis`: the first day; `semaines`: which weeks;
    `voie`: the way to begin, when there are two."""

    j = forms.MultipleChoiceField(required=False, label=_("Jours de la semaine"))
    depuis = forms.DateField(
        label=_("À partir du"),
        widget=DateInput(),
        error_messages={
            "required": _("Indiquez à partir de quel jour."),
            "invalid": _("Indiquez une date, par exemple 01/12/2026."),
        },
    )
    semaines = forms.ChoiceField(required=False, label=_("Quelles semaines"))
    voie = forms.ChoiceField(
        required=False, choices=[(LATE, LATE)], error_messages={"invalid_choice": BROKEN}
    )
    jeton = forms.CharField(required=False, max_length=64)
    empreinte = forms.CharField(required=False, max_length=64)
    partiel = forms.BooleanField(required=False)
    attente = forms.BooleanField(required=False)
    motif = _reason()

    def __init__(self, sheet: PatternSheet, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._sheet = sheet
        field = self.fields["j"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101 - for the type checker
        field.choices = sheet.values
        field.error_messages["invalid_choice"] = str(BROKEN)
        weeks = self.fields["semaines"]
        assert isinstance(weeks, forms.ChoiceField)  # noqa: S101 - for the type checker
        weeks.choices = week_choices(sheet.is_shared)
        weeks.error_messages["invalid_choice"] = str(BROKEN)
        self.fields["depuis"].widget.attrs |= {
            "min": sheet.earliest.isoformat(),
            "max": sheet.latest.isoformat(),
        }

    def clean_j(self) -> list[str]:
        chosen: list[str] = self.cleaned_data["j"]
        if not chosen and not self._sheet.chosen:
            raise forms.ValidationError(_("Cochez au moins un jour."))
        return chosen

    def clean_depuis(self) -> date:
        day: date = self.cleaned_data["depuis"]
        if not self._sheet.earliest <= day <= self._sheet.latest:
            raise forms.ValidationError(_("Choisissez une date de l’année scolaire en cours."))
        return day

    @property
    def days(self) -> list[tuple[int, int]]:
        values: Sequence[str] = self.cleaned_data["j"]
        return [
            (int(weekday), int(formula)) for weekday, _dash, formula in (v.partition("-") for v in values)
        ]

    @property
    def week_rule(self) -> WeekRule:
        """The weeks chosen; those of the sheet when the form does not say."""
        return WeekRule(self.cleaned_data["semaines"] or self._sheet.week_rule)

    @property
    def soonest(self) -> date:
        """The first day a late beginning could be: the day asked, or tomorrow when that one was only proposed."""
        asked: date = self.cleaned_data["depuis"]
        if asked != self._sheet.first_in_time:
            return asked
        return min(asked, max(clock.today() + ONE_DAY, self._sheet.earliest))


def week_choices(is_shared: bool) -> list[tuple[str, str]]:
    """Every week, or one in two; a child of two homes has no other weeks than those of custody."""
    first = (
        (WeekRule.CUSTODY, _("mes semaines de garde"))
        if is_shared
        else (WeekRule.EVERY, _("toutes les semaines"))
    )
    others = [(WeekRule.EVEN, _("semaines paires")), (WeekRule.ODD, _("semaines impaires"))]
    return [(rule.value, str(words)) for rule, words in (first, *others)]


class EnrolForm(forms.Form):
    """`p`: the periods chosen; `lieu_<period>` where the family may choose the place."""

    p = forms.MultipleChoiceField(
        label=_("Activités"),
        error_messages={
            "required": _("Choisissez au moins une activité."),
            "invalid_choice": _("Cette activité n’est pas proposée pour cet enfant."),
        },
    )

    def __init__(self, options: Sequence[EnrolmentOption], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        possible = [option for option in options if option.is_possible]
        field = self.fields["p"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101 - for the type checker
        field.choices = [(str(o.period.id), o.activity.name) for o in possible]
        for option in possible:
            if len(option.venues) > 1:
                self.fields[f"lieu_{option.period.id}"] = forms.ChoiceField(
                    label=_("Lieu"),
                    required=False,
                    choices=[(str(v.id), v.name) for v in option.venues],
                )

    def choices(self) -> dict[int, int | None]:
        chosen: Sequence[str] = self.cleaned_data["p"]
        return {int(p): int(self.cleaned_data.get(f"lieu_{p}") or 0) or None for p in chosen}


class JoinForm(forms.Form):
    """« Attendre une place »: the plan that was read."""

    jeton = forms.CharField(required=False, max_length=64)
    empreinte = forms.CharField(required=False, max_length=64)


class AnswerForm(forms.Form):
    """The answer to an offer, or leaving the list."""

    reponse = forms.ChoiceField(
        choices=[("prendre", ""), ("passer", ""), ("quitter", "")],
        error_messages={"required": BROKEN, "invalid_choice": BROKEN},
    )
    empreinte = forms.CharField(required=False, max_length=64)
