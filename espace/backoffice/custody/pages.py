"""What the screens of custody print."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from espace.backoffice.custody.words import arrangement_words
from espace.bookings.queries import CustodyPreview, MovedDay
from espace.families import queries
from espace.families.rules import CustodyDay, Rhythm, rhythm_of
from espace.kernel import clock
from espace.kernel.calendar import ONE_DAY
from espace.kernel.money import Money
from espace.kernel.text import format_date_long
from espace.ui.items import DayMark

if TYPE_CHECKING:
    from espace.families.models import CustodyException, Household
    from espace.families.rules import Custody

NOBODY = "personne"
LETTERS = "ABCDEF"


@dataclass(frozen=True, slots=True)
class Excepted:
    """An exception in words."""

    id: int
    first: date
    last: date
    home: str
    reason: str


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of holidays."""

    label: str
    first: date
    last: date
    home: str


@dataclass(frozen=True, slots=True)
class Move:
    """A booked day that changes home."""

    day: date
    formula: str
    before: str
    after: str
    price: Money | None


@dataclass(frozen=True, slots=True)
class HomeChange:
    """What a change does to one home: days it gains and loses, and its bills to come."""

    name: str
    gained: int
    lost: int
    amount: Money


@dataclass(frozen=True, slots=True)
class CustodyPage:
    """A calendar of custody and, for a change, what it does."""

    marks: list[DayMark]
    legend: list[tuple[str, str]]
    parts: list[Part]
    moves: list[Move]
    homes: list[HomeChange]
    jumps: list[str]
    digest: str


def custody_page(preview: CustodyPreview) -> CustodyPage:
    """The page of a preview, or of the custody as it is."""
    letters = {pk: LETTERS[n % len(LETTERS)] for n, pk in enumerate(preview.homes)}
    names = preview.homes
    by_home = preview.by_home
    return CustodyPage(
        marks=[_mark(d, letters, preview) for d in preview.days],
        legend=[(letters[pk], name) for pk, name in names.items()],
        parts=[
            Part(p.label or "Vacances", p.first, p.last, names.get(p.household or 0, NOBODY))
            for p in preview.parts
        ],
        moves=[_move(m, preview) for m in preview.moved],
        homes=[
            HomeChange(name, len(by_home[pk][0]), len(by_home[pk][1]), preview.change_of(pk))
            for pk, name in names.items()
            if pk in by_home
        ],
        jumps=[format_date_long(day) for day in preview.jumps],
        digest=preview.digest,
    )


def dated_of(child_id: int) -> Sequence[Custody]:
    """The arrangements of today and to come. 1 query."""
    found = queries.custodies_of([child_id], clock.today(), date.max).get(child_id)
    return found.arrangements if found else ()


def now_words(dated: Sequence[Custody], homes: Mapping[int, str]) -> list[str]:
    """They, in sentences."""
    today = clock.today()
    said: list[str] = []
    for custody in dated:
        words = arrangement_words(custody, homes)
        later = custody.valid_from is not None and custody.valid_from > today
        said += (
            [f"À partir du {format_date_long(custody.valid_from)} : {words[0]}"]
            if later and custody.valid_from
            else words[:1]
        )
        said += words[1:]
    return said


def excepted(rows: Sequence[CustodyException]) -> list[Excepted]:
    """Exceptions, soonest first."""
    return [Excepted(r.pk, r.start, r.end - ONE_DAY, r.household.name, r.reason) for r in rows]


def initial(dated: Sequence[Custody], household: Household, numbers: Mapping[int, str]) -> dict[str, object]:
    """What the form of an arrangement shows first: the one in force today, as seen from this file."""
    today = clock.today()
    now = [custody for custody in dated if custody.valid_from is None or custody.valid_from <= today]
    start = {
        "start": today,
        "first": "ici",
        "holiday_first": "ici",
        "rhythm": Rhythm.ONE_HOME,
        "holidays": "NONE",
    }
    if not now:
        return start
    custody = now[-1]
    rhythm = rhythm_of(custody)
    other = next((pk for pk in custody.homes if pk != household.pk), None)
    shared = custody.holidays
    return start | {
        "rhythm": rhythm if rhythm is not Rhythm.OTHER else Rhythm.ALTERNATE_WEEKS,
        "other": numbers.get(other, "") if other else "",
        "first": "ici" if custody.owners[0] == household.pk else "autre",
        "cycle_start": custody.start,
        "holidays": shared.rule if shared else "NONE",
        "holiday_first": "ici" if shared is None or shared.first == household.pk else "autre",
    }


def _mark(d: CustodyDay, letters: dict[int, str], preview: CustodyPreview) -> DayMark:
    if d.household is None:
        return DayMark(d.day, "?", "personne n’est désigné", "unknown")
    first = next(iter(letters))
    words = [preview.homes[d.household]]
    words += ["vacances"] if d.is_holiday else []
    words += ["exception"] if d.is_exception else []
    return DayMark(
        d.day,
        letters[d.household],
        ", ".join(words),
        "mine" if d.household == first else "other",
        note="!" if d.is_exception else "",
        is_today=d.day == clock.today(),
    )


def _move(m: MovedDay, preview: CustodyPreview) -> Move:
    names = preview.homes
    return Move(
        m.day, m.formula, names.get(m.before or 0, NOBODY), names.get(m.after or 0, NOBODY), m.price_after
    )
