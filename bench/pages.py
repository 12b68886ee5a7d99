"""bin/bench pages: what each page of the parent's path costs, against a page with nothing in it.

For each page (GET, signed in as the demonstration's linked parent): SQL statements (constant from 40 to 5,000
households, at most 15), bytes of a first and of a next visit, and the server's CPU as a multiple of the
reference page's in the same run (medians of several rounds, the page and the reference taken in turn).
"""

from __future__ import annotations

import argparse
import re
import statistics
import sys
from collections.abc import Iterable

from bench.figures import Figure, figure, progress, publish
from bench.server import Server, database, environment, manage, serving
from bench.visitor import Page, Visitor

SIZES = (40, 5000)
ROUNDS, GETS = 5, 20
QUERIES, FIRST_KB, NEXT_KB, GRID_RATIO, PAGE_RATIO = 15, 100, 20, 8.0, 5.0
REFERENCE = "/reference/"
PUBLIC = {"accueil": "/", "simulateur": "/simulateur/?quotient=812&enfants=2", "connexion": "/connexion/"}
LINKED = {
    "tableau de bord": "/tableau-de-bord/",
    "famille": "/ma-famille/",
    "choisir un enfant": "/reserver/",
    "factures": "/factures/",
    "compte": "/mon-compte/",
    "clé enfance": "/cle-enfance/",
}
FOUND = {  # where a parent finds the link, what it looks like, the address measured
    "agenda d’un enfant": ("/ma-famille/", r'href="/ma-famille/(\d+)/"', "/ma-famille/{}/"),
    "grille du mois": ("/reserver/", r'href="/reserver/(\d+)/', "/reserver/{}/"),
    "semaine type": ("/reserver/", r'href="/reserver/(\d+)/', "/reserver/{}/semaine-type/"),
    "inscrire": ("/reserver/", r'href="/reserver/(\d+)/', "/inscrire/{}/"),
    "réservation faite": ("/tableau-de-bord/", r'href="/reserver/fait/([A-Z0-9-]+)/"', "/reserver/fait/{}/"),
    "facture": ("/factures/", r'href="/factures/([A-Z0-9-]+)/"', "/factures/{}/"),
}


def sign_in(server: Server) -> Visitor:
    """The demonstration's linked parent, signed in as a browser would be."""
    from espace.demo.accounts import LINKED_PARENT

    visitor = Visitor(server.url)
    visitor.post("/connexion/", {"login": LINKED_PARENT.username, "password": LINKED_PARENT.password})
    return visitor


def pages(visitor: Visitor) -> dict[str, str]:
    """Name and address of each page measured; those of a child or an invoice are found as a parent finds them."""
    found = PUBLIC | LINKED
    for name, (where, pattern, address) in FOUND.items():
        match = re.search(pattern, visitor.get(where).text)
        assert match is not None, f"{name} : aucun lien trouvé sur {where}"
        found[name] = address.format(match.group(1))
    return found


def cpu_of(server: Server, visitor: Visitor, path: str, gets: int) -> float:
    """Milliseconds of server CPU for one GET, over `gets` of them."""
    before = server.cpu_seconds()
    for _ in range(gets):
        visitor.get(path)
    return (server.cpu_seconds() - before) * 1000 / gets


def ratio_of(server: Server, visitor: Visitor, path: str) -> tuple[float, float]:
    """Medians of CPU (ms) of the page and of the reference, taken in turn so that both meet the same noise."""
    costs, references = [], []
    for _ in range(ROUNDS):
        costs.append(cpu_of(server, visitor, path, GETS))
        references.append(cpu_of(server, visitor, REFERENCE, GETS))
    return statistics.median(costs), statistics.median(references)


def weights(visitor: Visitor, page: Page) -> tuple[float, float]:
    """Kilobytes of a first visit (page and all it loads) and of a next one (the page alone), as sent."""
    assets = sum(visitor.get(address).weight for address in sorted(visitor.assets_of(page)))
    return (page.weight + assets) / 1000, page.weight / 1000


def measure(kind: str) -> Iterable[Figure]:
    """All figures for one database, at both sizes."""
    queries: dict[str, dict[int, int]] = {}
    for households in SIZES:
        with database(kind) as (data, url):
            progress(f"{kind} : ville de {households} foyers…")
            env = environment(data, url)
            manage(env, "bin/lib/prepare.py")
            manage(env, "manage.py", "collectstatic", "--noinput", "-v0")
            manage(env, "manage.py", "demo", "--households", str(households))
            with serving(env) as server:
                visitor = sign_in(server)
                addresses = pages(visitor)
                for name, path in addresses.items():
                    page = visitor.get(path)
                    queries.setdefault(name, {})[households] = page.queries
                if households != SIZES[-1]:
                    continue
                for name, path in addresses.items():
                    progress(f"{kind} : {name}")
                    first, following = weights(visitor, visitor.get(path))
                    yield figure("pages", f"{name}, première visite", kind, first, "ko", limit=FIRST_KB)
                    yield figure("pages", f"{name}, visite suivante", kind, following, "ko", limit=NEXT_KB)
                    cost, reference = ratio_of(server, visitor, path)
                    limit = GRID_RATIO if name == "grille du mois" else PAGE_RATIO
                    yield figure(
                        "pages", f"{name}, CPU d’un GET", kind, cost, "ms", reference=reference, limit=limit
                    )
    for name, counted in queries.items():
        small, large = counted.get(SIZES[0], -1), counted.get(SIZES[-1], -1)
        yield figure("pages", f"{name}, requêtes SQL", kind, large, "", limit=QUERIES)
        yield figure(
            "pages", f"{name}, requêtes SQL de plus à 5 000 foyers", kind, large - small, "", limit=0
        )


def main() -> int:
    parser = argparse.ArgumentParser(prog="bin/bench pages")
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    kinds = ("sqlite", "postgresql") if options.database == "both" else (options.database,)
    return publish([f for kind in kinds for f in measure(kind)], as_json=options.json)


if __name__ == "__main__":
    sys.exit(main())
