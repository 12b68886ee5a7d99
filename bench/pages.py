"""bin/bench pages: what each page of the main path costs, against a page with nothing in it.

Each page (GET) is opened by the person it is for (`bench.roles`); one that redirects is a failure. SQL statements,
with nothing kept from page to page (cold) and right after (warm): at most 15, as many at 40 as at 5,000 households.
Bytes of a first and of a next visit. The server's CPU as a multiple of the reference page's in the same run: medians
of several rounds, the page and the reference taken in turn. And how long the town of 5,000 households takes to build.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import sys
import time
from collections.abc import Iterable
from dataclasses import replace

from bench.figures import Figure, figure, progress, publish
from bench.roles import Role, roles
from bench.server import database, environment, manage, serving
from bench.visitor import Page, Visitor

SIZES = (40, 5000)
ROUNDS, GETS = 5, 4
QUERIES, FIRST_KB, NEXT_KB, GRID_RATIO, PAGE_RATIO = 15, 100, 20, 8.0, 5.0
GRID = "grille du mois"
BUILD_SECONDS = 180
STATES = {"à froid": True, "à chaud": False}
Counted = dict[tuple[str, str], dict[int, int]]  # (page, state) -> households -> statements


def cpu_of(browser: Visitor, path: str, *, cold: bool) -> float:
    """Milliseconds of server CPU for one GET, over several: from the end of one answer to the end of the last."""
    start = browser.get(path, cold=cold).cpu
    for _ in range(GETS):
        end = browser.get(path, cold=cold).cpu
    return (end - start) * 1000 / GETS


def ratio_of(role: Role, path: str, *, cold: bool) -> tuple[float, float]:
    """Medians of CPU (ms) of the page and of the reference, taken in turn so that both meet the same noise."""
    costs, references = [], []
    for _ in range(ROUNDS):
        costs.append(cpu_of(role.browser, path, cold=cold))
        references.append(cpu_of(*role.reference, cold=cold))
    return statistics.median(costs), statistics.median(references)


def weights(browser: Visitor, page: Page) -> tuple[float, float]:
    """Kilobytes of a first visit (page and all it loads) and of a next one (the page alone), as sent."""
    assets = sum(browser.get(address).weight for address in sorted(browser.assets_of(page)))
    return (page.weight + assets) / 1000, page.weight / 1000


def measure(kind: str, only: str) -> Iterable[Figure]:
    """All figures for one database, at both sizes; of the pages whose name holds `only`."""
    counted: Counted = {}
    for households in SIZES:
        with database(kind) as (data, url):
            progress(f"{kind} : ville de {households} foyers…")
            env = environment(data, url)
            manage(env, "bin/lib/prepare.py")
            manage(env, "manage.py", "collectstatic", "--noinput", "-v0")
            seconds, busy = timed(env, "manage.py", "demo", "--households", str(households))
            is_large = households == SIZES[-1]
            if is_large:
                yield figure("pages", "ville de 5 000 foyers", kind, seconds, "s", limit=BUILD_SECONDS)
                yield figure(
                    "pages", "ville de 5 000 foyers, dont processeur de la commande", kind, busy, "s"
                )
                yield figure("pages", "boucle d’étalonnage", kind, calibration(), "ms")
            with serving(env) as server:
                for role in (chosen(role, only) for role in roles(server)):
                    count(role, households, counted)
                    if is_large:
                        yield from costs(kind, role)
    for (page, state), found in counted.items():
        small, large = (found[size] for size in SIZES)
        yield figure("pages", f"{page}, requêtes SQL {state}", kind, large, "", limit=QUERIES)
        yield figure(
            "pages", f"{page}, de plus à 5 000 foyers {state}", kind, abs(large - small), "", limit=0
        )


def chosen(role: Role, only: str) -> Role:
    """The same person, with the pages that are asked for."""
    pages, others = ({n: p for n, p in all_.items() if only in n} for all_ in (role.pages, role.others))
    return replace(role, pages=pages, others=others)


def count(role: Role, households: int, counted: Counted) -> None:
    """Notes the statements of each address, cold then warm."""
    for name, path in {**role.pages, **role.others}.items():
        for state, cold in STATES.items():
            page = role.browser.get(path, cold=cold)
            counted.setdefault((f"{role.name}, {name}", state), {})[households] = page.queries


def costs(kind: str, role: Role) -> Iterable[Figure]:
    """Weight and CPU of each page."""
    for name, path in role.pages.items():
        title = f"{role.name}, {name}"
        progress(f"{kind} : {title}")
        first, following = weights(role.browser, role.browser.get(path))
        yield figure("pages", f"{title}, première visite", kind, first, "ko", limit=FIRST_KB)
        yield figure("pages", f"{title}, visite suivante", kind, following, "ko", limit=NEXT_KB)
        limit = GRID_RATIO if name == GRID else PAGE_RATIO
        for state, cold in STATES.items():
            cost, reference = ratio_of(role, path, cold=cold)
            yield figure(
                "pages", f"{title}, CPU {state}", kind, cost, "ms", reference=round(reference, 3), limit=limit
            )


def timed(env: dict[str, str], *arguments: str) -> tuple[float, float]:
    """Seconds that a command took, and those it was at work: on a machine that others share, the second says what it
    would take alone (a database server's own work not counted)."""
    started, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    manage(env, *arguments)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    busy = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.monotonic() - started, busy


def calibration() -> float:
    """Milliseconds of a loop that never changes: an absolute time on another machine is scaled by it."""
    started = time.process_time()
    sum(n * n % 7 for n in range(1_000_000))
    return (time.process_time() - started) * 1000


def main() -> int:
    parser = argparse.ArgumentParser(prog="bin/bench pages")
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--only", default="", metavar="NAME", help="the pages whose name holds it")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    kinds = ("sqlite", "postgresql") if options.database == "both" else (options.database,)
    return publish((f for kind in kinds for f in measure(kind, options.only)), as_json=options.json)


if __name__ == "__main__":
    sys.exit(main())
