"""Components that hold other things: alert, card, table, empty state, confirmation."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from espace.ui.tags.checks import need, one_of, render
from espace.ui.tags.elements import DRAWINGS

register = template.Library()


ALERT_ICONS = {"info": "info", "sun": "alert", "ok": "check", "err": "x"}


@register.simple_block_tag
def alert(content: str, kind: str = "info", *, title: str = "", live: str = "") -> SafeString:
    """A message in the page. `live` announces it when it appears after an action."""
    one_of("alert", "kind", kind, ALERT_ICONS)
    one_of("alert", "live", live, ("", "status", "alert"))
    return render("ui/alert.html", content=content, kind=kind, title=title, live=live, icon=ALERT_ICONS[kind])


@register.simple_block_tag
def card(content: str, *, title: str = "", kind: str = "line", level: int = 3, url: str = "") -> SafeString:
    """line: a rule on top; block: the town's colour; tinted: a result; sunny: act now."""
    one_of("card", "kind", kind, ("line", "block", "tinted", "sunny"))
    one_of("card", "level", str(level), ("2", "3", "4"))
    css = "card" if kind == "line" else kind
    return render("ui/card.html", content=content, title=title, css=css, level=level, url=url)


@register.simple_block_tag
def table(
    content: str, caption: str, *, fold: bool = True, dense: bool = False, hide_caption: bool = False
) -> SafeString:
    """The frame of a table. With fold, cells with data-l="Mot" become lines on a phone."""
    need("table", "caption", caption)
    return render(
        "ui/table.html", content=content, caption=caption, fold=fold, dense=dense, hide_caption=hide_caption
    )


@register.simple_block_tag
def empty_state(content: str, title: str, *, drawing: str = "empty", level: int = 2) -> SafeString:
    """Says that nothing is there, why, and what comes next."""
    one_of("empty_state", "drawing", drawing, ("", *DRAWINGS))
    one_of("empty_state", "level", str(level), ("2", "3", "4"))
    return render("ui/empty_state.html", content=content, title=title, drawing=drawing, level=level)


@register.simple_block_tag
def confirm(
    content: str,
    title: str,
    *,
    yes: str,
    no: str = "",
    no_url: str = "",
    name: str = "",
    value: str = "",
    dialog: str = "",
    danger: bool = True,
) -> SafeString:
    """The consequence before the click, inside a form. With `dialog`, a dialog of that id."""
    need("confirm", "no_url (or dialog)", no_url or dialog)
    return render(
        "ui/confirm.html",
        content=content,
        title=title,
        yes=yes,
        no=no or _("Garder"),
        no_url=no_url,
        name=name,
        value=value,
        dialog=dialog,
        danger=danger,
    )
