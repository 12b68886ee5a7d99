"""What the family's pages show, in words: computed here so that no template decides."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from espace.families import queries
from espace.families.enums import ChangeState, KeyRequestState, QuotientSource
from espace.families.queries import ChildCard, FamilyFacts, FamilyFile
from espace.families.rules import age_on
from espace.families.services import CHANGE_LABELS
from espace.kernel import clock
from espace.kernel.actor import Actor
from espace.kernel.errors import NotFound
from espace.kernel.text import format_date_long, format_datetime_long, format_quotient
from espace.portal.family import custody
from espace.town.queries import identity
from espace.ui.items import TimelineEntry

if TYPE_CHECKING:
    from espace.families.models import Household, KeyRequest, Person, RecordChange


@dataclass(frozen=True, slots=True)
class Pending:
    """A change waiting: what, and the value asked for."""

    label: str
    value: str
    asked_on: date


@dataclass(frozen=True, slots=True)
class AdultView:
    """An adult of one's own household."""

    id: int
    name: str
    is_me: bool
    linked: bool
    phone: str
    email: str
    may_change: bool
    pending: list[Pending] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ChildView:
    """A child; `linked` when the reader may open their agenda."""

    id: int
    first_name: str
    name: str
    age: str
    school: str
    school_class: str
    custody: str
    custody_now: str
    others: list[str]
    pickups: list[tuple[str, str]]
    has_plan: bool
    packed_lunch: bool
    linked: bool


@dataclass(frozen=True, slots=True)
class HomeView:
    """One of the reader's households."""

    id: int
    name: str
    number: str
    address: list[str]
    quotient: str
    quotient_note: str
    pending: list[Pending]
    adults: list[AdultView]
    children: list[ChildView]


def homes(actor: Actor, households: Sequence[Household]) -> list[HomeView]:
    """The reader's households; children they answer for who live elsewhere are listed with the first one."""
    seen = queries.children_for(actor)
    allowed = {c.pk for c in seen}
    own = [h.pk for h in households]
    sight = queries.visible_to(actor)
    files = queries.family_files(list(households), sight)
    at_home = {card.person.pk for file in files for card in file.children}
    away = [c for c in seen if c.pk not in at_home]
    cards = queries.child_cards(away, sight) if away else []
    facts = _where_they_are([*cards, *(card for file in files for card in file.children)])
    views = [_home(actor, file, own, allowed, facts) for file in files]
    if views and cards:
        views[0].children.extend(child_view(card, own, facts, linked=True) for card in cards)
    return views


def _where_they_are(cards: Sequence[ChildCard]) -> FamilyFacts | None:
    """The calendar of the children of two homes, if there is one. 1 query, 2 where holidays are divided."""
    shared = [card.person.pk for card in cards if card.is_shared]
    today = clock.today()
    return queries.family_facts(shared, today, today + custody.AHEAD) if shared else None


def own_adult(actor: Actor, person_id: int) -> tuple[Person, Household]:
    """The adult whose contact details the actor may ask to change, and their household; `NotFound`."""
    households = queries.households_for(actor)
    sight = queries.visible_to(actor)
    for member in queries.members_on([h.pk for h in households], clock.today()):
        is_mine = sight.sees(member.person_id)
        is_mine &= actor.on_behalf_of is not None or member.person.user_id == actor.user_id
        if member.person_id == person_id and member.role == "ADULT" and is_mine:
            return member.person, next(h for h in households if h.pk == member.household_id)
    raise NotFound


def is_waiting(changes: Sequence[RecordChange]) -> bool:
    """Whether the guichet still has to decide."""
    return any(c.state == ChangeState.PENDING for c in changes)


def guichet_sentence() -> str:
    """Whom to call, from the town's identity; nothing before the town is set up."""
    town = identity()
    if not town.guichet_phone:
        return ""
    return _("Le guichet unique vous aide au %(phone)s.") % {"phone": town.guichet_phone}


