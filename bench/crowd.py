"""Families who will book at once, written in bulk in an empty database, and the forms their browsers will send.

`python -m bench.crowd '{"households": 2000, "children": 2}'` prints one JSON object: `booked`, how many bookings there
are before (with `"past": {"years", "since", "until"}`, else none); `days`, the canteen's slots taken one a month, with
as many `places` as asked, else ample ones (a form says what its month held: a child's second form would have to read
the answer to the first); for each day its `forms`, one a child: [session, address, slot, digest of the recap].

Sessions are the rows that a sign-in writes: two thousand passwords hashed would measure the hash.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import django

django.setup()

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.contrib.sessions.models import Session  # noqa: E402
from django.utils import timezone  # noqa: E402
from django.utils.crypto import get_random_string  # noqa: E402

from espace.accounts.access import METHODS  # noqa: E402
from espace.accounts.models import User  # noqa: E402
from espace.activities.models import CapacityPool, Slot  # noqa: E402
from espace.bookings.enums import EnrolmentState  # noqa: E402
from espace.bookings.models import Enrolment  # noqa: E402
from espace.bookings.queries import Recap  # noqa: E402
from espace.bookings.services import preview_changes  # noqa: E402
from espace.demo import events as told  # noqa: E402
from espace.demo.builder import actor_of  # noqa: E402
from espace.demo.bulk_homes import Kin  # noqa: E402
from espace.demo.store import Store  # noqa: E402
from espace.demo.town import Reference, build_reference  # noqa: E402
from espace.kernel import clock  # noqa: E402
from espace.kernel.db import write_transaction  # noqa: E402
from espace.town.enums import Grade  # noqa: E402

ACTIVITIES = ("restauration-scolaire", "accueil-du-matin", "accueil-du-soir")
CANTEEN = ACTIVITIES[0]
SCHOOL = "lavoir"
AMPLE = 1_000_000
IN_TIME = timedelta(
    days=16
)  # beyond the fifteen days: nothing booked is late, so that no price moves meanwhile
ADDRESS = ("3, rue du Pré", "", "99450", "Clairval-sur-Aune")


def town_with(households: int, children: int) -> Kin:
    """The demonstration's town with ample places, and as many families, each child enrolled in three activities."""
    now = clock.now()
    town = build_reference(now.date(), schools=2)
    with write_transaction():
        CapacityPool.objects.update(capacity=AMPLE)
    kin = Kin(Store(), town)
    for number in range(households):
        for event in _family(number, children, now):
            kin.write(event)
        key = f"b{number:05d}"
        kin.people[f"{key}a"].user_id = kin.users[f"famille{number}"].pk
        for child in range(children):
            enrol(kin, f"{key}c{child}", now)
        if kin.store.is_full:
            kin.store.flush()
    kin.store.flush()
    return kin


def _family(number: int, children: int, at: datetime) -> Iterator[told.Event]:
    key, name = f"b{number:05d}", f"Moulin{number}"
    adult = told.Adult(
        f"{key}a",
        "Claude",
        name,
        date(1988, 3, 14),
        f"famille{number}@exemple.fr",
        "06 39 98 12 34",
        f"famille{number}",
    )
    yield told.OpenHousehold(at, key, name, *ADDRESS, (adult,), 81_200, True)
    for child in range(children):
        schooling = told.Schooling(date(at.year - 1, 9, 1), SCHOOL, Grade.CE2)
        yield told.AddChild(
            at,
            f"{key}c{child}",
            f"Alix{child}",
            name,
            date(2018, 5, 9 + child),
            (key,),
            None,
            False,
            (schooling,),
        )
    yield told.SignUp(at, adult, *ADDRESS)


def enrol(kin: Kin, child: str, at: datetime) -> None:
    """Accepted in each activity for the school year."""
    for slug in ACTIVITIES:
        period = kin.town.period(slug, at.date() + IN_TIME)
        kin.store.add(
            Enrolment(
                child_id=kin.people[child].pk, activity_id=period.activity_id, period_id=period.pk,
                venue_id=kin.town.venues[SCHOOL].pk, state=EnrolmentState.ACCEPTED, requested_at=at, decided_at=at,
                start=period.start, end=period.end,
            )
        )  # fmt: skip


def sessions_of(users: Sequence[User]) -> list[str]:
    """A session each, as a sign-in leaves it (`bench.bookings` compares with one that typed the password)."""
    store, until = SessionStore(), timezone.now() + timedelta(hours=12)
    rows = []
    for user in users:
        signed = {
            SESSION_KEY: str(user.pk),
            BACKEND_SESSION_KEY: "espace.accounts.backends.UsernameOrEmailBackend",
            HASH_SESSION_KEY: user.get_session_auth_hash(),
            METHODS: [{"method": "password", "at": timezone.now().timestamp(), "username": user.username}],
            f"{METHODS}_user": str(user.pk),
            "_session_expiry": 0,
        }
        key = get_random_string(32, "abcdefghijklmnopqrstuvwxyz0123456789")
        rows.append(Session(session_key=key, session_data=store.encode(signed), expire_date=until))
    with write_transaction():
        Session.objects.bulk_create(rows, batch_size=100)
    return [row.session_key for row in rows]


def one_a_month(town: Reference) -> list[Slot]:
    """The first slot of the canteen of each month that is still in time."""
    venue, activity = town.venues[SCHOOL], town.activities[CANTEEN]
    first = clock.today() + IN_TIME
    slots = Slot.objects.filter(venue=venue, activity=activity, date__gte=first).order_by("date", "id")
    by_month: dict[date, Slot] = {}
    for slot in slots:
        by_month.setdefault(slot.date.replace(day=1), slot)
    return list(by_month.values())


def forms(kin: Kin, slots: Sequence[Slot], households: int) -> list[list[list[Any]]]:
    """For each slot, the form of each child of the first households. One recap is made by the service, and read again for each child: they
    have the same facts, so only the child changes in what is agreed to."""
    users = [kin.users[f"famille{n}"] for n in range(households)]
    sessions = sessions_of(users)
    children = [
        (session, kin.people[key].pk)
        for number, session in enumerate(sessions)
        for key in kin.at_home[f"b{number:05d}"]
    ]
    made = []
    for slot in slots:
        recap = preview_changes(actor_of(users[0]), child_id=children[0][1], add=[slot.pk], remove=[])
        month = f"{slot.date:%Y-%m}"
        made.append(
            [
                [session, f"/reserver/{child}/{month}/", slot.pk, _digest_for(recap, child)]
                for session, child in children
            ]
        )
    return made


def _digest_for(recap: Recap, child: int) -> str:
    return replace(recap, lines=tuple(replace(line, child_id=child) for line in recap.lines)).digest


def main() -> None:
    from bench.past import fill, open_years_before

    asked = json.loads(sys.argv[1])
    kin = town_with(asked["households"], asked["children"])
    booked = 0
    if past := asked.get("past"):
        open_years_before(kin, past["years"] - 1)
        since = date.fromisoformat(past["since"]) - (past["years"] - 1) * timedelta(days=364)
        booked = fill(kin, since, date.fromisoformat(past["until"]))
    slots = one_a_month(kin.town)
    days = [[slot.pk, slot.pool_id] for slot in slots]
    for slot, places in zip(slots, asked.get("places", ()), strict=False):
        CapacityPool.objects.filter(pk=slot.pool_id).update(capacity=places)
    shown = asked.get("shown", asked["households"])
    json.dump({"days": days, "forms": forms(kin, slots, shown), "booked": booked}, sys.stdout)


if __name__ == "__main__":
    main()
