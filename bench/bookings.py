"""bin/bench bookings: no place given twice, how many bookings a second, what a year costs, and that size costs nothing.

Scarcity: 60, 400 and 2,000 families confirm the same day at once, for 20 and 400 places; before it, the same race on a
server without its guard, which must overbook. Throughput: 16 browsers book as fast as they are answered, in turn with
the floor (`bench.floor`), server on one core and browsers on another. A year of three children in one submit against
its days one by one. One dimension at a time, a month's page and a booking at two sizes, in turn.
`--quick`: the races alone, small. `--part`: one of them; `--seconds`: of each side of the throughput.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from typing import Any

from bench.figures import Figure, figure, progress, publish
from bench.load import Answer, Crowd, Form, cold_visit, confirmation, on_core
from bench.roles import signed_in
from bench.server import Server, ask, database, environment, manage, serving

BENCH = "bookings"
PARTS = ("scarcity", "throughput", "pattern", "growth")
SERVER_CORE, LOAD_CORE = 0, 1
WORKERS = 2  # as bin/demo
FAMILIES, PLACES = (60, 400, 2000), (20, 400)
QUICK = ((60, 20),)
BROWSERS, ROUNDS, LEAST_OF_FLOOR, P99 = 16, 4, 0.5, 8.0
CHILD_DAYS, STATEMENTS, FASTER = 420, 30, 8.0
HOUSEHOLDS, YEARS, GROWTH, PAIRS = (40, 20_000), (1, 10), 1.2, 120
RENTREE = "2026-08-16T10:00:00"
COUNTS = {
    "overbooked": "places données en trop",
    "miscounted": "places mal comptées",
    "absent": "accusés de réception sans place",
    "unannounced": "places sans accusé de réception",
    "without_journal": "sans ligne au journal",
    "without_message": "sans message",
}


def ready(stack: ExitStack, kind: str, **more: str) -> dict[str, str]:
    """The environment of a server whose empty database is there until the stack is closed."""
    data, url = stack.enter_context(database(kind))
    env = environment(data, url) | more
    manage(env, "bin/lib/prepare.py")
    manage(env, "manage.py", "collectstatic", "--noinput", "-v0")
    return env


def crowd(env: dict[str, str], **asked: Any) -> Any:
    """The families written, their forms (see `bench.crowd`)."""
    return ask(env, "bench.crowd", json.dumps(asked))


# Scarcity -------------------------------------------------------------------------------------------------------


def scarcity(kind: str, races: Iterable[tuple[int, int]]) -> Iterator[Figure]:
    """Each race on a day of its own, for the last place first, once on a server whose guard is taken away."""
    wanted = list(races)
    few = wanted[0][0]
    with ExitStack() as stack:
        env = ready(stack, kind)
        progress(f"{kind} : {max(n for n, _ in wanted)} familles…")
        places_of = [1, 1, *(places for _, places in wanted)]
        people = crowd(env, households=max(n for n, _ in wanted), children=1, places=places_of)
        with serving(env | {"BENCH_WITHOUT_GUARD": "1"}, workers=WORKERS) as server:
            counts, _ = race(server, people, 0, few)
            title = f"{few} familles, 1 place, sans la garde : données en trop"
            yield figure(BENCH, title, kind, counts["overbooked"], "", limit=1, at_least=True)
        with serving(env, workers=WORKERS) as server:
            check_session(server, people)
            for day, (families, places) in enumerate([(few, 1), *wanted], start=1):
                title = f"{families} familles, {places} place{'s' if places > 1 else ''}"
                progress(f"{kind} : {title}")
                counts, answers = race(server, people, day, families)
                for name, words in COUNTS.items():
                    yield figure(BENCH, f"{title} : {words}", kind, counts[name], "", limit=0)
                given = sum(bool(a.reference) for a in answers)
                empty = abs(min(families, places) - given)
                yield figure(BENCH, f"{title} : places laissées vides", kind, empty, "", limit=0)
                broken = sum(a.status >= 500 for a in answers)
                yield figure(BENCH, f"{title} : réponses 500", kind, broken, "", limit=0)


def race(server: Server, people: Any, day: int, families: int) -> tuple[dict[str, int], list[Answer]]:
    """So many families confirm that day at once; what the database holds afterwards, and what they were answered."""
    slot, pool = people["days"][day]
    requests = [
        confirmation(form, f"jeton-de-la-famille-{day}-{number:06d}")
        for number, form in enumerate(people["forms"][day][:families])
    ]
    answers = Crowd.of(server.url).all_at_once(requests)
    acknowledged = [a.reference for a in answers if a.reference]
    seen = {"slot_id": slot, "pool_id": pool, "acknowledged": acknowledged}
    found = ask(server.env, "bench.witness", "counts", given=seen)
    return found, answers


def check_session(server: Server, people: Any) -> None:
    """A family that types its password gets a session with the same keys as those written for the crowd."""
    from espace.demo.accounts import PASSWORD

    visitor = signed_in(server, "famille0", PASSWORD)
    typed = next(cookie.value for cookie in visitor.jar if cookie.name == "espace_session")
    written = people["forms"][0][0][0]
    mine, theirs = ask(server.env, "bench.witness", "sessions", given={"keys": [typed, written]})
    assert mine == theirs, f"session typed {mine}, written {theirs}"


# Throughput -----------------------------------------------------------------------------------------------------


def throughput(kind: str, seconds: float) -> Iterator[Figure]:
    """Bookings a second by the service and by hand, in turn, and how long the slowest wait."""
    with ExitStack() as stack:
        with on_core(SERVER_CORE):
            env = ready(stack, kind)
            households = max(100, int(seconds * 20))  # for 600 bookings a second, on two sides, over 8 months
            progress(f"{kind} : {households} familles de deux enfants…")
            people = crowd(env, households=households, children=2)
            server = stack.enter_context(serving(env, workers=WORKERS))
        forms = iter([form for day in people["forms"] for form in day])
        with on_core(LOAD_CORE):
            load = Crowd.of(server.url)
            answers: dict[bool, list[Answer]] = {True: [], False: []}
            lasted = {True: 0.0, False: 0.0}
            for floor in (
                True,
                False,
            ):  # each worker makes its connections, and the floor learns its statements
                for _ in range(2):
                    load.all_at_once([confirmation(f, token(f), floor=floor) for f in taken(forms, BROWSERS)])
            for number in range(ROUNDS):
                progress(f"{kind} : débit, manche {number + 1} sur {ROUNDS}")
                for floor in (True, False):
                    clients = [bookings(forms, floor=floor) for _ in range(BROWSERS)]
                    done, took = load.in_turn(clients, seconds / ROUNDS)
                    answers[floor] += done
                    lasted[floor] += took
        floor_rate, rate = (len(answers[floor]) / lasted[floor] for floor in (True, False))
        yield figure(
            BENCH, f"réservations par seconde, {BROWSERS} navigateurs", kind, rate, "/s",
            reference=round(floor_rate, 3), limit=LEAST_OF_FLOOR, at_least=True,
        )  # fmt: skip
        waits = sorted(a.seconds * 1000 for a in answers[False])
        median = statistics.median(waits)
        p99 = waits[int(len(waits) * 0.99)]
        yield figure(BENCH, "attente, médiane", kind, median, "ms")
        yield figure(BENCH, "attente, p99", kind, p99, "ms", reference=round(median, 3), limit=P99)
        statuses = Counter(a.status for side in answers.values() for a in side)
        wrong = sum(number for status, number in statuses.items() if status != 303)
        yield figure(BENCH, "réponses autres que 303", kind, wrong, "", limit=0)


def taken(forms: Iterator[Form], number: int) -> list[Form]:
    return [next(forms) for _ in range(number)]


def token(form: Form) -> str:
    """One a form: the session is a family's, the address a child's month."""
    return f"{form[0][:12]}-{form[1].strip('/').replace('/', '-')}"


def bookings(forms: Iterator[Form], *, floor: bool) -> Iterator[bytes]:
    """The requests of one browser: forms nobody has sent yet."""
    for form in forms:
        yield confirmation(form, token(form), floor=floor)


# A year's pattern -----------------------------------------------------------------------------------------------


def pattern(kind: str, child_days: int) -> Iterator[Figure]:
    """One submit for a year of three children, against the same days one by one."""
    with ExitStack() as stack, on_core(SERVER_CORE):
        env = ready(stack, kind, ESPACE_NOW=RENTREE)
        progress(f"{kind} : une année de trois enfants")
        found = ask(env, "bench.yearly", str(child_days))
    title = f"{child_days} jours-enfants, {found['bookings']} réservations en un envoi"
    yield figure(BENCH, f"{title}, requêtes SQL", kind, found["statements"], "", limit=STATEMENTS)
    yield figure(BENCH, f"{title}, durée", kind, found["pattern"], "ms")
    yield figure(
        BENCH, "les mêmes jours un par un, durée", kind, found["day_by_day"], "ms",
        reference=round(found["pattern"], 3), limit=FASTER, at_least=True,
    )  # fmt: skip


# Growth ---------------------------------------------------------------------------------------------------------


def growth(kind: str, households: tuple[int, int], years: tuple[int, int]) -> Iterator[Figure]:
    """The month's page and a booking at both ends of each dimension."""
    december = {"years": 1, "since": "2026-12-01", "until": "2027-01-01"}
    ends = [{"households": n, "past": december, "shown": 40} for n in households]
    yield from compared(kind, f"de {households[0]} à {households[1]} foyers", ends)
    since = {"since": "2026-09-01", "until": "2027-01-01"}
    ends = [{"households": 400, "past": {"years": n, **since}, "shown": 40} for n in years]
    yield from compared(kind, f"de {years[0]} à {years[1]} ans, 400 foyers", ends)