def child_view(
    card: ChildCard, own: Collection[int], facts: FamilyFacts | None = None, *, linked: bool
) -> ChildView:
    """A child in words. `own`: the reader's households, so that the other home stays unnamed; `facts`: where a shared
    child is, when it is to be said."""
    person, today = card.person, clock.today()
    age = age_on(person.birth_date, today) if person.birth_date else None
    return ChildView(
        id=person.pk,
        first_name=person.first_name,
        name=str(person),
        age=ngettext("%(n)d an", "%(n)d ans", age) % {"n": age} if age is not None else "",
        school=card.school,
        school_class=card.school_class.removeprefix("Classe de "),
        custody=" ".join(custody.custody_words(card.custody, own)),
        custody_now=custody.custody_now(facts, person.pk, own, today) if facts and card.is_shared else "",
        others=[str(g.party) for g in card.guardians],
        pickups=[(p.name, p.relation) for p in card.pickups],
        has_plan=card.has_plan,
        packed_lunch=card.packed_lunch,
        linked=linked,
    )


def request_timeline(asked: KeyRequest | None) -> list[TimelineEntry]:
    """Where a « Je n’ai pas de clé » stands: what was done, what is being done, what comes."""
    if asked is None:
        return []
    sent = TimelineEntry(
        _("Demande envoyée"), _cap(format_datetime_long(asked.created_at.astimezone(clock.PARIS)))
    )
    if asked.state == KeyRequestState.OPEN:
        look = _("Il compare le nom et la date de naissance de votre enfant avec ses dossiers.")
        after = (
            _("La clé part à l’adresse que la mairie connaît pour vous, jamais par téléphone.")
            if asked.already_known
            else _("Le guichet vous écrit ce qu’il faut pour ouvrir le dossier de votre famille.")
        )
        title = _("Un courrier") if asked.already_known else _("L’ouverture de votre dossier")
        return [
            sent,
            TimelineEntry(_("Le guichet cherche votre dossier"), text=look, state="now"),
            TimelineEntry(title, text=after, state="next"),
        ]
    when = _cap(format_datetime_long((asked.answered_at or asked.created_at).astimezone(clock.PARIS)))
    titles = {
        KeyRequestState.LETTER_SENT: _("Le courrier part à l’adresse que la mairie connaît pour vous"),
        KeyRequestState.NEW_FAMILY: _("Le guichet ouvre votre dossier"),
        KeyRequestState.REFUSED: _("Le guichet n’a pas pu donner de clé"),
    }
    return [sent, TimelineEntry(titles[KeyRequestState(asked.state)], when, asked.answer)]


def _home(
    actor: Actor, file: FamilyFile, own: Collection[int], allowed: Collection[int], facts: FamilyFacts | None
) -> HomeView:
    home, quotient = file.household, file.quotient
    known = quotient is not None and quotient.source != QuotientSource.CEILING
    return HomeView(
        id=home.pk,
        name=home.name,
        number=home.number,
        address=[line for line in (home.street_extra, home.street, f"{home.postcode} {home.city}") if line],
        quotient=format_quotient(quotient.amount) if quotient is not None and known else "",
        quotient_note=_since(quotient.start) if quotient is not None and known else "",
        pending=_pending(file.pending, None),
        adults=[
            AdultView(
                id=p.pk,
                name=str(p),
                is_me=actor.on_behalf_of is None and p.user_id == actor.user_id,
                linked=p.user_id is not None,
                phone=p.phone,
                email=p.email,
                may_change=actor.on_behalf_of is not None or p.user_id == actor.user_id,
                pending=_pending(file.pending, p.pk),
            )
            for p in file.adults
        ],
        children=[child_view(card, own, facts, linked=card.person.pk in allowed) for card in file.children],
    )


def _pending(changes: Sequence[RecordChange], person_id: int | None) -> list[Pending]:
    return [
        Pending(_(CHANGE_LABELS[c.field]), c.new_value, c.asked_at.astimezone(clock.PARIS).date())
        for c in changes
        if c.person_id == person_id and c.field in CHANGE_LABELS
    ]


def _since(day: date) -> str:
    return _("depuis le %(day)s") % {"day": format_date_long(day)}


def _cap(text: str) -> str:
    return text[:1].upper() + text[1:]
