"""The form of a collective event: who, when, what becomes of the bookings, and why."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from django import forms

from espace.activities.enums import EventEffect, EventKind, EventScope
from espace.activities.errors import EventInThePast, PlaceToChoose
from espace.activities.queries import catalogue, venue_names
from espace.activities.queries.events import KINDS, ScopeChoice, scope_choices
from espace.activities.rules import EventDraft, Reach
from espace.backoffice.activities.event_words import EFFECTS, EXPLAINED
from espace.backoffice.fields import Day, Line
from espace.kernel import clock

LONGEST = timedelta(days=366)
FARTHEST = timedelta(days=3 * 366)  # from today: beyond, the year was mistyped
NOT_LISTED = {"invalid_choice": "Choisissez dans la liste."}


class EventForm(forms.Form):
    """From the first to the last day included. 6 queries when made."""

    who = forms.ChoiceField(
        label="Qui est concerné", error_messages={"required": "Choisissez qui est concerné.", **NOT_LISTED}
    )
    activity = forms.ChoiceField(label="Quelle activité", required=False, error_messages=NOT_LISTED)
    first = Day(label="Premier jour")
    last = Day(label="Dernier jour")
    kind = forms.ChoiceField(
        label="Ce qui se passe",
        choices=[(str(kind), str(words)) for kind, words in KINDS.items()],
        error_messages={"required": "Choisissez ce qui se passe.", **NOT_LISTED},
    )
    effect = forms.ChoiceField(
        label="Ce que deviennent les réservations",
        choices=[(str(effect), words) for effect, words in EFFECTS.items()],
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez ce que deviennent les réservations.", **NOT_LISTED},
    )
    to_venue = forms.ChoiceField(label="Lieu d’accueil", required=False, error_messages=NOT_LISTED)
    reason = Line(
        label="Motif",
        max_length=200,
        error_messages={"required": "Indiquez le motif : les familles le liront."},
    )
    cancel_left_out = forms.BooleanField(
        label="Annuler sans frais les réservations qui n’ont pas de place", required=False
    )
    effect_hints = {str(effect): words for effect, words in EXPLAINED.items()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._people = {_key(choice): choice for choice in scope_choices()}
        venues = [(str(pk), name) for pk, name in venue_names().items()]
        activities = [(str(a.id), a.name) for a in catalogue().activities.values()]
        self._choose("who", [("", "Choisissez…"), *_grouped(self._people.values())])
        self._choose("activity", [("", "Toutes les activités"), *activities])
        self._choose("to_venue", [("", "Aucun autre lieu"), *venues])

    def _choose(self, name: str, choices: list[Any]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        first, last = typed.get("first"), typed.get("last")
        if isinstance(first, date) and isinstance(last, date):
            if abs(first - clock.today()) > FARTHEST:
                self.add_error("first", "Cette date est trop loin d’aujourd’hui.")
            elif first < clock.today():
                self.add_error("first", str(EventInThePast()))
            elif last < first:
                self.add_error("last", "Le dernier jour est avant le premier.")
            elif last - first > LONGEST:
                self.add_error("last", "Un événement dure un an au plus.")
        if typed.get("effect") == EventEffect.MOVED and typed.get("to_venue") == "":
            self.add_error("to_venue", str(PlaceToChoose()))
        return typed

    def draft(self) -> EventDraft:
        """What was typed; an activity of the whole town is that activity, wherever it is. The end is the day after
        the last. A place is kept only for an event that moves."""
        typed = self.cleaned_data
        who, activity = self._people[typed["who"]], int(typed["activity"]) if typed["activity"] else None
        effect, scope, scope_id = EventEffect(typed["effect"]), who.scope, who.scope_id
        if scope is EventScope.TOWN and activity is not None:
            scope, scope_id = EventScope.ACTIVITY, activity
        to_venue = int(typed["to_venue"]) if effect is EventEffect.MOVED else None
        end = typed["last"] + timedelta(days=1)
        reach = Reach(scope, scope_id, activity, typed["first"], end, to_venue)
        return EventDraft(reach, EventKind(typed["kind"]), effect, typed["reason"])

    @property
    def words(self) -> list[tuple[str, str]]:
        """What was chosen, as the confirmation says it."""
        typed = self.cleaned_data
        facts = [
            ("Qui est concerné", self._people[typed["who"]].label),
            ("Quelle activité", self._said("activity")),
            ("Ce qui se passe", self._said("kind")),
            ("Réservations", self._said("effect")),
        ]
        if typed["effect"] == EventEffect.MOVED:
            facts.append(("Lieu d’accueil", self._said("to_venue")))
        return [*facts, ("Motif", typed["reason"])]

    def _said(self, name: str) -> str:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
        labels = {str(value): str(label) for value, label in field.choices}  # type: ignore[misc,union-attr]
        return labels[self.cleaned_data[name]]


def _key(choice: ScopeChoice) -> str:
    return choice.scope if choice.scope_id is None else f"{choice.scope}-{choice.scope_id}"


def _grouped(people: Iterable[ScopeChoice]) -> list[Any]:
    """The choices of a list, under the name of their group."""
    found: list[Any] = []
    for group, choices in groupby(people, key=lambda choice: choice.group):
        named = [(_key(choice), choice.label) for choice in choices]
        found += [(group, named)] if group else named
    return found
