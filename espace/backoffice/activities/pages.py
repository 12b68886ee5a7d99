"""What the pages of events and of the kitchen show, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.urls import reverse

from espace.activities.enums import EventEffect
from espace.activities.queries.events import DeclaredEvent, EventEntry, EventLists
from espace.backoffice.activities.event_form import EventForm
from espace.backoffice.activities.event_words import EFFECTS
from espace.bookings.queries import EventPreview, KitchenDay, KitchenWeek, Reached, UndoPreview
from espace.bookings.services import EventDone, UndoDone
from espace.kernel import clock
from espace.kernel.calendar import iso_week, monday_of
from espace.kernel.text import DAYS, NBSP, format_date_long, format_date_short, format_money, plural_fr
from espace.town.queries import calendar

WEEK = timedelta(weeks=1)
FIRST_YEAR, LAST_YEAR = 2000, 2100


@dataclass(frozen=True, slots=True)
class EventRow:
    """An event in a table. `undo_url` is empty when it cannot be undone any more."""

    days: str
    name: str
    effect: str
    where: str
    activity: str
    reason: str
    state: str
    undo_url: str


@dataclass(frozen=True, slots=True)
class Section:
    key: str
    title: str
    caption: str
    empty: str
    rows: list[EventRow]


def sections(found: EventLists) -> list[Section]:
    return [
        Section(
            "a-venir",
            "À venir et en cours",
            "Événements à venir",
            "Aucun événement n’est annoncé.",
            _rows(found.coming),
        ),
        Section("passes", "Passés", "Événements passés", "Aucun événement n’est passé.", _rows(found.past)),
        Section(
            "annules", "Annulés", "Événements annulés", "Aucun événement n’a été annulé.", _rows(found.undone)
        ),
    ]


def _rows(found: list[DeclaredEvent]) -> list[EventRow]:
    return [_row(one) for one in found]


def _row(one: DeclaredEvent) -> EventRow:
    event = one.event
    is_open = event.undone_at is None and event.last >= clock.today()
    return EventRow(
        days=days_of(event.first, event.last),
        name=event.name,
        effect=_effect(event),
        where=one.where,
        activity=event.activity or "Toutes les activités",
        reason=event.reason,
        state=f"annulé le {format_date_short(event.undone_at.date())}" if event.undone_at else "",
        undo_url=reverse("agent_event_undo", args=[event.id]) if is_open else "",
    )


def _effect(event: EventEntry) -> str:
    words = EFFECTS[event.effect]
    return f"{words}{NBSP}: {event.to_venue}" if event.effect is EventEffect.MOVED else words


def days_of(first: date, last: date) -> str:
    if first == last:
        return format_date_long(first)
    return f"du {format_date_long(first)} au {format_date_long(last)}"


def counted(number: int, one: str, many: str) -> str:
    return f"{number}{NBSP}{plural_fr(number, one, many)}"


# Before -------------------------------------------------------------------------------------------------------


def preview_page(form: EventForm, preview: EventPreview) -> dict[str, object]:
    """What `backoffice/event_preview.html` prints."""
    reach = preview.plan.draft.reach
    facts = [("Jours", days_of(reach.start, reach.end - timedelta(days=1))), *form.words]
    return {
        "form": form,
        "typed": [
            (n, v) for n, v in form.data.items() if n not in ("csrfmiddlewaretoken", "cancel_left_out")
        ],
        "facts": facts,
        "numbers": _numbers(preview),
        "left_out": [(b.first_name, b.formula, b.day, _why(b, preview)) for b in preview.plan.left_out],
        "lines": preview.lines,
        "unseen": preview.unseen,
        "yes": YES[preview.effect],
        "danger": preview.effect is EventEffect.CLOSED,
        "back": reverse("agent_events"),
        "form_url": reverse("agent_event_declare"),
    }


def _why(booking: Reached, preview: EventPreview) -> str:
    if booking.is_moved:
        return "déjà déplacé par un autre événement"
    return "pas de tel accueil là-bas" if booking.id in preview.plan.without_choice else "plus de place"


YES = {
    EventEffect.CLOSED: "Fermer et prévenir les familles",
    EventEffect.FREE_ABSENCE: "Déclarer et prévenir les familles",
    EventEffect.PICNIC: "Déclarer et prévenir les familles",
    EventEffect.MOVED: "Déplacer et prévenir les familles",
}
BOOKINGS = {
    EventEffect.CLOSED: "Réservations annulées sans frais",
    EventEffect.FREE_ABSENCE: "Réservations qui peuvent être annulées sans frais",
    EventEffect.PICNIC: "Repas servis en pique-nique",
    EventEffect.MOVED: "Réservations déplacées",
}


def _numbers(preview: EventPreview) -> list[tuple[str, str]]:
    """The figures of a preview, the meals and amounts only where the effect changes them."""
    effect, plan = preview.effect, preview.plan
    moved = len(plan.moved) if effect is EventEffect.MOVED else preview.bookings
    found = [
        ("Jours d’accueil concernés", str(preview.days)),
        (BOOKINGS[effect], str(moved)),
    ]
    if plan.left_out:
        found.append(("Réservations sans place dans l’autre lieu", str(len(plan.left_out))))
    found += [("Enfants concernés", str(preview.children)), ("Foyers prévenus", str(preview.households))]
    if effect is not EventEffect.PICNIC:
        found.append(("Repas parmi ces réservations", str(preview.meals)))
    if effect is EventEffect.CLOSED or plan.left_out:
        found.append(("Montant qui ne sera plus facturé", format_money(preview.amount.cents)))
    elif effect is EventEffect.FREE_ABSENCE:
        found.append(("Montant en moins si toutes les familles annulent", format_money(preview.amount.cents)))
    return found


def undo_page(preview: UndoPreview) -> dict[str, object]:
    """What `backoffice/event_undo.html` prints."""
    event, plan, row = preview.event, preview.plan, _row(preview.declared)
    return {
        "row": row,
        "is_open": bool(row.undo_url),
        "days_kept": event.first < clock.today() <= event.last,
        "back_count": len(plan.back),
        "back": [(b.first_name, b.formula, b.day) for b in plan.back],
        "missing": [(b.first_name, b.formula, b.day, why) for b, why in plan.missing],
        "handed": len(plan.handed),
        "households": len(plan.households),
        "stays": event.effect in (EventEffect.FREE_ABSENCE, EventEffect.PICNIC),
        "is_moved": event.effect is EventEffect.MOVED,
        "back_url": reverse("agent_events"),
    }


def said_declared(done: EventDone) -> str:
    if not done.is_new:
        return "Cet événement est déjà déclaré : rien n’a été fait deux fois."
    parts = []
    if done.cancelled:
        parts.append(
            counted(done.cancelled, "réservation annulée sans frais", "réservations annulées sans frais")
        )
    if done.moved:
        parts.append(counted(done.moved, "réservation déplacée", "réservations déplacées"))
    parts.append(counted(done.households, "foyer prévenu", "foyers prévenus"))
    return f"Événement déclaré : {', '.join(parts)}."


def said_undone(done: UndoDone) -> str:
    parts = [counted(done.back, "réservation rétablie", "réservations rétablies")] if done.back else []
    if done.missing:
        parts.append(counted(done.missing, "n’a pas pu l’être", "n’ont pas pu l’être"))
    parts.append(counted(done.households, "foyer prévenu", "foyers prévenus"))
    return f"Événement annulé : {', '.join(parts)}."


# The kitchen --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DayHead:
    day: date
    weekday: str
    note: str


@dataclass(frozen=True, slots=True)
class KitchenCell:
    """A day of a venue: `parts` are (number, words); `before` says what it was, empty when nothing changed."""

    day: str
    parts: list[tuple[int, str]]
    before: str


def monday_asked(text: str, today: date) -> date:
    """The Monday of the week an address names; this week's when it names none, next week's on a week-end."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = today + timedelta(days=2) if today.weekday() > 4 else today
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        day = today
    return monday_of(day)


