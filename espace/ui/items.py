"""What a screen hands to a component: small frozen dataclasses, so that mypy checks the screen.

Every attribute always exists: templates never meet an undefined variable.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from espace.kernel.calendar import iso_week, monday_of


@dataclass(frozen=True, slots=True)
class NavItem:
    """One entry of the main navigation. `short_label` is the word under the icon on a phone."""

    label: str
    url: str
    icon: str = "file"
    short_label: str = ""
    current: bool = False
    count: int = 0
    count_label: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A plain link: footer, breadcrumb, list of actions."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab: a link to a view of the same subject. `count` is shown when it is not None."""

    label: str
    url: str
    current: bool = False
    count: int | None = None


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One event. `when` is already words ("Mardi 13 octobre 2026 à 21 h 12")."""

    title: str
    when: str = ""
    text: str = ""
    state: Literal["done", "now", "next"] = "done"


@dataclass(frozen=True, slots=True)
class FileItem:
    """One document, present (`url`) or missing (`missing=True`), with at most one action."""

    name: str
    url: str = ""
    note: str = ""
    missing: bool = False
    icon: str = "file"
    action_label: str = ""
    action_url: str = ""


@dataclass(frozen=True, slots=True)
class PriceStep:
    """One link of the chain that explains a price; both words are already formatted."""

    value: str
    label: str
    kind: Literal["", "plus", "minus", "sum"] = ""


@dataclass(frozen=True, slots=True)
class DayMark:
    """One day of `{% marked_weeks %}`: a sign (one letter), its words, and a look. `note` is a second sign, spelled
    in `words` too."""

    day: date
    sign: str
    words: str
    kind: Literal["", "mine", "other", "unknown"] = ""
    note: str = ""
    is_today: bool = False


@dataclass(frozen=True, slots=True)
class MarkedWeek:
    """Seven days from a Monday; a day that is not told is None."""

    number: int
    days: tuple[DayMark | None, ...]


def marked_weeks(marks: Sequence[DayMark]) -> list[MarkedWeek]:
    """Days, in order, laid out in whole weeks."""
    by_day = {mark.day: mark for mark in marks}
    mondays = dict.fromkeys(monday_of(mark.day) for mark in marks)
    return [
        MarkedWeek(iso_week(monday), tuple(by_day.get(monday + timedelta(days=n)) for n in range(7)))
        for monday in mondays
    ]


@dataclass(frozen=True, slots=True)
class Town:
    """The town's identity as the page frames read it; the screens fill it from the database."""

    name: str
    tagline: str = ""
    street: str = ""
    postcode: str = ""
    city: str = ""
    phone_display: str = ""
    phone_tel: str = ""
    email: str = ""
    colour: str = ""
    logo: str = ""


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks at the page. `acting_for` names the family an agent acts for, or None."""

    signed_in: bool = False
    name: str = ""
    is_agent: bool = False
    acting_for: str | None = None
    acting_url: str = ""
    account_url: str = ""
    login_url: str = ""
    logout_url: str = ""
