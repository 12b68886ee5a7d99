"""The days of a change as a person reads them: a month folds, a usual day takes one line, the others stand out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from espace.bookings.queries import Acknowledgement, DoneLine, Line, Recap
from espace.kernel import clock
from espace.kernel.money import Money, total
from espace.kernel.text import DAYS, NBSP, format_day_month, format_month, format_time, join_fr, of_month


@dataclass(frozen=True, slots=True)
class DayRow:
    """What changes on one day alike. `sign` is "+" for what is booked, "−" for what is given up, nothing for a turn of
    the waiting list, which its `tag` names. `aside` is the usual day's last column; the others say more in their
    `note`."""

    day: date
    label: str
    sign: str
    what: str
    tag: str
    is_late: bool
    stays_due: bool
    is_pending: bool
    aside: str
    note: str
    amount: Money


@dataclass(frozen=True, slots=True)
class MonthRows:
    """A month, folded unless it is the first; `amount` is what its bill changes by."""

    anchor: str
    title: str
    caption: str
    days: int
    rows: list[DayRow]
    amount: Money
    is_open: bool


@dataclass(frozen=True, slots=True)
class _Turn:
    """A turn of the waiting list: joined, with the rank once it is known (0 before), or left."""

    is_leave: bool
    rank: int


@dataclass(frozen=True, slots=True)
class _Change:
    """What the lines of a plan and those of an acknowledgement have in common, without the formula."""

    day: date
    child: str
    is_add: bool
    is_late: bool
    stays_due: bool
    is_pending: bool
    until: datetime | None
    surcharge: Money | None
    still_due: Money | None
    turn: _Turn | None


def planned_months(recap: Recap, now: datetime) -> list[MonthRows]:
    """The lines that a recap can do, a month after the other."""
    found: list[MonthRows] = []
    for month in recap.months:
        lines = [(_planned(line, now), line.formula, line.shown) for line in month.lines if line.is_fine]
        if lines:
            found.append(_month(month.first, lines, month.amount, is_open=not found))
    return found


def done_months(done: Acknowledgement) -> list[MonthRows]:
    """The lines that an acknowledgement keeps."""
    return [
        _month(
            month.first,
            [(_made(line), line.formula, line.shown) for line in month.lines],
            total(line.amount for line in month.lines),
            is_open=index == 0,
        )
        for index, month in enumerate(done.months)
    ]


def children_of(done: Acknowledgement) -> str:
    """Whose days these are."""
    return join_fr(dict.fromkeys(line.child for line in done.lines))


def _month(
    first: date, lines: Sequence[tuple[_Change, str, Money]], amount: Money, is_open: bool
) -> MonthRows:
    """One row for what a day has in common: two formulas booked in time until the same instant are one."""
    alike: dict[_Change, list[tuple[str, Money]]] = {}
    for change, formula, shown in lines:
        alike.setdefault(change, []).append((formula, shown))
    several = len({change.child for change in alike}) > 1
    return MonthRows(
        anchor=f"m{first:%Y%m}",
        title=format_month(first).capitalize(),
        caption=_("Jours %(of_month)s") % {"of_month": of_month(first)},
        days=len({change.day for change in alike}),
        rows=[_row(change, several, group) for change, group in alike.items()],
        amount=amount,
        is_open=is_open,
    )


def _row(change: _Change, several: bool, group: Sequence[tuple[str, Money]]) -> DayRow:
    formulas = ", ".join(formula for formula, _shown in group)
    return DayRow(
        day=change.day,
        label=f"{DAYS[change.day.weekday()][:3].capitalize()}.{NBSP}{change.day.day}",
        what=f"{formulas} ({change.child})" if several else formulas,
        sign="" if change.turn else "+" if change.is_add else "−",
        tag=_tag(change.turn),
        is_late=change.is_late,
        stays_due=change.stays_due,
        is_pending=change.is_pending,
        aside=_aside(change),
        note=_note(change),
        amount=total(shown for _formula, shown in group),
    )


def _planned(line: Line, now: datetime) -> _Change:
    until = line.free_until if line.is_add and line.free_until and line.free_until > now else None
    return _Change(
        line.day,
        line.child_name,
        line.is_add,
        line.is_late,
        line.stays_due,
        line.is_pending,
        until,
        line.surcharge if line.is_late else None,
        line.still_due if line.still_due.cents else None,
        _Turn(line.is_leave, 0) if line.is_wait or line.is_leave else None,
    )


def _made(line: DoneLine) -> _Change:
    until = line.until if line.is_add else None
    turn = None if line.is_booking else _Turn(line.is_leave, line.rank)
    return _Change(
        line.day,
        line.child,
        line.is_add,
        line.is_late,
        line.stays_due,
        line.is_pending,
        until,
        None,
        None,
        turn,
    )


def _is_usual(change: _Change) -> bool:
    """In time, and still free to undo when it is a booking: its line has nothing to explain."""
    return not (change.turn or change.is_late or change.stays_due or change.still_due) and (
        not change.is_add or change.until is not None
    )


def _aside(change: _Change) -> str:
    if not _is_usual(change):
        return ""
    return _instant(change.until) if change.until else _("rien n’est facturé")


def _tag(turn: _Turn | None) -> str:
    if turn is None:
        return ""
    if turn.is_leave:
        return _("liste d’attente quittée")
    return _("liste d’attente, rang %(rank)s") % {"rank": turn.rank} if turn.rank else _("liste d’attente")


def _note(change: _Change) -> str:
    if _is_usual(change):
        return ""
    if change.turn is not None:
        return (
            _("vous n’attendrez plus de place ce jour-là")
            if change.turn.is_leave
            else _("rien n’est dû tant que la place n’est pas prise")
        )
    if change.stays_due:
        return _("délai d’annulation dépassé : la place est rendue, le prix reste dû")
    said = []
    if change.still_due is not None:
        said.append(_("%(due)s déjà dus pour ce jour annulé hors délai") % {"due": change.still_due})
    if change.surcharge is not None:
        said.append(_("majoré de %(surcharge)s") % {"surcharge": change.surcharge})
    if change.until is not None:
        said.append(_("annulable sans frais jusqu’au %(moment)s") % {"moment": _instant(change.until)})
    else:
        said.append(_("ne peut plus être annulé sans frais"))
    return " ; ".join(said)


def _instant(moment: datetime | None) -> str:
    """ "10 déc. à 12 h", short enough for a column of a phone."""
    if moment is None:
        return ""
    local = moment.astimezone(clock.PARIS)
    return f"{format_day_month(local)}{NBSP}à{NBSP}{format_time(local)}"
