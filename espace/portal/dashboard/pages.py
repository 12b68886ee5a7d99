"""The dashboard: one sentence, what is left to do by child, the next days, the dates that come, the bills."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from espace.activities.enums import Action
from espace.attendance import queries as attendance
from espace.bookings import queries as bookings
from espace.bookings.enums import BookingState
from espace.bookings.queries import AgendaEntry, DeadlineToCome, EventDay
from espace.families import queries as families
from espace.kernel.actor import Actor
from espace.kernel.money import Money
from espace.kernel.reading import read_now
from espace.kernel.text import format_date_long, format_month, format_time, join_fr, of_month
from espace.payments import queries as payments
from espace.payments.queries import Bill
from espace.portal.absences.pages import task_of
from espace.portal.bookings.pages import first_week_url

NUMBERS = ("zéro", "une", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix")
EVENING = 18
NEXT_DAYS = 7
SHOWN = 4


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do: its date if any, whether it is urgent, and where it is done."""

    title: str
    text: str
    url: str
    action: str
    due: date | None = None
    is_urgent: bool = False
    second_action: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """The tasks of one child, or of the whole family (`name` empty)."""

    name: str
    tasks: list[Task]


@dataclass(frozen=True, slots=True)
class Chip:
    """A booking in one word and one sign; `is_pending` waits for the town, `is_waiting` for a place. Of an absence, `url`
    is its page."""

    label: str
    icon: str
    is_pending: bool
    is_waiting: bool = False
    url: str = ""


@dataclass(frozen=True, slots=True)
class ChildDay:
    name: str
    chips: list[Chip]


@dataclass(frozen=True, slots=True)
class Day:
    day: date
    children: list[ChildDay]


@dataclass(frozen=True, slots=True)
class Coming:
    """A limit that falls soon: the day of the limit, the sentence, and where to act."""

    day: date
    hour: str
    sentence: str
    url: str


@dataclass(frozen=True, slots=True)
class Happening:
    """What a strike, an outing, a closure does to a day: for which children, in one sentence."""

    day: date
    children: str
    notice: str


@dataclass(frozen=True, slots=True)
class BillRow:
    """A bill in one line; `month` is "Octobre 2026"."""

    reference: str
    month: str
    total: Money
    balance: Money
    due_on: date
    is_open: bool
    is_being_paid: bool


@dataclass(frozen=True, slots=True)
class Dashboard:
    today: date
    moment: str
    sentence: str
    columns: list[Column]
    days: list[Day]
    coming: list[Coming]
    bills: list[BillRow]
    waiting: list[str]
    happenings: list[Happening]
    submissions: Sequence[bookings.SubmissionLine]


def dashboard(actor: Actor, now: datetime) -> Dashboard:
    """Everything the page says, for a linked parent or an agent acting for a family."""
    today = now.date()
    children = families.children_for(actor)
    coming = bookings.overview_later(actor, children, days=NEXT_DAYS)
    owed = payments.latest_bills_later(actor)
    away = attendance.absences_now_later(actor, today, today + timedelta(days=NEXT_DAYS))
    done = bookings.submissions_later(actor, count=SHOWN)
    read_now(coming, owed, away, done)
    overview, bills, absences = coming.answer, owed.answer, away.answer
    columns = _columns(
        [c.first_name for c in children],
        bookings.to_enrol_for(actor, known=overview.known),
        overview,
        absences.proofs,
        bills,
        now,
    )
    tasks = sum(len(column.tasks) for column in columns)
    return Dashboard(
        today=today,
        moment=f"{format_date_long(now)}, {format_time(now)}",
        sentence=greeting(actor.label.partition(" ")[0] if actor.on_behalf_of is None else "", tasks, now),
        columns=columns,
        days=_days([(c.pk, c.first_name) for c in children], overview, absences.absent, today),
        coming=_coming(overview.deadlines, now),
        bills=[_row(bill) for bill in bills[:SHOWN]],
        happenings=_happenings(overview.events),
        waiting=[todo.sentence for todo in overview.todos if todo.is_pending],
        submissions=done.answer,
    )


def greeting(name: str, tasks: int, now: datetime) -> str:
    """ "Bonjour Alice, il reste deux choses à faire." """
    who = hello(name, now)
    if tasks == 0:
        return _("%(hello)s, tout est en ordre.") % {"hello": who}
    number = NUMBERS[tasks] if tasks < len(NUMBERS) else str(tasks)
    words = ngettext("il reste %(number)s chose à faire", "il reste %(number)s choses à faire", tasks)
    return f"{who}, {words % {'number': number}}."


def hello(name: str, now: datetime) -> str:
    """ "Bonsoir Alice"."""
    hello = _("Bonsoir") if now.hour >= EVENING else _("Bonjour")
    return f"{hello} {name}" if name else hello