def kitchen_page(week: KitchenWeek, today: date) -> dict[str, object]:
    """What `backoffice/kitchen.html` prints. 1 query."""
    labels = calendar(week.monday, week.monday + WEEK).labels
    url = reverse("agent_kitchen")
    return {
        "title": f"Cuisine, semaine {iso_week(week.monday)}",
        "words": days_of(week.monday, week.monday + timedelta(days=4)),
        "heads": [
            DayHead(d.day, DAYS[d.day.weekday()].capitalize(), labels.get(d.day, "")) for d in week.totals
        ],
        "rows": [(row.venue, [_cell(day) for day in row.days]) for row in week.rows],
        "totals": [_cell(day) for day in week.totals],
        "events": [
            (days_of(e.first, e.last), e.notice, "" if e.effect is EventEffect.CLOSED else e.reason)
            for e in week.events
        ],
        "previous": f"{url}?semaine={week.monday - WEEK:%Y-%m-%d}",
        "following": f"{url}?semaine={week.monday + WEEK:%Y-%m-%d}",
        "today": today,
    }


def _cell(day: KitchenDay) -> KitchenCell:
    before = " + ".join(f"{n}{NBSP}{words}" for n, words in _parts(day.before.hot, day.before.packed, 0))
    return KitchenCell(
        f"{DAYS[day.day.weekday()].capitalize()} {day.day.day}",
        _parts(day.meals.hot, day.meals.packed, day.meals.picnic),
        (before or "rien") if day.is_changed else "",
    )


def _parts(hot: int, packed: int, picnic: int) -> list[tuple[int, str]]:
    words = (
        (hot, "repas chaud", "repas chauds"),
        (packed, "panier PAI", "paniers PAI"),
        (picnic, "pique-nique", "pique-niques"),
    )
    return [(number, plural_fr(number, one, many)) for number, one, many in words if number]
