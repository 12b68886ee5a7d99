"""The acts of the journal as lines a family reads, and the story of one booking."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet, Value
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from espace.activities.queries.events import told_events
from espace.attendance.queries import AbsenceSpan, absence_spans
from espace.audit.queries import acts_of
from espace.bookings.enums import ON_THE_LIST
from espace.bookings.queries import (
    BookedDay,
    BookingStory,
    HistoryFacts,
    SubmissionFact,
    forms_of,
    history_facts,
)
from espace.families.queries import accounts_of, accounts_of_adults, households_for, visible_to
from espace.kernel.actor import Actor, Channel
from espace.kernel.calendar import PARIS
from espace.kernel.text import format_date_long, format_datetime_long, format_time
from espace.portal.history.words import BY_AGENTS, CANCELLED, ONLY_BY_AGENTS, REASON_TOLD, STANDS, TITLES
from espace.ui.items import Link, TimelineEntry

if TYPE_CHECKING:
    from espace.audit.models import AuditEvent

ACT, FORM = "act", "form"
MOST_DAYS = 6  # days of one form that are named; the acknowledgement has them all


@dataclass(frozen=True, slots=True)
class Act:
    """What was done, at what hour, by whom; more in a few lines; where it leads."""

    title: str
    hour: str
    who: str
    lines: Sequence[str]
    links: Sequence[Link]


@dataclass(frozen=True, slots=True)
class ActsOfDay:
    day: date
    acts: Sequence[Act]


@dataclass(frozen=True, slots=True)
class _Known:
    """What the lines of a page are about. `hidden` are the persons protected from the reader, `silent` their accounts."""

    actor: Actor
    acts: Mapping[int, AuditEvent]
    facts: HistoryFacts
    events: Mapping[int, str]
    absences: Mapping[int, AbsenceSpan]
    adults: frozenset[int]
    hidden: frozenset[int]
    silent: frozenset[int]


def lines_for(actor: Actor) -> QuerySet[Any, Any]:
    """(when, form or act, id) of what was done for the actor's own households, latest first: nothing of any other."""
    homes = [h.pk for h in households_for(actor)]
    acts = acts_of(homes, TITLES).order_by().annotate(of=Value(ACT)).values_list("at", "of", "id")
    forms = forms_of(homes).order_by().annotate(of=Value(FORM)).values_list("at", "of", "id")
    return acts.union(forms, all=True).order_by("-at", "-of", "-id")


def days_of(actor: Actor, lines: Sequence[tuple[datetime, str, int]]) -> list[ActsOfDay]:
    """These lines by day, but those about who is protected from the reader. 10 queries at most, however many they are."""
    known = _known(actor, lines)
    told = [line for line in lines if not _is_veiled(line, known)]
    by_day = groupby(told, key=lambda line: line[0].astimezone(PARIS).date())
    return [ActsOfDay(day, [_line(line, known) for line in of_day]) for day, of_day in by_day]


def _known(actor: Actor, lines: Iterable[tuple[datetime, str, int]]) -> _Known:
    of: dict[str, set[int]] = {}
    for _at, kind, pk in lines:
        of.setdefault(kind, set()).add(pk)
    homes = [h.pk for h in households_for(actor)]
    acts = acts_of(homes, TITLES).in_bulk(of[ACT]) if ACT in of else {}
    about: dict[str, set[int]] = {}
    for act in acts.values():
        if act.object_id is not None:
            about.setdefault(act.object_kind, set()).add(act.object_id)
    facts = history_facts(
        actor,
        submissions=of.get(FORM, ()),
        bookings=about.get("booking", ()),
        enrolments=about.get("enrolment", ()),
    )
    told = told_events(about["event"]) if "event" in about else {}
    absences = absence_spans(actor, about.get("absence", ()))
    sight = visible_to(actor)
    silent = (
        frozenset(accounts_of(sight.protected).values_list("user_id", flat=True))
        if sight.hidden
        else frozenset()
    )
    return _Known(
        actor, acts, facts, told, absences, frozenset(accounts_of_adults(homes)), sight.hidden, silent
    )


