"""What a family's file shows, in words."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from espace.audit.queries import journal_of, latest_in
from espace.backoffice.custody.forms import HOLIDAYS, RHYTHMS
from espace.backoffice.families.journal import LogLine, Told, log_lines
from espace.backoffice.families.offer import Offer, OfferParts, offer_of
from espace.backoffice.families.words import CATEGORIES, KEY_STATES, SOURCES
from espace.bookings.queries import acknowledgements_of
from espace.families import queries
from espace.families.enums import CustodyKind, KeyState
from espace.families.queries import ChangeGroup, ChildCard, Sight
from espace.families.rules import NO_HOLIDAYS, age_on, custody_days, rhythm_of
from espace.families.services import READ_FILE
from espace.kernel import clock
from espace.kernel.actor import Actor, Permission
from espace.kernel.calendar import ONE_DAY
from espace.kernel.reading import Later, read_now
from espace.kernel.text import format_quotient
from espace.notifications.queries import MessageLine, messages_of

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from espace.audit.models import AuditEvent
    from espace.families.models import FamilyKey, Household, HouseholdMember, Person

JOURNAL_LENGTH = 8
MAILS_SHOWN, READINGS_SHOWN = 6, 5
UNSAID = "Un message"


@dataclass(frozen=True, slots=True)
class KeyView:
    """A key: its state in words, and what may be done with it."""

    id: int
    state: str
    kind: str
    on: date
    to_print: bool
    to_revoke: bool


@dataclass(frozen=True, slots=True)
class AdultView:
    """An adult with their account and their last key."""

    person: Person
    age: int | None
    is_payer: bool
    key: KeyView | None
    may_have_key: bool


@dataclass(frozen=True, slots=True)
class ChildView:
    """A child as the guichet reads it."""

    card: ChildCard
    age: int | None
    custody: str
    may_open: bool


@dataclass(frozen=True, slots=True)
class FamilyPage:
    """The file of a household, and what this agent may do with it."""

    household: Household
    opened_on: date
    adults: list[AdultView]
    children: list[ChildView]
    quotient: str
    quotient_note: str
    category: str
    changes: list[ChangeGroup]
    journal: list[LogLine]
    readings: list[LogLine]
    mails: list[MessageLine]
    may_write: bool
    may_act: bool
    may_keys: bool
    may_health: bool
    may_criteria: bool
    may_protect: bool
    pickups: list[tuple[str, str, str]] = field(default_factory=list)


def family_page(actor: Actor, household: Household) -> tuple[FamilyPage, Offer]:
    """The file of a household that the agent was allowed to hold, and its offer. 3 queries, 2 where nobody is enrolled,
    and the catalogue: all that hangs on the people of the home is read together."""
    sight = queries.sight_of_home(actor, household)
    opened = queries.OpenFiles([household], sight)
    today = clock.today()
    offer = OfferParts(household, [card.person.pk for card in opened.children], today)
    where = _Where(opened.children, today)
    journal = _journal(household, sight)
    acts, readings = journal.exclude(action=READ_FILE), journal.filter(action=READ_FILE)
    lines, seen = latest_in(acts, JOURNAL_LENGTH), latest_in(readings, READINGS_SHOWN)
    done = acknowledgements_of(acts.filter(object_kind="submission").values("object_id")[:JOURNAL_LENGTH])
    keys, mails = queries.keys_of(household.pk), messages_of(household.pk, MAILS_SHOWN)
    read_now(*opened.parts, *offer.parts, *where.parts, lines, seen, done, keys, mails)
    (file,) = opened.made()
    people = [*file.adults, *(card.person for card in file.children)]
    visible = {person.pk: person.first_name for person in people if sight.sees(person.pk)}
    told = Told(visible, done.answer, sight.hidden)
    quotient = file.quotient
    page = FamilyPage(
        household=household,
        opened_on=clock_day(household.created_at),
        adults=[_adult(p, file.adults, keys.answer, today, actor) for p in file.adults],
        children=[
            ChildView(
                card,
                _age(card.person, today),
                custody_words(card, household, where.today) if card.person.pk in visible else "",
                card.person.pk in visible,
            )
            for card in file.children
        ],
        quotient=format_quotient(quotient.amount) if quotient else "inconnu",
        quotient_note=SOURCES.get(quotient.source, "") if quotient else "tarif le plus élevé",
        category=CATEGORIES[file.category],
        changes=queries.grouped(file.pending),
        journal=log_lines(lines.answer, told, today),
        readings=log_lines(seen.answer, told, today),
        mails=_mails(
            mails.answer, {c.person.first_name for c in file.children if c.person.pk not in visible}
        ),
        may_write=actor.may(Permission.FAMILIES_WRITE),
        may_act=actor.may(Permission.FAMILIES_ACT),
        may_keys=actor.may(Permission.KEYS),
        may_health=actor.may(Permission.HEALTH),
        may_criteria=actor.may(Permission.ENROLMENTS),
        may_protect=actor.may(Permission.PROTECTION),
        pickups=[
            (p.name, p.relation, p.phone)
            for p in {p.name: p for c in file.children for p in c.pickups}.values()
        ],
    )
    return page, offer_of(offer, [card.person for card in file.children if card.person.pk in visible])


def _mails(lines: Sequence[MessageLine], veiled: Collection[str]) -> list[MessageLine]:
    """The messages; of one whose subject names a hidden child, that there was one."""
    return [
        replace(line, subject=UNSAID) if any(name in line.subject for name in veiled) else line
        for line in lines
    ]


class _Where:
    """In which household the shared children are on a day. `parts` to read with others, then `today`."""

    def __init__(self, cards: Sequence[ChildCard], day: date) -> None:
        self._day, self._shared = day, [card.person.pk for card in cards if card.is_shared]
        is_divided = any(card.custody is not None and card.custody.holidays for card in cards)
        self._custody = queries.custodies_later(self._shared, day, day + ONE_DAY)
        self._holidays = queries.holidays_later(day, day + ONE_DAY) if is_divided else None
        self.parts: list[Later[Any]] = [self._custody, *([self._holidays] if self._holidays else [])]

    @property
    def today(self) -> dict[int, int | None]:
        holidays = self._holidays.answer if self._holidays else NO_HOLIDAYS
        found = {}
        for child in self._shared:
            custody = self._custody.answer[child]
            (now,) = custody_days(custody, holidays, self._day, self._day + ONE_DAY)
            found[child] = now.household
        return found


def _journal(household: Household, sight: Sight) -> QuerySet[AuditEvent]:
    """The journal, but the lines of and about who is protected from the adults of this home. No query."""
    events = journal_of(household.pk).exclude(object_kind="person", object_id__in=sight.protected)
    return events.exclude(user_id__in=queries.accounts_of(sight.protected))


def children_of(household: Household) -> list[HouseholdMember]:
    """The children of a household today. 1 query."""
    return [m for m in queries.members_on([household.pk], clock.today()) if m.role == "CHILD"]


def child_of(household: Household, child_id: int) -> Person:
    """One of the children of a household today, or `NotFound`. 1 query."""
    child = next((m.person for m in children_of(household) if m.person_id == child_id), None)
    if child is None:
        raise queries.NotFound
    return child


def custody_words(card: ChildCard, household: Household, where: Mapping[int, int | None]) -> str:
    """The rhythm as the guichet says it; `where` tells in which household the shared children of the file are today."""
    custody = card.custody
    if custody is None:
        return "Aucune garde enregistrée"
    if not card.is_shared:
        return "" if custody.owners[0] == household.pk else "Vit dans un autre foyer"
    here = "ici" if where[card.person.pk] == household.pk else "dans l’autre foyer"
    words = RHYTHMS.get(rhythm_of(custody), "cycle particulier")
    if custody.kind is CustodyKind.ISO_PARITY:
        words = (
            "ici les semaines paires" if custody.owners[0] == household.pk else "ici les semaines impaires"
        )
    if custody.holidays is not None:
        words += f", vacances {HOLIDAYS[custody.holidays.rule]}"
    return f"Garde alternée, {words} ; aujourd’hui {here}"


def key_view(key: FamilyKey) -> KeyView:
    """A key in words."""
    state = queries.state_of(key)
    to_print = state is KeyState.READY and key.letter_made_at is None
    words, kind = KEY_STATES[state]
    if state is KeyState.READY:
        words = "courrier à faire" if to_print else "courrier fait"
    on = key.used_at or key.revoked_at or (key.expires_at if state is KeyState.EXPIRED else None)
    on = on or key.letter_made_at or key.created_at
    return KeyView(key.pk, words, kind, clock_day(on), to_print, state is KeyState.READY)


def clock_day(moment: datetime) -> date:
    """The local day of an instant."""
    return moment.astimezone(clock.PARIS).date()


def _adult(
    person: Person, adults: Sequence[Person], keys: Sequence[FamilyKey], today: date, actor: Actor
) -> AdultView:
    last = next((key for key in keys if key.adult_id == person.pk), None)
    return AdultView(
        person=person,
        age=_age(person, today),
        is_payer=bool(adults) and adults[0].pk == person.pk,
        key=key_view(last) if last else None,
        may_have_key=person.user_id is None and actor.may(Permission.KEYS),
    )


def _age(person: Person, today: date) -> int | None:
    return age_on(person.birth_date, today) if person.birth_date and person.birth_date <= today else None
