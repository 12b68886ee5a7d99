"""Who visits, signed in as people do, and every page that each may open: the GETs of the main path.

A page is named once, by the person it is for. What an address is made of (a child, an invoice) is found where that
person finds it, on another page; what no page shows (a code sent by e-mail, a payment's order) is asked of the
database by `bench.lookup`.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from bench.server import ROOT, Server
from bench.visitor import Visitor

REFERENCE, AGENT_REFERENCE = "/reference/", "/agents/reference/"
SIGN_UP = "/creer-mon-espace/"
TRIES = 3  # on a busy machine the half minute of a code may end on its way
IDENTITY = {"title": "", "first_name": "Noé", "last_name": "Delorme", "birth_date": "1990-04-12"}
ADDRESS = {"street": "3, rue du Pré", "street_extra": "", "postcode": "99450", "city": "Clairval-sur-Aune"}
VISITOR = {
    "accueil": "/",
    "simulateur": "/simulateur/?quotient=812&enfants=2",
    "aide": "/aide/",
    "accessibilité": "/accessibilite/",
    "mentions légales": "/mentions-legales/",
    "mes données": "/mes-donnees/",
    "plan du site": "/plan-du-site/",
    "connexion": "/connexion/",
    "mot de passe oublié": "/mot-de-passe-oublie/",
    "création, e-mail": SIGN_UP,
}
UNLINKED = {
    "tableau de bord": "/tableau-de-bord/",
    "clé enfance": "/cle-enfance/",
    "pas de clé": "/cle-enfance/pas-de-cle/",
    "réserver": "/reserver/",
    "factures": "/factures/",
}
FAMILY = {
    "tableau de bord": "/tableau-de-bord/",
    "famille": "/ma-famille/",
    "choisir un enfant": "/reserver/",
    "factures": "/factures/",
}
ACCOUNT = {
    "compte": "/mon-compte/",
    "compte, coordonnées": "/mon-compte/coordonnees/",
    "compte, mot de passe": "/mon-compte/mot-de-passe/",
    "compte, nom d’utilisateur": "/mon-compte/nom-utilisateur/",
    "compte, adresse e-mail": "/mon-compte/adresse-e-mail/",
}
# Where the link is, what it looks like, the address measured.
Found = tuple[str, str, str]
FAMILY_FOUND: dict[str, Found] = {
    "agenda d’un enfant": ("/ma-famille/", r'href="/ma-famille/(\d+)/"', "/ma-famille/{}/"),
    "changer d’adresse": ("/ma-famille/", r'href="/ma-famille/adresse/(\d+)/"', "/ma-famille/adresse/{}/"),
    "changer de téléphone": (
        "/ma-famille/", r'href="/ma-famille/coordonnees/(\d+)/"', "/ma-famille/coordonnees/{}/",
    ),
    "grille du mois": ("/reserver/", r'href="/reserver/(\d+)/', "/reserver/{}/2026-12/"),
    "semaine type": ("/reserver/", r'href="/reserver/(\d+)/', "/reserver/{}/semaine-type/"),
    "inscrire": ("/reserver/", r'href="/reserver/(\d+)/', "/inscrire/{}/"),
    "réservation faite": ("/tableau-de-bord/", r'href="/reserver/fait/([A-Z0-9-]+)/"', "/reserver/fait/{}/"),
    "facture": ("/factures/", r'href="/factures/([A-Z0-9-]+)/"', "/factures/{}/"),
}  # fmt: skip
AGENT = {
    "accueil": "/agents/",
    "nouvelle famille": "/agents/familles/nouvelle/",
    "à traiter": "/agents/a-traiter/",
    "clés": "/agents/cles/",
    "inscriptions": "/agents/inscriptions/",
    "absences": "/agents/absences/",
    "règles des absences": "/agents/absences/regles/",
    "courriels non remis": "/agents/courriels/",
    "listes d’attente": "/agents/listes-d-attente/",
    "événements": "/agents/evenements/",
    "déclarer un événement": "/agents/evenements/declarer/",
    "cuisine": "/agents/cuisine/",
    "calendrier": "/agents/calendrier/",
}
AGENT_FOUND: dict[str, Found] = {
    "fiche famille": ("/agents/recherche/", r'href="/agents/familles/(\d+)/"', "/agents/familles/{}/"),
    "ajouter un adulte": ("/agents/recherche/", r'href="/agents/familles/(\d+)/"', "/agents/familles/{}/adulte/"),
    "ajouter un enfant": ("/agents/recherche/", r'href="/agents/familles/(\d+)/"', "/agents/familles/{}/enfant/"),
    "quotient": ("/agents/recherche/", r'href="/agents/familles/(\d+)/"', "/agents/familles/{}/quotient/"),
    "demande de clé": ("/agents/cles/", r'href="/agents/cles/demande/(\d+)/"', "/agents/cles/demande/{}/"),
}  # fmt: skip
REGISSEUR = {
    "mois": "/agents/mois/",
    "facturations": "/agents/facturation/",
    "factures": "/agents/factures/",
}
REGISSEUR_FOUND: dict[str, Found] = {
    "clôturer un mois": ("/agents/mois/", r'id="r(\d+)"', "/agents/mois/{}/2026-11/cloturer/"),
    "une facturation": (
        "/agents/facturation/", r'href="/agents/facturation/(\d+)/"', "/agents/facturation/{}/",
    ),
    "une facture": ("/agents/factures/", r'href="/agents/factures/(\d+)/"', "/agents/factures/{}/"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Role:
    """Someone at their browser, and the pages they open.

    `reference` is the page without content that theirs are compared to, and who opens it: signed in, so someone else
    for a visitor. Of `others` only the statements are judged: what is not a page (a PDF), or was measured before.
    """

    name: str
    browser: Visitor
    pages: Mapping[str, str]
    reference: tuple[Visitor, str]
    others: Mapping[str, str] = field(default_factory=dict)


def roles(server: Server) -> Iterator[Role]:
    """Each person in turn; the agent who acts for a family is the agent of before, so one is measured at a time."""
    from espace.demo.accounts import AGENT as CLERK
    from espace.demo.accounts import LINKED_PARENT, PARENT_WITH_KEY
    from espace.demo.accounts import REGISSEUR as TREASURER

    visitor = Visitor(server.url)
    documents = {
        f"document {slug}": f"/documents/{slug}.pdf"
        for slug in re.findall(r'href="/documents/([a-z-]+)\.pdf"', visitor.get("/").text)
    }
    parent = signed_in(server, LINKED_PARENT.username, LINKED_PARENT.password)
    reference = (parent, REFERENCE)
    yield Role("visiteur", visitor, VISITOR, reference, documents)
    for browser, step in _signing_up(server):
        yield Role("visiteur", browser, step, reference)
    newcomer = signed_in(server, PARENT_WITH_KEY.username, PARENT_WITH_KEY.password)
    yield Role("compte sans clé", newcomer, UNLINKED, (newcomer, REFERENCE))
    pages = FAMILY | found(parent, FAMILY_FOUND)
    order, receipt = lookup(server, "paiement", LINKED_PARENT.username)
    pages["retour de paiement"] = f"/paiement/retour/{order}/"
    papers = {"facture en PDF": f"{pages['facture']}facture.pdf", "reçu en PDF": f"/recus/{receipt}.pdf"}
    yield Role("parent", parent, pages | ACCOUNT, reference, papers)
    clerk = signed_in(server, CLERK.username, CLERK.password, CLERK.totp_secret)
    clerk.post("/agents/recherche/", {"q": LINKED_PARENT.full_name}, form_page="/agents/")
    pages = AGENT | {"recherche": "/agents/recherche/"} | found(clerk, AGENT_FOUND)
    yield Role("agent", clerk, pages, (clerk, AGENT_REFERENCE))
    clerk.post(f"{pages['fiche famille']}agir/", {}, form_page=pages["fiche famille"])
    yield Role("agent pour une famille", clerk, {}, (clerk, REFERENCE), FAMILY | found(clerk, FAMILY_FOUND))
    treasurer = signed_in(server, TREASURER.username, TREASURER.password, TREASURER.totp_secret)
    pages = REGISSEUR | found(treasurer, REGISSEUR_FOUND)
    yield Role("régisseur", treasurer, pages, (treasurer, AGENT_REFERENCE))


def signed_in(server: Server, username: str, password: str, totp_secret: str = "") -> Visitor:
    """A browser signed in, with the second factor when the account has one."""
    from espace.demo.accounts import totp_code

    visitor = Visitor(server.url)
    page = visitor.post("/connexion/", {"login": username, "password": password})
    for _ in range(TRIES if totp_secret else 0):
        page = visitor.post("/connexion/code/", {"code": totp_code(totp_secret)})
        if "/connexion/" not in page.url:
            break
    assert "/connexion/" not in page.url, f"{username} n’a pas pu se connecter"
    return visitor


def found(visitor: Visitor, wanted: Mapping[str, Found]) -> dict[str, str]:
    """The addresses of pages that begin on another one."""
    addresses = {}
    for name, (where, pattern, address) in wanted.items():
        match = re.search(pattern, visitor.get(where).text)
        assert match is not None, f"{name} : aucun lien trouvé sur {where}"
        addresses[name] = address.format(match.group(1))
    return addresses


def _signing_up(server: Server) -> Iterator[tuple[Visitor, dict[str, str]]]:
    """A sign-up step by step: each page once the one before is answered."""
    email = "noe.delorme@exemple.fr"
    browser = Visitor(server.url)
    browser.post(SIGN_UP, {"email": email})
    yield browser, {"création, code": f"{SIGN_UP}code/"}
    (code,) = lookup(server, "code", email)
    browser.post(f"{SIGN_UP}code/", {"code": code})
    yield browser, {"création, identité": f"{SIGN_UP}identite/"}
    browser.post(f"{SIGN_UP}identite/", IDENTITY)
    yield browser, {"création, adresse": f"{SIGN_UP}adresse/"}
    browser.post(f"{SIGN_UP}adresse/", ADDRESS)
    yield browser, {"création, téléphone": f"{SIGN_UP}contact/"}
    browser.post(f"{SIGN_UP}contact/", {"phone": "06 39 98 12 34"})
    yield browser, {"création, identifiants": f"{SIGN_UP}identifiants/"}


def lookup(server: Server, *question: str) -> list[str]:
    """What only the database knows, one word a line."""
    command = [sys.executable, "-m", "bench.lookup", *question]
    done = subprocess.run(command, cwd=ROOT, env=server.env, check=True, capture_output=True, text=True)
    return done.stdout.split()
