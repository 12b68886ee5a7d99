"""What an agent types about the rules of an activity."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.forms import BoundField

from espace.activities.enums import Action, Anchor, OffsetUnit, Timing
from espace.activities.rules import END_OF_DAY, Deadlines, Tier, Window
from espace.backoffice.fields import Day, Line
from espace.kernel import clock
from espace.kernel.calendar import PARIS, at
from espace.ui.widgets import TimeInput

TIMINGS = (Timing.IN_TIME, Timing.LATE, Timing.AGENT_ONLY)
ANCHORS = {
    Anchor.SLOT_DAY: "avant le jour réservé",
    Anchor.WEEK_START: "avant le lundi de la semaine",
    Anchor.PERIOD_START: "avant le premier jour des vacances (au calendrier)",
    Anchor.PERIOD_FIRST_OPEN_DAY: "avant le premier jour d’ouverture des vacances",
    Anchor.FIXED_DATE: "à une date fixe",
}
UNITS = {
    OffsetUnit.CALENDAR_DAYS: "jours",
    OffsetUnit.WORKING_DAYS: "jours ouvrés (du lundi au vendredi, hors fériés)",
    OffsetUnit.SCHOOL_DAYS: "jours d’école",
    OffsetUnit.CLEAR_DAYS: "jours francs",
    OffsetUnit.WEEKS: "semaines",
}
TIERS = {
    (Action.BOOK, Timing.IN_TIME): "Réserver sans majoration",
    (Action.BOOK, Timing.LATE): "Réserver avec majoration",
    (Action.BOOK, Timing.AGENT_ONLY): "Réserver au guichet seulement",
    (Action.CANCEL, Timing.IN_TIME): "Annuler sans frais",
    (Action.CANCEL, Timing.LATE): "Annuler en ligne, facturé",
    (Action.CANCEL, Timing.AGENT_ONLY): "Annuler au guichet, facturé",
}
CHOOSE = {"required": "Choisissez dans la liste.", "invalid_choice": "Choisissez dans la liste."}
NUMBER = "Écrivez un nombre entier, de 0 à 365."
HOUR = dict.fromkeys(("required", "invalid"), "Écrivez l’heure en chiffres : 12:00.")
FARTHEST = 5  # years


class Hour(forms.TimeField):
    """A time of the day, by the browser's picker or typed 12:00; empty, the form says what it stands for."""

    def __init__(self, *, to_the_second: bool = False, required: bool = False, **kwargs: Any) -> None:
        widget = TimeInput({"step": "1"} if to_the_second else None)
        if to_the_second:
            widget.format = "%H:%M:%S"
        super().__init__(
            widget=widget,
            required=required,
            input_formats=["%H:%M", "%H:%M:%S"],
            error_messages=HOUR,
            **kwargs,
        )


class Reason(Line):
    """Why a rule changes, for the journal."""

    def __init__(self) -> None:
        super().__init__(
            label="Motif",
            max_length=200,
            error_messages={"required": "Indiquez le motif : il est gardé au journal."},
        )


def is_far(day: object) -> bool:
    """Whether a day typed is so far from today that its year must be wrong."""
    return isinstance(day, date) and abs(day.year - clock.today().year) > FARTHEST


