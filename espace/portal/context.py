"""Gives every page of the portal its navigation, its footer, and the town's colour."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from espace.kernel.actor import VISITOR, Actor
from espace.town.queries import identity
from espace.ui.items import Link, NavItem

# url name, icon, and the other pages that light the same entry
ENTRIES = (
    ("dashboard", "home", ()),
    (
        "book",
        "cal",
        (
            "book_child",
            "book_all",
            "book_recap",
            "book_all_recap",
            "book_copy",
            "book_all_copy",
            "book_done",
            "enrol",
            "pattern",
            "wait_join",
            "wait_request",
        ),
    ),
    (
        "family",
        "people",
        (
            "child",
            "family_address",
            "family_contact",
            "family_key",
            "no_key",
            "absences",
            "absence",
            "absence_new",
            "history",
            "history_booking",
        ),
    ),
    ("invoices", "euro", ("invoice", "pay", "payment_return")),
    (
        "account",
        "user",
        (
            "account_contact",
            "account_password",
            "account_username",
            "account_new_email",
            "my_calendar",
            "my_calendar_make",
        ),
    ),
)


# A phone's bar has room for these and for « Plus », the page that holds the rest.
IN_THE_BAR = 4


def navigation(request: HttpRequest) -> dict[str, object]:
    """`town`, `nav`, `nav_more`, `footer_links`, `home_url`, `help_url`, `town_css_url`. The town is read once a page."""
    actor: Actor = getattr(request, "actor", VISITOR)
    town = SimpleLazyObject(identity)
    nav = _entries(request, actor)
    return {
        "town": town,
        "nav": nav,
        "nav_more": _more(request, nav) if nav else None,
        "footer_links": _footer(),
        "home_url": reverse("home"),
        "help_url": reverse("help"),
        "town_css_url": SimpleLazyObject(lambda: f"{reverse('town_css')}?v={town.colour.lstrip('#')}"),
    }


def _entries(request: HttpRequest, actor: Actor) -> list[NavItem]:
    """A visitor has none; an agent who acts for nobody only has the way to their own face."""
    if actor.user_id is None:
        return []
    labels = _labels()
    shown = ENTRIES if not actor.is_agent or actor.on_behalf_of is not None else ENTRIES[-1:]
    current = request.resolver_match.url_name if request.resolver_match else ""
    items = []
    for name, icon, others in shown:
        url = _reversed(name)
        if url:
            label, short = labels[name]
            items.append(NavItem(label, url, icon, short, current == name or current in others))
    if actor.is_agent and (url := _reversed("agent_home")):
        items.append(NavItem(_("Espace des agents"), url, "gear"))
    return items


def _more(request: HttpRequest, nav: list[NavItem]) -> NavItem:
    """The last tab of a phone: lit on its own page, and on those that only it leads to."""
    is_menu = request.resolver_match is not None and request.resolver_match.url_name == "menu"
    current = is_menu or any(item.current for item in nav[IN_THE_BAR:])
    return NavItem(_("Plus"), reverse("menu"), "menu", current=current)


def _labels() -> dict[str, tuple[str, str]]:
    return {
        "dashboard": (_("Tableau de bord"), _("Accueil")),
        "book": (_("Réserver"), ""),
        "family": (_("Ma famille"), _("Famille")),
        "invoices": (_("Factures"), ""),
        "account": (_("Mon compte"), _("Compte")),
    }


def _footer() -> list[Link]:
    return [
        Link(_("Accessibilité"), reverse("accessibility")),
        Link(_("Mes données"), reverse("privacy")),
        Link(_("Mentions légales"), reverse("legal")),
        Link(_("Plan du site"), reverse("site_map")),
    ]


def _reversed(name: str) -> str:
    """The address, or "" while that screen does not exist."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