# What is left to do ---------------------------------------------------------------------------------------------


def _columns(
    names: list[str],
    newcomers: Sequence[bookings.ToEnrol],
    overview: bookings.Overview,
    proofs: Sequence[attendance.ProofToGive],
    bills: Sequence[Bill],
    now: datetime,
) -> list[Column]:
    """The children who have something, in their order, then the whole family."""
    empty: dict[str, list[bookings.Todo]] = {}
    for todo in overview.todos:
        if not todo.is_pending:
            empty.setdefault(todo.child, []).append(todo)
    by_child: dict[str, list[Task]] = {}
    for waiting in overview.waiting:
        if waiting.entry.is_offered:
            by_child.setdefault(waiting.entry.child, []).append(_of_offer(waiting, now))
    for proof in proofs:
        by_child.setdefault(proof.child, []).append(_of_proof(proof, now))
    for name, found in empty.items():
        weekly = [todo for todo in found if todo.begins is None]
        daily = [todo for todo in found if todo.begins is not None]
        tasks = [_of_enrolments(group, now.date()) for group in (weekly, daily) if group]
        by_child.setdefault(name, []).extend(tasks)
    for new in newcomers:
        by_child.setdefault(new.child, []).append(_of_newcomer(new))
    columns = [Column(name, by_child[name]) for name in names if name in by_child]
    family = [_of_bill(bill, now.date()) for bill in sorted(bills, key=lambda b: b.due_on) if bill.is_todo]
    return [*columns, Column("", family)] if family else columns


def _of_newcomer(new: bookings.ToEnrol) -> Task:
    """A child enrolled in nothing: what is open to them, and that it costs nothing."""
    facts = {"name": new.child, "activities": join_fr(name.lower() for name in new.activities)}
    return Task(
        title=_("Inscrire %(name)s") % facts,
        text=_("Encore aucune inscription. Ouvert cette année : %(activities)s. S’inscrire est gratuit.")
        % facts,
        url=reverse("enrol", args=[new.child_id]),
        action=_("Inscrire %(name)s") % facts,
    )


def _of_proof(proof: attendance.ProofToGive, now: datetime) -> Task:
    """An absence that waits for its proof; late, the day after which nothing counts any more is the one to keep."""
    title, text, action = task_of(proof)
    is_late = proof.due < now
    due = (proof.last_call if is_late else proof.due).astimezone(now.tzinfo).date()
    url = reverse("absence", args=[proof.declaration_id])
    return Task(title, text, url, action, due, is_urgent=is_late or due <= now.date() + timedelta(days=2))


def _of_enrolments(todos: Sequence[bookings.Todo], today: date) -> Task:
    """The enrolments of a child that have no day yet, as one task: all by the week, or all day by day."""
    child_id, begins = todos[0].child_id, [todo.begins for todo in todos if todo.begins]
    activities = join_fr(todo.activity.lower() for todo in todos)
    return Task(
        title=_("Réserver des jours : %(activities)s") % {"activities": activities},
        text=_("L’inscription est faite, aucun jour n’est réservé."),
        url=first_week_url(child_id, min(begins), today) if begins else reverse("pattern", args=[child_id]),
        action=_("Choisir les jours") if begins else _("Choisir la semaine"),
    )


def _of_offer(waiting: bookings.WaitingDay, now: datetime) -> Task:
    """A place kept for this family until they answer: what it costs, by when, and what happens after."""
    entry, until = waiting.entry, waiting.answer_until or now
    until = until.astimezone(now.tzinfo)
    day = format_date_long(until.date())
    near = {0: _("aujourd’hui, %(day)s"), 1: _("demain, %(day)s")}.get(
        (until.date() - now.date()).days, "%(day)s"
    )
    facts = {
        "day": format_date_long(entry.dated.day),
        "what": _("%(formula)s à %(price)s") % {"formula": entry.formula, "price": waiting.price}
        if waiting.price is not None
        else entry.formula,
        "until": _("%(day)s à %(hour)s") % {"day": near % {"day": day}, "hour": format_time(until)},
    }
    return Task(
        title=_("Une place s’est libérée pour le %(day)s") % facts,
        text=_("%(what)s. Répondez avant %(until)s, sinon elle passe à la famille suivante.") % facts,
        url=reverse("wait_request", args=[entry.id]),
        action=_("Prendre la place"),
        second_action=_("Laisser passer"),
        due=until.date(),
        is_urgent=True,
    )


