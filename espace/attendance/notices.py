"""What absences make us say: to the family, to the team of the site, to the kitchen. No word of health in any of them:
a mailbox is read over a shoulder, forwarded, and kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from espace.activities.enums import UnitKind
from espace.attendance.enums import Consequence, Proof, ProofState
from espace.attendance.queries.absences import AbsenceView
from espace.bookings.models import Booking
from espace.families.queries import adults_to_notify
from espace.kernel import clock
from espace.kernel.text import format_date_long, format_date_short, format_datetime_long
from espace.notifications.services import enqueue
from espace.town.queries import Identity, department_email, identity

KITCHEN = "cuisine"  # the slug of the department that counts the meals, when the town has one


@dataclass(frozen=True, slots=True)
class Told:
    """A day of a child at a site, as its team reads it."""

    venue_id: int
    venue: str
    email: str
    child: str
    day: date
    formula: str
    meals: int


def days_told(booking_ids: Collection[int]) -> list[Told]:
    """What a site needs to know of these bookings. 2 queries."""
    meals = Counter(
        Booking.objects.filter(id__in=list(booking_ids), slot__formula__units__kind=UnitKind.MEAL)
        .order_by("id")
        .values_list("id", flat=True)
    )
    rows = (
        Booking.objects.filter(id__in=list(booking_ids))
        .order_by("date", "slot__formula__starts_at", "id")
        .values_list(
            "id", "slot__venue_id", "slot__venue__name", "slot__venue__email", "child__first_name",
            "child__last_name", "date", "slot__formula__label",
        )
    )  # fmt: skip
    return [
        Told(venue, name, email, f"{first} {last}", day, formula, meals[pk])
        for pk, venue, name, email, first, last, day, formula in rows
    ]


def tell_sites(away: Sequence[Told], back: Sequence[Told] = ()) -> None:
    """Who will not come, and who comes after all: one message a site, and the counts for the kitchen, without names."""
    town = identity()
    for venue_id in dict.fromkeys(t.venue_id for t in (*away, *back)):
        gone = [t for t in away if t.venue_id == venue_id]
        returning = [t for t in back if t.venue_id == venue_id]
        site = (gone or returning)[0]
        lines = _listed(_("Ne viendront pas :"), gone) + _listed(_("Viendront finalement :"), returning)
        recipient = site.email or town.guichet_email or town.email
        if recipient:
            enqueue(
                recipient=recipient,
                kind="attendance.site",
                subject=_("Absences annoncées : %(venue)s") % {"venue": site.venue},
                body="\n".join([*lines, "", town.name]),
            )
    kitchen = department_email(KITCHEN)
    lines = _meals(_("repas en moins"), away) + _meals(_("repas à rétablir"), back)
    if kitchen and lines:
        enqueue(
            recipient=kitchen,
            kind="attendance.kitchen",
            subject=_("Repas : changements annoncés"),
            body="\n".join([*lines, "", town.name]),
        )


def acknowledge(view: AbsenceView) -> None:
    """The acknowledgement of an absence to the adults of the home that announced it."""
    days = span(view.start, view.last)
    lines = [
        _("Nous avons bien noté l’absence de %(child)s, %(days)s. Retour le %(back)s.")
        % {"child": view.child, "days": days, "back": format_date_long(view.end)},
        "",
        *(_line(line.day, line.formula, line.consequence) for line in view.lines),
        "",
        *_what_is_left(view),
    ]
    subject = _("Absence de %(child)s : accusé de réception %(reference)s")
    _tell(view, "attendance.acknowledgement", subject, lines)


def tell_change(view: AbsenceView, *, left: Collection[tuple[date, str]]) -> None:
    """The day of return has moved; `left` are the days that could not be taken back."""
    lines = [
        _("Le retour de %(child)s est maintenant prévu le %(back)s.")
        % {"child": view.child, "back": format_date_long(view.end)},
        *_could_not(left),
        "",
        *_what_is_left(view),
    ]
    _tell(view, "attendance.change", _("Absence de %(child)s : nouvelle date de retour"), lines)


def tell_withdrawn(view: AbsenceView, *, left: Collection[tuple[date, str]]) -> None:
    """The absence is withdrawn."""
    lines = [
        _("L’absence de %(child)s, %(days)s, est retirée : nous attendons %(child)s comme prévu.")
        % {"child": view.child, "days": span(view.start, view.last)},
        *_could_not(left),
    ]
    _tell(view, "attendance.withdrawn", _("Absence de %(child)s : retirée"), lines)


def tell_proof(view: AbsenceView) -> None:
    """What became of a proof: received, accepted, or refused with its reason."""
    words = {
        ProofState.RECEIVED: _("Nous avons bien reçu le justificatif de l’absence de %(child)s, %(days)s."),
        ProofState.ACCEPTED: _("Le justificatif de l’absence de %(child)s, %(days)s, est accepté."),
        ProofState.REFUSED: _(
            "Le justificatif de l’absence de %(child)s, %(days)s, n’a pas pu être accepté."
        ),
    }
    days = {"child": view.child, "days": span(view.start, view.last)}
    lines = [words[view.state] % days]
    if view.state is ProofState.REFUSED:
        lines.append(_("Motif : %(reason)s") % {"reason": view.refusal})
    lines += ["", *(_line(line.day, line.formula, line.consequence) for line in view.lines), ""]
    if view.state is ProofState.REFUSED:
        lines += _what_is_left(view)
    subject = {
        ProofState.RECEIVED: _("Absence de %(child)s : justificatif reçu"),
        ProofState.ACCEPTED: _("Absence de %(child)s : justificatif accepté"),
        ProofState.REFUSED: _("Absence de %(child)s : justificatif à renvoyer"),
    }[view.state]
    _tell(view, "attendance.proof", subject, lines)


def span(first: date, last: date) -> str:
    """« le lundi 5 octobre 2026 », « du lundi 5 octobre 2026 au vendredi 9 octobre 2026 »."""
    if first == last:
        return _("le %(day)s") % {"day": format_date_long(first)}
    return _("du %(first)s au %(last)s") % {"first": format_date_long(first), "last": format_date_long(last)}


def _line(day: date, formula: str, consequence: Consequence) -> str:
    words = {
        Consequence.FREE: _("rien n’est facturé"),
        Consequence.IF_PROVED: _("dû, sauf justificatif"),
        Consequence.CARENCE: _("reste dû (carence)"),
        Consequence.DUE: _("reste dû"),
    }
    return f"- {format_date_short(day)}, {formula} : {words[consequence]}"


def _what_is_left(view: AbsenceView) -> list[str]:
    if view.state not in (ProofState.AWAITED, ProofState.REFUSED) or view.prove_by is None:
        return []
    when = format_datetime_long(view.prove_by.astimezone(clock.PARIS))
    if view.prove_by < clock.now():
        return [
            _(
                "Le délai pour justifier cette absence finissait le %(when)s : voyez dans votre espace ce qu’il en reste."
            )
            % {"when": when}
        ]
    if view.needed is Proof.DECLARATION:
        return [
            _("Il reste à signer la déclaration sur l’honneur dans votre espace, avant le %(when)s.")
            % {"when": when}
        ]
    return [
        _("Il reste à déposer un justificatif dans votre espace (pas par e-mail), avant le %(when)s.")
        % {"when": when}
    ]


def _could_not(left: Collection[tuple[date, str]]) -> list[str]:
    if not left:
        return []
    listed = [f"- {formula}, {format_date_long(day)}" for day, formula in sorted(left)]
    return ["", _("Ces jours n’ont pas pu être repris :"), *listed]


def _tell(view: AbsenceView, kind: str, subject: str, lines: Iterable[str]) -> None:
    town = identity()
    body = "\n".join([*lines, *_foot(town)])
    for email, user_id, first_name in adults_to_notify([view.household_id])[view.household_id]:
        enqueue(
            recipient=email,
            user_id=user_id,
            household_id=view.household_id,
            kind=kind,
            subject=subject % {"child": view.child, "reference": view.reference},
            body=_("Bonjour %(name)s,") % {"name": first_name} + "\n\n" + body,
        )


def _listed(title: str, days: Sequence[Told]) -> list[str]:
    if not days:
        return []
    return [title, *(f"- {format_date_short(t.day)}, {t.formula} : {t.child}" for t in days)]


def _meals(words: str, days: Iterable[Told]) -> list[str]:
    counts = Counter({(t.day, t.venue): 0 for t in days})
    for t in days:
        counts[t.day, t.venue] += t.meals
    return [
        f"- {format_date_short(day)}, {venue} : {n} {words}"
        for (day, venue), n in sorted(counts.items())
        if n
    ]


def _foot(town: Identity) -> list[str]:
    contact = (
        f"{town.guichet_name}, {town.guichet_phone}, {town.guichet_email}"
        if town.guichet_name
        else town.email
    )
    return ["", _("Une question ? %(contact)s") % {"contact": contact}, town.name]
