"""Finding a family: by a name or its beginning, without accents, a telephone, a mailbox, a number; one slip allowed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from espace.families import rules
from espace.families.models import Household, HouseholdMember, Person
from espace.families.queries.access import members_on
from espace.families.queries.visibility import protected_homes
from espace.kernel import clock
from espace.kernel.actor import Actor, Permission

MOST_FOUND = 20
SHORTEST_TO_FORGIVE = 4


@dataclass(frozen=True, slots=True)
class Found:
    """A household found, with its adults and children today. `address` is left out where someone is protected, but
    for who may know of it: the person it is hidden from may stand at the desk."""

    household: Household
    adults: list[Person]
    children: list[Person]
    address: str


@dataclass(frozen=True, slots=True)
class SearchResult:
    """At most `MOST_FOUND` households; `is_near` when only a slip away from what was typed; `more` when cut."""

    found: list[Found]
    is_near: bool = False
    more: bool = False


def search_for(actor: Actor, q: str) -> SearchResult:
    """The households whose people or number match every word typed. ≤ 5 queries; nothing without permission."""
    words = rules.search_words(q)
    if not words or not actor.may(Permission.FAMILIES_READ):
        return SearchResult([])
    rows, is_near = _first(_matching(words, _begins)), False
    if not rows:
        rows, is_near = _first(_matching(words, _sounds) | _matching(["".join(words)], _sounds)), True
    if not rows and any(len(w) >= SHORTEST_TO_FORGIVE for w in words):
        rows, is_near = _first(_matching(words, _nearly_begins)), True
    return SearchResult(
        _with_people(actor, rows[:MOST_FOUND]), is_near and bool(rows), len(rows) > MOST_FOUND
    )


def families_of_child_for(actor: Actor, *, first_name: str, last_name: str, birth_date: date) -> list[Found]:
    """The households of a child of that birth date and nearly that name, for a key request. 3 queries."""
    if not actor.may(Permission.KEYS):
        return []
    named = Q()
    for word in rules.search_words(f"{first_name} {last_name}"):
        named |= _nearly_begins("person__search_text", word) | _begins("person__search_text", word)
    members = HouseholdMember.objects.filter(
        named, person__birth_date=birth_date, role="CHILD", end__isnull=True
    )
    return _with_people(actor, _first(Household.objects.filter(pk__in=members.values("household_id"))))


def _begins(column: str, word: str) -> Q:
    return Q(**{f"{column}__startswith": word}) | Q(**{f"{column}__contains": f" {word}"})


def _sounds(column: str, word: str) -> Q:
    heard = rules.sounds_like(word)
    return Q(**{f"{column}__regex": f"(^| ){heard}"}) if heard else _begins(column, word)


def _nearly_begins(column: str, word: str) -> Q:
    if len(word) < SHORTEST_TO_FORGIVE:
        return _begins(column, word)
    return _begins(column, word) | Q(**{f"{column}__regex": f"(^| )({'|'.join(rules.near_misses(word))})"})


def _matching(words: Sequence[str], matches: Callable[[str, str], Q]) -> QuerySet[Household]:
    """Households in which each word is somewhere: its name, its number, one of its people."""
    rows = Household.objects.filter(merged_into__isnull=True)
    for word in words:
        people = Person.objects.filter(matches("search_text", word))
        members = HouseholdMember.objects.filter(end__isnull=True, person_id__in=people.values("id"))
        rows = rows.filter(matches("search_text", word) | Q(pk__in=members.values("household_id")))
    return rows


def _first(rows: QuerySet[Household]) -> list[Household]:
    return list(rows.order_by("search_text", "id")[: MOST_FOUND + 1])


def _with_people(actor: Actor, households: Sequence[Household]) -> list[Found]:
    people: dict[int, tuple[list[Person], list[Person]]] = {h.pk: ([], []) for h in households}
    for member in members_on(people, clock.today()):
        people[member.household_id][0 if member.role == "ADULT" else 1].append(member.person)
    silent = set() if actor.may(Permission.PROTECTION) else protected_homes(people)
    return [
        Found(h, *people[h.pk], "" if h.pk in silent else f"{h.street}, {h.postcode} {h.city}")
        for h in households
    ]
