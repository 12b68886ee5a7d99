"""What an agent types about the opening of a period."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django import forms

from espace.activities.queries import PeriodEntry
from espace.activities.rules import END_OF_DAY
from espace.backoffice.fields import Day
from espace.backoffice.offer_rules.forms import Hour, Reason, is_far
from espace.families.enums import TariffCategory
from espace.kernel.calendar import PARIS, at

MIDNIGHT = time(0)
FIELDS = {
    "opens": "Ouvre à tous le",
    "others": "Ouvre aux familles hors commune le",
    "closes": "Ferme le (inclus)",
}


class OpeningForm(forms.Form):
    """Three instants, each a day and an hour; the last two may be left empty."""

    opens_day = Day(label=FIELDS["opens"], error_messages={"required": "Indiquez le jour de l’ouverture."})
    opens_at = Hour(label="Heure d’ouverture", to_the_second=True)
    others_day = Day(label=FIELDS["others"], required=False)
    others_at = Hour(label="Heure hors commune", to_the_second=True)
    closes_day = Day(label=FIELDS["closes"], required=False)
    closes_at = Hour(label="Heure de fermeture", to_the_second=True)
    reason = Reason()

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        for name in FIELDS:
            if is_far(typed.get(f"{name}_day")):
                self.add_error(f"{name}_day", "Cette date est trop loin d’aujourd’hui.")
        return typed

    def arguments(self) -> dict[str, Any]:
        """As the service takes them: an empty hour opens with its day, and closes with it."""
        others, opens = self._instant("others", MIDNIGHT), self._instant("opens", MIDNIGHT)
        return {
            "opens_at": opens,
            "openings": {TariffCategory.NON_RESIDENT: others} if others else {},
            "closes_at": self._instant("closes", END_OF_DAY),
            "reason": self.cleaned_data["reason"],
        }

    def _instant(self, name: str, otherwise: time) -> datetime | None:
        day, hour = self.cleaned_data[f"{name}_day"], self.cleaned_data[f"{name}_at"]
        return at(day, otherwise if hour is None else hour) if day else None


def opening_from(period: PeriodEntry) -> dict[str, Any]:
    """What the form shows of a period as it stands."""
    others = dict(period.openings).get(TariffCategory.NON_RESIDENT)
    return {
        **_typed("opens", period.opens_at, MIDNIGHT),
        **_typed("others", others, MIDNIGHT),
        **_typed("closes", period.closes_at, END_OF_DAY),
    }


def _typed(name: str, instant: datetime | None, otherwise: time) -> dict[str, Any]:
    if instant is None:
        return {}
    local = instant.astimezone(PARIS)
    hour = local.time()
    return {f"{name}_day": local.date(), f"{name}_at": None if hour == otherwise else hour}