def _of_bill(bill: Bill, today: date) -> Task:
    url = reverse("invoice", args=[bill.invoice.reference])
    facts = {
        "amount": str(bill.balance),
        "day": format_date_long(bill.due_on),
        "month": of_month(bill.invoice.month),
    }
    late = bill.due_on < today
    text = (
        _("Reste %(amount)s ; l’échéance était le %(day)s.")
        if late
        else _("Reste %(amount)s, avant le %(day)s.")
    )
    return Task(
        title=_("Régler la facture %(month)s") % facts,
        text=text % facts,
        url=url,
        action=_("Régler %(amount)s") % facts if payments.pays_online() else _("Voir la facture"),
        due=bill.due_on,
        is_urgent=late or bill.due_on <= today + timedelta(days=7),
    )


def _row(bill: Bill) -> BillRow:
    month = format_month(bill.invoice.month)
    return BillRow(
        bill.invoice.reference,
        month[:1].upper() + month[1:],
        bill.invoice.total,
        bill.balance,
        bill.due_on,
        bill.is_open,
        bill.is_open and not bill.is_todo,
    )


# What comes -----------------------------------------------------------------------------------------------------


def _days(
    children: Sequence[tuple[int, str]],
    overview: bookings.Overview,
    absent: Sequence[attendance.AbsentEntry],
    today: date,
) -> list[Day]:
    """The next five days on which something is booked, was before an absence, or is waited for, every child each day;
    away, one word for all of the day."""
    last = today + timedelta(days=NEXT_DAYS)
    away = {(a.child_id, a.day): a for a in absent}
    found = [(e.day, e.child_id, _chip(e)) for e in overview.entries if (e.child_id, e.day) not in away]
    found += [
        (w.entry.dated.day, w.entry.child_id, _waits(w)) for w in overview.waiting if w.entry.dated.day < last
    ]
    found += [(a.day, a.child_id, _absent(a)) for a in away.values()]
    days = sorted({day for day, _child, _chip_ in found})[:5]
    return [
        Day(day, [ChildDay(n, [c for d, who, c in found if d == day and who == pk]) for pk, n in children])
        for day in days
    ]


def _waits(waiting: bookings.WaitingDay) -> Chip:
    formula = waiting.entry.formula
    if waiting.entry.is_offered:
        words = _("%(formula)s, place proposée")
    else:
        words = (
            _("%(formula)s, 1er en attente") if waiting.rank == 1 else _("%(formula)s, %(rank)se en attente")
        )
    return Chip(words % {"formula": formula, "rank": waiting.rank}, "clock", False, is_waiting=True)


def _absent(entry: attendance.AbsentEntry) -> Chip:
    url = reverse("absence", args=[entry.declaration_id])
    return Chip(_("absence signalée"), "bed", True, url=url)


def _chip(entry: AgendaEntry) -> Chip:
    """The sign says the part of the day: sun, plate, moon; a ball for a whole day of leisure."""
    if entry.ends_at <= time(10):
        icon = "sun"
    elif entry.starts_at >= time(16):
        icon = "moon"
    elif time(11) <= entry.starts_at and entry.ends_at <= time(14, 30):
        icon = "fork"
    else:
        icon = "ball"
    return Chip(entry.formula, icon, entry.state is BookingState.PENDING_ENROLMENT)


def _happenings(found: Sequence[EventDay]) -> list[Happening]:
    """The next days that an event changes, the children of one sentence together."""
    together: dict[tuple[date, str], list[str]] = {}
    for one in found:
        together.setdefault((one.day, one.notice), []).append(one.child)
    return [Happening(day, join_fr(names), notice) for (day, notice), names in together.items()][:SHOWN]


def _coming(limits: Sequence[DeadlineToCome], now: datetime) -> list[Coming]:
    """The next limits, those of one instant and one kind together: what to book or cancel, for whom, which days."""
    together: dict[tuple[datetime, Action], list[DeadlineToCome]] = {}
    for limit in limits:
        together.setdefault((limit.at, limit.action), []).append(limit)
    return [_said(group, now) for group in list(together.values())[:SHOWN]]


def _said(group: Sequence[DeadlineToCome], now: datetime) -> Coming:
    first, last = min(d.day for d in group), max(d.day for d in group)
    facts = {
        "children": join_fr(dict.fromkeys(name for d in group for name in d.children)),
        "activities": join_fr(dict.fromkeys(d.activity.lower() for d in group)),
        "days": format_date_long(first)
        if first == last
        else _("%(first)s au %(last)s") % {"first": format_date_long(first), "last": format_date_long(last)},
    }
    if group[0].action is Action.CANCEL:
        words = _("dernier moment pour annuler sans frais le %(days)s, pour %(children)s (%(activities)s).")
    else:
        words = _(
            "dernier moment pour réserver sans majoration le %(days)s, pour %(children)s (%(activities)s)."
        )
    at = group[0].at.astimezone(now.tzinfo)
    hour = _("Aujourd’hui à %(hour)s") if at.date() == now.date() else _("À %(hour)s")
    return Coming(at.date(), hour % {"hour": format_time(at)}, words % facts, reverse("book"))
