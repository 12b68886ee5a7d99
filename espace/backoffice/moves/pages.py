"""What the screens of a move print."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from espace.backoffice.moves.forms import DepartureForm, SchoolForm
from espace.bookings.enums import KeptOut, MoveKind
from espace.bookings.queries import MovePreview

WHY = {
    KeptOut.ENDS: "l’inscription prend fin",
    KeptOut.NOT_OFFERED: "pas proposé dans le nouveau lieu",
    KeptOut.CLOSED: "fermé dans le nouveau lieu",
    KeptOut.FULL: "complet dans le nouveau lieu",
}


@dataclass(frozen=True, slots=True)
class Line:
    """An enrolment, or a booked day: what it is, what becomes of it."""

    title: str
    text: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class KeptLine:
    """A day that can't follow."""

    day: date
    formula: str
    why: str


@dataclass(frozen=True, slots=True)
class MovePage:
    """A move as it would be."""

    start: date
    enrolments: list[Line]
    moved: int
    kept_out: list[KeptLine]
    digest: str


def move_page(preview: MovePreview) -> MovePage:
    """The page of a preview."""
    said = {
        MoveKind.STAY: ("ne change pas", "dash"),
        MoveKind.END: ("prend fin", "sun"),
        MoveKind.MOVE: ("suit l’enfant", "ok"),
    }
    lines = []
    for m in preview.enrolments:
        words, kind = said[m.kind]
        where = f"{m.venue} → {m.to.name}" if m.to else m.venue
        lines.append(Line(f"{m.activity}, {m.period}", f"{where} : {words}", kind))
    return MovePage(
        start=preview.start,
        enrolments=lines,
        moved=len(preview.moved),
        kept_out=[KeptLine(d.day, d.formula, WHY[d.why]) for d in preview.kept_out if d.why],
        digest=preview.digest,
    )


def words(form: SchoolForm | DepartureForm) -> dict[str, str]:
    """The title of the page and the names of its addresses."""
    if isinstance(form, SchoolForm):
        return {
            "title": "Changer d’école ou de classe",
            "back": "agent_school",
            "confirm": "agent_school_confirm",
        }
    return {"title": "Départ de la commune", "back": "agent_departure", "confirm": "agent_departure_confirm"}
