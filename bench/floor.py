"""The floor of a booking: behind the same sign-in, the same SQL statements by hand, and nothing else.

The service books for two families, is undone, and what it asked the database is kept. What differs between the two
(child, household, token, number of the submission) is put back for each form; the rest is sent as it was. So the floor
follows the service: a statement more in one is a statement more in the other.
"""

from __future__ import annotations

import re
import secrets
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, cast
from unittest.mock import patch

from django.db import connection
from django.http import HttpRequest, HttpResponse

from espace.accounts.access import ActorRequest, citizen
from espace.accounts.models import User
from espace.bookings.models import Enrolment
from espace.bookings.services import apply_changes, preview_changes
from espace.demo.builder import actor_of
from espace.families.models import HouseholdMember
from espace.kernel import db
from espace.kernel.actor import Actor
from espace.kernel.codes import reference
from espace.kernel.db import write_transaction
from espace.kernel.http import see_other

Names = dict[str, Any]
NOT_ASKED = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")


@dataclass(frozen=True, slots=True)
class Step:
    """A statement, its values row by row, and where the values of a family go: (row, column) -> name."""

    kind: str
    sql: str
    rows: Sequence[Sequence[Any]]
    places: Mapping[tuple[int, int], str]

    def run(self, cursor: Any, names: Names) -> None:
        rows = [list(row) for row in self.rows]
        for (row, column), name in self.places.items():
            rows[row][column] = names[name]
        if self.kind == "copy":
            db._copy(cursor, self.sql, [tuple(row) for row in rows])
        elif self.kind == "many":
            cursor.executemany(self.sql, rows)
        else:
            cursor.execute(self.sql, rows[0] or None)
            found = cursor.fetchall() if cursor.description else []
            if self.sql.startswith('INSERT INTO "bookings_submission"'):
                names["submission"] = found[0][0]
                names["reference"] = reference("RES", found[0][0])


class Undone(Exception):
    """Takes back what was done only to be looked at."""


class Scripts:
    """The steps of booking each slot, and what the statements of each child need."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._steps: dict[int, list[Step]] = {}
        self._people: dict[int, Names] = {}

    def of(self, slot_id: int) -> list[Step]:
        with self._lock:
            if not self._people:
                self._people = dict(_people(slot_id))
            if slot_id not in self._steps:
                self._steps[slot_id] = self._watched(slot_id)
            return self._steps[slot_id]

    def names(self, child_id: int) -> Names:
        return dict(self._people[child_id])

    def _watched(self, slot_id: int) -> list[Step]:
        # Of the last families: theirs are numbers that nothing else has.
        by_user = {self._people[child]["user"]: child for child in sorted(self._people)}
        seen: list[tuple[list[Step], Names]] = []
        try:
            with write_transaction():  # one for both, so that their submissions have not the same number
                for user in sorted(by_user)[-2:]:
                    actor = actor_of(User.objects.get(pk=user))
                    seen.append(_book(actor, by_user[user], slot_id, self.names(by_user[user])))
                raise Undone
        except Undone:
            (steps, names), (others, other_names) = seen
        assert [s.sql for s in steps] == [s.sql for s in others], "two families, not the same statements"
        return [_with_places(s, o, names, other_names) for s, o in zip(steps, others, strict=True)]


def _people(slot_id: int) -> Iterator[tuple[int, Names]]:
    """What a child's statements name: household, parent, account, address, enrolment in the slot's period."""
    adults = {
        household: (person, user, email, f"{first} {last}")
        for household, person, user, email, first, last in HouseholdMember.objects.filter(
            person__user__isnull=False
        )
        .order_by("id")
        .values_list(
            "household_id",
            "person_id",
            "person__user_id",
            "person__email",
            "person__first_name",
            "person__last_name",
        )
    }
    rows = (
        Enrolment.objects.filter(period__slot=slot_id)
        .order_by("id")
        .values_list("child_id", "id", "child__memberships__household_id")
    )
    for child, enrolment, household in rows:
        person, user, email, label = adults[household]
        yield (
            child,
            {
                "child": child, "enrolment": enrolment, "household": household, "person": person, "user": user,
                "email": email, "label": label,
            },
        )  # fmt: skip


def _book(actor: Actor, child: int, slot: int, names: Names) -> tuple[list[Step], Names]:
    names |= _of_token(f"plancher-{secrets.token_hex(12)}")
    asked: dict[str, Any] = {"child_id": child, "add": [slot], "remove": []}
    expected = preview_changes(actor, **asked).digest
    steps: list[Step] = []
    with _watching(steps):
        made = apply_changes(actor, **asked, token=names["token"], expected=expected)
    return steps, names | {"submission": made.pk, "reference": made.reference}


def _of_token(token: str) -> Names:
    """A form's token, and the reference that its submission has before it has a number."""
    return {"token": token, "draft": f"…{token[:16]}"}


@contextmanager
def _watching(steps: list[Step]) -> Iterator[None]:
    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if not sql.startswith(NOT_ASKED):
            rows = [tuple(row) for row in params] if many else [tuple(params or ())]
            steps.append(Step("many" if many else "execute", sql, rows, {}))
        return execute(sql, params, many, context)

    def note_copy(cursor: Any, statement: str, values: Sequence[tuple[Any, ...]]) -> None:
        steps.append(Step("copy", statement, list(values), {}))
        copy(cursor, statement, values)

    copy = db._copy
    with connection.execute_wrapper(note), patch.object(db, "_copy", note_copy):
        yield


def _with_places(step: Step, other: Step, names: Names, other_names: Names) -> Step:
    """The step, with a name wherever the two families do not send the same value."""
    places = {}
    columns = re.search(r"\(([^()]*)\) (?:VALUES|FROM STDIN)", step.sql)
    titles = [c.strip(' "') for c in columns.group(1).split(",")] if columns else []
    for row, (mine, theirs) in enumerate(zip(step.rows, other.rows, strict=True)):
        for column, (value, another) in enumerate(zip(mine, theirs, strict=True)):
            if titles and titles[column] == "message_id":
                places[row, column] = "message_id"
                continue
            found = [n for n, v in names.items() if v == value and other_names[n] == another]
            if value != another and found:
                places[row, column] = found[0]
    return Step(step.kind, step.sql, step.rows, places)


_scripts = Scripts()


@citizen
def book_by_hand(request: HttpRequest, child_id: int, month: str) -> HttpResponse:
    """What `book_confirm` does to the database, and its answer."""
    assert cast(ActorRequest, request).actor.user_id
    steps = _scripts.of(int(request.POST["r"]))
    names = _scripts.names(child_id) | _of_token(request.POST["jeton"])
    names["message_id"] = f"<{secrets.token_hex(16)}@plancher.example>"
    with write_transaction(), connection.cursor() as cursor:
        for step in steps:
            step.run(cursor, names)
    return see_other("book_done", reference=names["reference"])