def _is_veiled(line: tuple[datetime, str, int], known: _Known) -> bool:
    """Whether it speaks of someone protected from the reader, or was done by them."""
    if not known.hidden:
        return False
    _at, kind, pk = line
    if kind == FORM:
        form = known.facts.submissions[pk]
        return form.user_id in known.silent or len(form.days) < form.booked + form.cancelled + form.waiting
    act = known.acts[pk]
    told: Mapping[str, Mapping[int, object]] = {
        "booking": known.facts.days, "enrolment": known.facts.enrolments, "absence": known.absences,
    }  # fmt: skip
    if act.object_kind == "person" and act.object_id in known.hidden:
        return True
    return act.user_id in known.silent or act.object_id not in told.get(act.object_kind, {act.object_id: 0})


def _line(line: tuple[datetime, str, int], known: _Known) -> Act:
    at, kind, pk = line
    hour = format_time(at.astimezone(PARIS))
    if kind == FORM:
        return _form(known.facts.submissions[pk], hour, known)
    act = known.acts[pk]
    lines, links = _about(act, known)
    if act.reason and act.action in REASON_TOLD:
        lines = [*lines, _("Motif : %(reason)s") % {"reason": act.reason}]
    return Act(_(TITLES[act.action]), hour, _who(act, known), lines, links)


def _who(event: AuditEvent, known: _Known) -> str:
    """« Vous », an adult of the household by name, an agent by what they are: the family deals with the town."""
    if event.action in ONLY_BY_AGENTS:
        return _("un agent de la mairie")
    if event.channel == Channel.SYSTEM:
        return _("automatique")
    if event.channel == Channel.COUNTER or event.on_behalf_of is not None:
        return _("un agent de la mairie, pour vous")
    if event.action in BY_AGENTS:
        return _("un agent de la mairie")
    return _adult(event.user_id, event.actor_label, known) or _("un autre adulte")


def _adult(user_id: int | None, label: str, known: _Known) -> str:
    """« Vous », or the name of an adult of the household; empty for anyone else."""
    if user_id is None:
        return ""
    if user_id == known.actor.user_id:
        return _("vous")
    return label if user_id in known.adults else ""


# What an act is about ----------------------------------------------------------------------------------------------


def _form(fact: SubmissionFact, hour: str, known: _Known) -> Act:
    """A form confirmed: what it did, under which delay, its first days, its acknowledgement."""
    counted = [
        (fact.booked, ngettext("%(n)d jour réservé", "%(n)d jours réservés", fact.booked)),
        (fact.cancelled, ngettext("%(n)d jour annulé", "%(n)d jours annulés", fact.cancelled)),
        (fact.waiting, ngettext("%(n)d jour en attente", "%(n)d jours en attente", fact.waiting)),
    ]
    title = ", ".join(words % {"n": n} for n, words in counted if n) or _("Liste d’attente quittée")
    lines = []
    if fact.stamped_at:
        when = format_datetime_long(fact.stamped_at.astimezone(PARIS))
        lines.append(_("Compte à la date du dépôt au guichet : %(when)s.") % {"when": when})
    if fact.late:
        late = ngettext("Dont %(n)d hors délai.", "Dont %(n)d hors délai.", fact.late) % {"n": fact.late}
        lines.append(late)
    elif fact.booked or fact.cancelled:
        lines.append(_("Dans les délais."))
    named = [_day_link(day) for day in fact.days[:MOST_DAYS]]
    left = len(fact.days) - len(named)
    said = (
        _("Accusé de réception %(reference)s, avec tous les jours")
        if left
        else _("Accusé de réception %(reference)s")
    )
    whole = Link(said % {"reference": fact.reference}, reverse("book_done", args=[fact.reference]))
    agent = _(
        "un agent de la mairie, pour vous"
    )  # a form that no adult of the household sent, an agent keyed
    who = _adult(fact.user_id, fact.actor_label, known) or agent
    return Act(title, hour, who, lines, [*named, whole])


