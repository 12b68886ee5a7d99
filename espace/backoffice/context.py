"""What every agents' page shows: the navigation with its counts, the search, the family acted for."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from espace.accounts.context import viewer
from espace.backoffice.searching import words_of
from espace.bookings.queries import waiting_enrolments_for
from espace.families.queries import desk_counts_for, households_for
from espace.kernel.actor import VISITOR, Actor, Permission
from espace.kernel.reading import read_now
from espace.ui.items import NavItem, Viewer

# Label, address, permission, name of its count. An address that is not there (yet) is left out.
ENTRIES = (
    ("Accueil", "agent_home", None, ""),
    ("À traiter", "agent_tasks", Permission.FAMILIES_WRITE, "changes"),
    ("Clés Enfance", "agent_keys", Permission.KEYS, "keys"),
    ("Inscriptions", "agent_enrolments", Permission.ENROLMENTS, "enrolments"),
    ("Absences", "agent_absences", Permission.FAMILIES_READ, ""),
    ("Attente", "agent_waiting", Permission.ENROLMENTS, ""),
    ("Événements", "agent_events", Permission.ACTIVITIES, ""),
    ("Cuisine", "agent_kitchen", Permission.ACTIVITIES, ""),
    ("Règles", "agent_rules", Permission.ACTIVITIES, ""),
    ("Menus", "agent_menus", Permission.ACTIVITIES, ""),
    ("Calendrier", "agent_calendar", Permission.ACTIVITIES, ""),
    ("Mois", "agent_months", Permission.MONTH_CLOSE, ""),
    ("Facturation", "agent_runs", Permission.BILLING_COMPUTE, ""),
)


def navigation(request: HttpRequest) -> dict[str, object]:
    """For an agent's page `nav`, `home_url`, `agent_search_url`, `search_query` (1 query); wherever an agent acts
    for a family, the family's name in `viewer` (1 query); for anyone else nothing."""
    actor: Actor = getattr(request, "actor", VISITOR)
    if not actor.is_agent:
        return {}
    context: dict[str, object] = {}
    if actor.on_behalf_of is not None:
        shown = viewer(request)["viewer"]
        names = [h.name for h in households_for(actor)]
        if isinstance(shown, Viewer) and names:
            context["viewer"] = replace(shown, acting_for=f"la famille {names[0].removeprefix('Famille ')}")
    if request.path.startswith("/agents/"):
        search_url = reverse("agent_search") if actor.may(Permission.FAMILIES_READ) else ""
        context |= {
            "nav": entries(request, actor),
            "home_url": reverse("agent_home"),
            "agent_search_url": search_url,
            "search_query": words_of(request) if request.path == search_url else "",
        }
    return context


def entries(request: HttpRequest, actor: Actor) -> list[NavItem]:
    """The navigation of this agent: what they may do, with what waits. 1 query."""
    desk, enrolments = desk_counts_for(actor), waiting_enrolments_for(actor)
    read_now(desk, enrolments)
    counts = desk.answer
    waiting = {
        "changes": counts.changes,
        "keys": counts.key_requests + counts.letters,
        "enrolments": enrolments.answer[0],
        "": 0,
    }
    found = []
    for label, name, permission, count in ENTRIES:
        if permission is not None and not actor.may(permission):
            continue
        try:
            url = reverse(name)
        except NoReverseMatch:
            continue
        current = request.path == url if name == "agent_home" else request.path.startswith(url)
        found.append(
            NavItem(
                label, url, current=current, count=waiting[count], count_label="en attente" if count else ""
            )
        )
    return found