class DeadlinesForm(forms.Form):
    """The tiers of an action, each with its own fields, and the window that moves one of them."""

    window_timing = forms.ChoiceField(label="Limite prolongée", required=False, error_messages=CHOOSE)
    window_day = Day(label="Jusqu’au (inclus)", required=False)
    window_at = Hour(label="Heure")
    window_label = Line(label="Son nom pour les familles", max_length=100, required=False)
    reason = Reason()

    def __init__(self, action: Action, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._action = action
        for timing in TIMINGS:
            needed = timing is Timing.IN_TIME
            none = [] if needed else [("", "pas de limite de ce genre")]
            self.fields |= {
                f"{timing}_offset": forms.IntegerField(
                    label="Combien", min_value=0, max_value=365, required=False,
                    error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), NUMBER),
                ),
                f"{timing}_unit": forms.ChoiceField(
                    label="De quoi", choices=list(UNITS.items()), error_messages=CHOOSE
                ),
                f"{timing}_anchor": forms.ChoiceField(
                    label="Comptés", choices=[*none, *ANCHORS.items()], required=needed, error_messages=CHOOSE
                ),
                f"{timing}_at": Hour(label="Jusqu’à quelle heure"),
                f"{timing}_fixed": Day(label="Date fixe", required=False),
            }  # fmt: skip
        field = self.fields["window_timing"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
        field.choices = [("", "aucune"), *((t.value, TIERS[action, t]) for t in TIMINGS)]

    @property
    def tiers(self) -> Sequence[tuple[str, Sequence[BoundField]]]:
        """Each tier's title with its fields."""
        names = ("offset", "unit", "anchor", "at", "fixed")
        return [(TIERS[self._action, t], [self[f"{t}_{name}"] for name in names]) for t in TIMINGS]

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        for timing in TIMINGS:
            anchor = typed.get(f"{timing}_anchor")
            if anchor == Anchor.FIXED_DATE:
                if not typed.get(f"{timing}_fixed") and f"{timing}_fixed" not in self.errors:
                    self.add_error(f"{timing}_fixed", "Indiquez la date.")
            elif anchor and typed.get(f"{timing}_offset") is None and f"{timing}_offset" not in self.errors:
                self.add_error(f"{timing}_offset", "Indiquez combien.")
        if typed.get("window_timing") and not typed.get("window_day") and "window_day" not in self.errors:
            self.add_error("window_day", "Indiquez jusqu’à quel jour.")
        for name in ("window_day", *(f"{t}_fixed" for t in TIMINGS)):
            if is_far(typed.get(name)):
                self.add_error(name, "Cette date est trop loin d’aujourd’hui.")
        return typed

    def deadlines(self) -> Deadlines:
        """What was typed; a date left beside a limit counted in days is left out."""
        typed = self.cleaned_data
        tiers = tuple(self._tier(timing) for timing in TIMINGS if typed[f"{timing}_anchor"])
        windows: tuple[Window, ...] = ()
        if typed["window_timing"]:
            until = at(typed["window_day"], typed["window_at"] or END_OF_DAY)
            windows = (Window(Timing(typed["window_timing"]), until, typed["window_label"]),)
        return Deadlines(tiers, windows)

    def _tier(self, timing: Timing) -> Tier:
        offset, unit, anchor, hour, fixed = (
            self.cleaned_data[f"{timing}_{name}"] for name in ("offset", "unit", "anchor", "at", "fixed")
        )
        hour = hour or END_OF_DAY
        if anchor == Anchor.FIXED_DATE:
            return Tier(timing, Anchor.FIXED_DATE, fixed=at(fixed, hour))
        return Tier(timing, Anchor(anchor), offset, OffsetUnit(unit), hour)


class DropForm(forms.Form):
    """Why a period gives up its own rule."""

    reason = Reason()


def typed_from(deadlines: Deadlines) -> dict[str, Any]:
    """What the form shows of a rule that stands."""
    initial: dict[str, Any] = {}
    for tier in deadlines.tiers:
        fixed = tier.fixed.astimezone(PARIS) if tier.fixed else None
        initial |= {
            f"{tier.timing}_anchor": tier.anchor.value,
            f"{tier.timing}_offset": None if fixed else tier.offset,
            f"{tier.timing}_unit": tier.unit.value,
            f"{tier.timing}_at": _hour(fixed.time() if fixed else tier.at),
            f"{tier.timing}_fixed": fixed.date() if fixed else None,
        }
    for window in deadlines.windows[-1:]:
        closes: datetime = window.closes_at.astimezone(PARIS)
        initial |= {
            "window_timing": window.timing.value,
            "window_day": closes.date(),
            "window_at": _hour(closes.time()),
            "window_label": window.label,
        }
    return initial


def _hour(moment: time) -> time | None:
    return None if moment == END_OF_DAY else moment