def compared(kind: str, title: str, ends: list[dict[str, Any]]) -> Iterator[Figure]:
    """Two servers, the same visits to each in turn; the cost is the time of an answer."""
    with ExitStack() as stack:
        sides = []
        for asked in ends:
            with on_core(SERVER_CORE):
                env = ready(stack, kind)
                people = crowd(env, children=1, **asked)
                progress(f"{kind} : {title}, {people['booked']} réservations gardées")
                sides.append((Crowd.of(stack.enter_context(serving(env)).url), people))
        waits: dict[str, tuple[list[float], list[float]]] = {
            "la grille": ([], []),
            "une réservation": ([], []),
        }
        with on_core(LOAD_CORE):
            for number in range(PAIRS):
                for side, (load, people) in enumerate(sides):
                    months = people["forms"][1:]  # December is full of bookings; the others are free
                    form = months[number % len(months)][number // len(months)]
                    december = people["forms"][0][number % 40]
                    (page,) = load.one_by_one([cold_visit(december[1], december[0])])
                    (done,) = load.one_by_one([confirmation(form, token(form))])
                    assert (page.status, done.status) == (200, 303), (page, done)
                    waits["la grille"][side].append(page.seconds * 1000)
                    waits["une réservation"][side].append(done.seconds * 1000)
        for what, (small, large) in waits.items():
            yield figure(
                BENCH, f"{what}, {title}", kind, statistics.median(large), "ms",
                reference=round(statistics.median(small), 3), limit=GROWTH,
            )  # fmt: skip


def measure(kind: str, options: argparse.Namespace) -> Iterator[Figure]:
    """What was asked for, on one database."""
    if options.quick:
        yield from scarcity(kind, QUICK)
        return
    if "scarcity" in options.parts:
        yield from scarcity(kind, [(families, places) for places in PLACES for families in FAMILIES])
    if "throughput" in options.parts:
        yield from throughput(kind, options.seconds)
    if "pattern" in options.parts:
        yield from pattern(kind, options.child_days)
    if "growth" in options.parts:
        yield from growth(kind, (HOUSEHOLDS[0], options.households), (YEARS[0], options.years))


def main() -> int:
    parser = argparse.ArgumentParser(prog="bin/bench bookings")
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--quick", action="store_true", help="les courses seules, en petit (moins de 40 s)")
    parser.add_argument("--part", dest="parts", action="append", choices=PARTS, help="une partie seulement")
    parser.add_argument("--seconds", type=float, default=60, help="de débit, pour chaque côté (60)")
    parser.add_argument("--child-days", type=int, default=CHILD_DAYS, help="jours-enfants d'une année (420)")
    parser.add_argument("--households", type=int, default=HOUSEHOLDS[1], help="foyers au plus (20 000)")
    parser.add_argument("--years", type=int, default=YEARS[1], help="années au plus (10)")
    options = parser.parse_args()
    options.parts = options.parts or PARTS
    kinds = ("sqlite", "postgresql") if options.database == "both" else (options.database,)
    return publish((f for kind in kinds for f in measure(kind, options)), as_json=options.json)


if __name__ == "__main__":
    sys.exit(main())