def _about(event: AuditEvent, known: _Known) -> tuple[list[str], list[Link]]:
    pk = event.object_id or 0
    if day := known.facts.days.get(pk) if event.object_kind == "booking" else None:
        return _until(event), [_day_link(day)]
    if enrolled := known.facts.enrolments.get(pk) if event.object_kind == "enrolment" else None:
        return [f"{enrolled.child} : {enrolled.activity}, {enrolled.period}"], []
    if event.object_kind == "event":
        return [line for line in (known.events.get(pk, ""), _counted(event.payload or {})) if line], []
    if away := known.absences.get(pk) if event.object_kind == "absence" else None:
        link = [Link(_("Voir l’absence"), reverse("absence", args=[pk]))] if away.is_open else []
        return [_away(away)], link
    return [], []


def _day_link(day: BookedDay) -> Link:
    words = f"{day.child} : {day.formula}, {format_date_long(day.day)}"
    return Link(words, reverse("history_booking", args=[day.id]))


def _until(event: AuditEvent) -> list[str]:
    """Until when an offer could be answered."""
    until = (event.payload or {}).get("answer_until")
    if not until:
        return []
    when = format_datetime_long(datetime.fromisoformat(until).astimezone(PARIS))
    return [_("Réponse attendue avant le %(when)s.") % {"when": when}]


def _counted(payload: Mapping[str, Any]) -> str:
    """How many bookings an event touched, or gave back."""
    back = payload.get("back")
    if back is not None:
        return ngettext("%(n)d réservation rétablie", "%(n)d réservations rétablies", back) % {"n": back}
    count = payload.get("bookings", 0)
    return ngettext("%(n)d réservation concernée", "%(n)d réservations concernées", count) % {"n": count}


def _away(away: AbsenceSpan) -> str:
    first, last = format_date_long(away.start), format_date_long(away.last)
    if away.start == away.last:
        return _("%(child)s, le %(first)s") % {"child": away.child, "first": first}
    return _("%(child)s, du %(first)s au %(last)s") % {"child": away.child, "first": first, "last": last}


# One booking -------------------------------------------------------------------------------------------------------


def story_page(story: BookingStory) -> dict[str, Any]:
    """`story` and its steps."""
    answer = reverse("wait_request", args=[story.id]) if story.state in ON_THE_LIST else ""
    return {
        "story": story,
        "answer_url": answer,
        "steps": [_asked(story), *_now(story), *_ended(story)],
        "rule": _rule(story),
    }


def _rule(story: BookingStory) -> str:
    """« Demandé le … ; limite sans majoration : … »: what decided, as it stood that day."""
    asked = format_datetime_long(story.requested_at.astimezone(PARIS))
    if story.asked_limit is None:
        return _("Demandé le %(asked)s ; aucune limite n’était fixée.") % {"asked": asked}
    limit = format_datetime_long(story.asked_limit.astimezone(PARIS))
    words = {"asked": asked, "limit": limit}
    return _("Demandé le %(asked)s ; limite sans majoration : %(limit)s.") % words


def _asked(story: BookingStory) -> TimelineEntry:
    when = format_datetime_long(story.requested_at.astimezone(PARIS)).capitalize()
    return TimelineEntry(_("Demandé"), when)


def _now(story: BookingStory) -> list[TimelineEntry]:
    """Where it stands, while it does."""
    return [TimelineEntry(_(STANDS[story.state]), state="now")] if story.state in STANDS else []


def _ended(story: BookingStory) -> list[TimelineEntry]:
    if story.cancelled_at is None or story.cancel_timing is None:
        return []
    when = format_datetime_long(story.cancelled_at.astimezone(PARIS)).capitalize()
    text = " ".join(part for part in (_(CANCELLED[story.cancel_timing]), story.event) if part)
    return [TimelineEntry(_("Annulé"), when, text)]
