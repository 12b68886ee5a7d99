"""Who answers for a child on a day, how old they are, which child of the family they are, what a key is worth."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from espace.families.enums import CustodyKind, KeyState
from espace.families.errors import BadCustody, CustodyOverlap, NoCustody, NotBornYet
from espace.kernel.calendar import iso_week, monday_of
from espace.kernel.text import normalise

ONE_WEEK = timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class Custody:
    """A rhythm of residence between households, and the days it is valid for: `[valid_from, valid_until)`.

    - SINGLE: `owners` is one household.
    - CYCLE: `owners` share `cycle_days` (7, 14 or 28; 0 means one owner a day) in equal blocks from `start`: two
      owners over 14 days alternate weeks; fourteen spell 2-2-3 or 2-2-5-5 day by day. It never jumps.
    - ISO_PARITY: `owners` are (even weeks, odd weeks). It jumps after a year of 53 weeks: see `parity_jumps`.
    """

    kind: CustodyKind
    owners: tuple[int, ...]
    start: date | None = None
    cycle_days: int = 0
    valid_from: date | None = None
    valid_until: date | None = None

    def __post_init__(self) -> None:
        expected = {CustodyKind.SINGLE: 1, CustodyKind.ISO_PARITY: 2}.get(self.kind)
        if not self.owners or (expected is not None and len(self.owners) != expected):
            raise BadCustody
        if self.kind is CustodyKind.CYCLE and (
            self.start is None or self._length not in (7, 14, 28) or self._length % len(self.owners)
        ):
            raise BadCustody

    @property
    def _length(self) -> int:
        return self.cycle_days or len(self.owners)

    def covers(self, day: date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_until is None or day < self.valid_until
        )

    def owner_on(self, day: date) -> int:
        """The household of the rhythm on this day, before any exception."""
        if self.kind is CustodyKind.ISO_PARITY:
            return self.owners[iso_week(day) % 2]
        if self.start is None:
            return self.owners[0]
        position = (day - self.start).days % self._length
        return self.owners[position * len(self.owners) // self._length]


@dataclass(frozen=True, slots=True)
class CustodyException:
    """A household that answers for the child over `[start, end)`, whatever the rhythm says."""

    start: date
    end: date
    household: int


def responsible_household(
    custody: Custody | Sequence[Custody], day: date, exceptions: Sequence[CustodyException] = ()
) -> int:
    """The one household that answers for the child on this day (I2).

    `NoCustody` when nothing covers the day, `CustodyOverlap` when two arrangements, or two exceptions, do: we never
    choose for the parents.
    """
    excepted = {e.household for e in exceptions if e.start <= day < e.end}
    if len(excepted) > 1:
        raise CustodyOverlap
    if excepted:
        return excepted.pop()
    dated = (custody,) if isinstance(custody, Custody) else custody
    covering = [c for c in dated if c.covers(day)]
    if not covering:
        raise NoCustody
    if len(covering) > 1:
        raise CustodyOverlap
    return covering[0].owner_on(day)


def parity_jumps(start: date, end: date) -> Iterator[date]:
    """The Mondays of `[start, end)` whose ISO week has the parity of the week before.

    It happens after each year of 53 weeks: 04/01/2027 (week 1) follows week 53, odd too, so that one parent has the
    child two weeks running. The screens warn who chooses ISO_PARITY.
    """
    monday = monday_of(start)
    if monday < start:
        monday += ONE_WEEK
    while monday < end:
        if iso_week(monday) % 2 == iso_week(monday - ONE_WEEK) % 2:
            yield monday
        monday += ONE_WEEK


def age_on(birth_date: date, day: date) -> int:
    """Completed years on this day; a child born on 29 February has their birthday on 1 March of other years."""
    if day < birth_date:
        raise NotBornYet
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))


def sibling_rank(child: int, birth_dates: Mapping[int, date]) -> int:
    """The rank of a child among those that count together, the eldest being 1.

    `birth_dates` holds the birth date of each of them, the child included; twins are ranked by id, so that the same
    family always gives the same ranks. Which children count (enrolled, of one household) is the caller's rule.
    """
    ordered = sorted(birth_dates, key=lambda other: (birth_dates[other], other))
    return ordered.index(child) + 1


def key_state(
    now: datetime, expires_at: datetime, used_at: datetime | None, revoked_at: datetime | None
) -> KeyState:
    """What a Clé Enfance is worth now (I5): used wins over revoked, revoked over expired; expired at `expires_at`."""
    if used_at is not None:
        return KeyState.USED
    if revoked_at is not None:
        return KeyState.REVOKED
    return KeyState.READY if now < expires_at else KeyState.EXPIRED


def is_same_person(a: tuple[str, str, date | None], b: tuple[str, str, date | None]) -> bool:
    """Whether two (first name, last name, birth date) name one person: the same names whatever accents and capitals,
    and no two birth dates that differ."""
    (first_a, last_a, born_a), (first_b, last_b, born_b) = a, b
    same_names = (normalise(first_a), normalise(last_a)) == (normalise(first_b), normalise(last_b))
    return same_names and (born_a is None or born_b is None or born_a == born_b)


KEY_LIFETIME = timedelta(days=90)
SEARCH_LENGTH = 200


def person_search_text(first_name: str, last_name: str, email: str = "", phone: str = "") -> str:
    """What a search reads of a person: names without accents, then the telephone's digits, then the mailbox."""
    digits = "".join(c for c in phone if c.isdigit())
    return " ".join(normalise(f"{first_name} {last_name} {digits} {email}").split())[:SEARCH_LENGTH]


def household_search_text(name: str, number: str) -> str:
    """What a search reads of a household itself; its people are searched by their own."""
    return " ".join(normalise(f"{name} {number}").split())[:SEARCH_LENGTH]


def search_words(text: str) -> list[str]:
    """The words of a search as typed: a telephone number becomes one word of digits, at most eight words are kept."""
    bare = "".join(c for c in text if c not in " .-/()\u00a0\u202f")
    bare = f"0{bare[3:]}" if bare.startswith("+33") else bare
    if len(bare) >= 6 and bare.isascii() and bare.isdigit():
        return [bare]
    return normalise(text).split()[:8]


def near_misses(word: str) -> list[str]:
    """Regular expressions of the words one slip away (a letter changed, added, forgotten, or two swapped).

    The first letter is trusted: people rarely miss it, and it keeps the search narrow. `word` is normalised.
    """
    safe = [c if c.isalnum() else "." for c in word]
    found = []
    for i in range(1, len(safe)):
        found.append("".join(safe[:i]) + ".?" + "".join(safe[i + 1 :]))
        found.append("".join(safe[:i]) + "." + "".join(safe[i:]))
        if i + 1 < len(safe):
            found.append("".join([*safe[:i], safe[i + 1], safe[i], *safe[i + 2 :]]))
    return found
