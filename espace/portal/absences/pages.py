"""What the pages of absences say: the consequence first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.forms import BaseForm
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from espace.attendance import queries
from espace.attendance.enums import Consequence, Mark, Proof, ProofState
from espace.attendance.errors import AttendanceRefusal
from espace.attendance.queries import AbsencePlan, AbsenceView, PlanLine, ProofToGive, Terms
from espace.attendance.rules import HONOUR
from espace.families.queries import children_for
from espace.kernel import clock
from espace.kernel.actor import Actor
from espace.kernel.calendar import ONE_DAY
from espace.kernel.money import Money, total
from espace.kernel.text import format_date_long, format_datetime_long, join_fr

FRIDAY = 4
ISO_LENGTH = 10
A_YEAR = timedelta(days=366)
AGREED = ("empreinte", "signe")  # given on the page that confirms, never carried over


@dataclass(frozen=True, slots=True)
class Row:
    """A day of the absence in words."""

    day: date
    formula: str
    activity: str
    price: Money | None
    place: str
    said: str
    badge: str


@dataclass(frozen=True, slots=True)
class ChildRows:
    name: str
    rows: list[Row]


@dataclass(frozen=True, slots=True)
class Recap:
    """What declaring would do. `proved`, `unproved`: what stays due with and without a proof; `asks_honour` when a
    signature is to be given here."""

    days: str
    back: date
    children: list[ChildRows]
    nothing: str
    proved: Money
    unproved: Money
    terms: list[str]
    needs_certificate: bool
    asks_honour: bool
    honour: str
    digest: str

    @property
    def depends(self) -> bool:
        """Whether a proof changes anything."""
        return self.proved != self.unproved


def recap(plan: AbsencePlan) -> Recap:
    """The plan in words."""
    return Recap(
        days=span(plan.start, plan.end - ONE_DAY),
        back=plan.end,
        children=[ChildRows(c.child, [_row(line) for line in c.lines]) for c in plan.children],
        nothing=join_fr(plan.nothing) if plan.children else "",
        proved=_sum(plan.lines, (Consequence.CARENCE, Consequence.DUE)),
        unproved=_sum(plan.lines, (Consequence.CARENCE, Consequence.DUE, Consequence.IF_PROVED)),
        terms=[sentence_of(t, plan.asked_at) for t in plan.terms],
        needs_certificate=any(t.proof is Proof.CERTIFICATE for t in plan.terms),
        asks_honour=any(t.proof is Proof.DECLARATION for t in plan.terms),
        honour=HONOUR,
        digest=plan.digest,
    )


def sentence_of(terms: Terms, now: datetime) -> str:
    """What is asked, by when, and what being late costs."""
    facts = {
        "activities": join_fr(terms.activities),
        "proof": _proof_words(terms.proof),
        "first": _moment(terms.in_time_until),
        "last": _moment(terms.accepted_until),
    }
    if terms.proof is Proof.NONE and now <= terms.accepted_until:
        return _("%(activities)s : rien à fournir.") % facts
    if now > terms.accepted_until:
        return _("%(activities)s : le dernier délai finissait le %(last)s. Tout reste dû.") % facts
    if now > terms.in_time_until:
        sentence = _(
            "%(activities)s : le délai finissait le %(first)s. Jusqu’au %(last)s, %(proof)s compte encore."
        )
        return f"{sentence % facts} {_left(terms.late_carence)}"
    sentence = _("%(activities)s : %(proof)s avant le %(first)s.") % facts
    if terms.carence:
        sentence += " " + _left(terms.carence)
    if terms.accepted_until > terms.in_time_until:
        sentence += (
            " " + _("Après ce délai, jusqu’au %(last)s :") % facts + " " + _left(terms.late_carence).lower()
        )
    return sentence


def _left(days: int) -> str:
    if not days:
        return _("Rien n’est facturé.")
    return ngettext("Le premier jour reste dû.", "Les %(n)d premiers jours restent dus.", days) % {"n": days}


def _proof_words(proof: Proof) -> str:
    return {
        Proof.NONE: "",
        Proof.DECLARATION: _("une déclaration sur l’honneur"),
        Proof.CERTIFICATE: _("un certificat ou un autre justificatif"),
    }[proof]


def _row(line: PlanLine) -> Row:
    return Row(
        line.day,
        line.formula,
        line.activity,
        line.price,
        place_words(line.mark),
        *consequence_words(line.consequence),
    )


def place_words(mark: Mark) -> str:
    """What becomes of the place."""
    return {
        Mark.KEPT: _("place gardée"),
        Mark.FREED: _("place rendue"),
        Mark.IN_TIME: _("annulé à temps"),
        Mark.GIVEN_UP: _("déjà annulé"),
    }[mark]


def consequence_words(consequence: Consequence) -> tuple[str, str]:
    """What becomes of the price: the words, and the kind of the badge."""
    return {
        Consequence.FREE: (_("rien n’est facturé"), "ok"),
        Consequence.IF_PROVED: (_("dû, sauf justificatif"), "sun"),
        Consequence.CARENCE: (_("reste dû (carence)"), "err"),
        Consequence.DUE: (_("reste dû"), "err"),
    }[consequence]


def _sum(lines: Iterable[PlanLine], which: Sequence[Consequence]) -> Money:
    return total(line.price for line in lines if line.price is not None and line.consequence in which)


def _moment(instant: datetime) -> str:
    return format_datetime_long(instant.astimezone(clock.PARIS))


def span(first: date, last: date) -> str:
    """« le lundi 5 octobre 2026 », « du lundi 5 au vendredi 9 »."""
    if first == last:
        return _("le %(day)s") % {"day": format_date_long(first)}
    return _("du %(first)s au %(last)s") % {"first": format_date_long(first), "last": format_date_long(last)}


def today_of(actor: Actor) -> Recap | None:
    """What being away today would change, for all the children of the actor: said before anything is asked."""
    today = clock.today()
    ids = [c.pk for c in children_for(actor, to_book=True)]
    if not ids:
        return None
    try:
        found = recap(queries.lay_out(actor, child_ids=ids, start=today, end=today + ONE_DAY))
    except AttendanceRefusal:
        return None
    return found if found.children else None


def sent_again(form: BaseForm) -> list[tuple[str, str]]:
    """What the form held, for the page that confirms it: names and values, lists included."""
    data = form.data
    assert isinstance(data, QueryDict)  # noqa: S101 - for the type checker
    return [(name, value) for name in form.fields if name not in AGREED for value in data.getlist(name)]


def day_asked(text: str, today: date) -> date:
    """The day an address names; today when it names none that can be."""
    try:
        day = date.fromisoformat(text) if len(text) == ISO_LENGTH else today
    except ValueError:
        return today
    return day if abs(day - today) < A_YEAR else today


def day_words(day: date) -> str:
    return format_date_long(day)


def next_weekday(day: date) -> date:
    """The day after, or Monday: when a child most likely comes back."""
    following = day + ONE_DAY
    return following + timedelta(days=7 - following.weekday()) if following.weekday() > FRIDAY else following


# An absence already announced -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    day: date
    formula: str
    activity: str
    place: str
    said: str
    badge: str
    why: str


@dataclass(frozen=True, slots=True)
class Absence:
    """An absence as its page shows it."""

    view: AbsenceView
    title: str
    days: str
    state: str
    badge: str
    lines: list[Line]
    terms: list[str]
    is_late: bool
    honour: str
    may_send: bool
    may_sign: bool
    may_change: bool
    may_withdraw: bool
    is_open: bool


def page_of(view: AbsenceView) -> Absence:
    """The page of one absence."""
    now, today = clock.now(), clock.today()
    state, badge = state_words(view)
    return Absence(
        view=view,
        title=_("Absence de %(child)s") % {"child": view.child},
        days=span(view.start, view.last),
        state=state,
        badge=badge,
        lines=[
            Line(
                line.day, line.formula, line.activity, place_words(line.mark),
                *consequence_words(line.consequence), line.why if view.state is not ProofState.AWAITED else "",
            )
            for line in view.lines
        ],
        terms=[
            sentence_of(t, now) for t in view.terms if t.proof is not Proof.DECLARATION or view.signed_at is None
        ],
        is_late=view.prove_by is not None and view.prove_by < now,
        honour=HONOUR,
        may_send=view.may_send,
        may_sign=view.may_sign,
        may_change=view.may_change(today),
        may_withdraw=view.may_withdraw(today),
        is_open=view.state in (ProofState.AWAITED, ProofState.REFUSED),
    )  # fmt: skip


def state_words(view: AbsenceView) -> tuple[str, str]:
    """Where its proof stands: the words, and the kind of the badge."""
    if view.state is ProofState.AWAITED and view.needed is Proof.DECLARATION:
        return _("à signer"), "sun"
    return {
        ProofState.NOT_NEEDED: (_("rien à fournir"), "ok"),
        ProofState.AWAITED: (_("justificatif à déposer"), "sun"),
        ProofState.RECEIVED: (_("justificatif reçu, à vérifier"), "tint"),
        ProofState.ACCEPTED: (_("absence justifiée"), "ok"),
        ProofState.REFUSED: (_("justificatif refusé"), "err"),
    }[view.state]


def task_of(proof: ProofToGive) -> tuple[str, str, str]:
    """What the dashboard asks: a title, a sentence, the word of the button."""
    days = span(proof.start, proof.end - ONE_DAY)
    facts = {"child": proof.child, "days": days, "due": _moment(proof.due), "last": _moment(proof.last_call)}
    title = _("Justifier l’absence de %(child)s") % facts
    if proof.needed is Proof.DECLARATION:
        title = _("Signer la déclaration d’absence de %(child)s") % facts
    if proof.is_refused:
        text = _("Absence %(days)s. Le justificatif n’a pas pu être accepté : envoyez-en un autre.")
    elif proof.due < clock.now():
        text = _(
            "Absence %(days)s. Le délai est passé ; jusqu’au %(last)s, un justificatif compte encore en partie."
        )
    else:
        text = _("Absence %(days)s. Avant le %(due)s.")
    action = _("Signer") if proof.needed is Proof.DECLARATION else _("Déposer")
    return title, text % facts, action
