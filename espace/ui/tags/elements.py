"""Small things inside a line: signs, dates, badges, words that explain themselves."""

from __future__ import annotations

import re
from datetime import date, datetime, time

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from espace.kernel import text as words
from espace.ui.glossary import DEFINITIONS
from espace.ui.tags.checks import known_icon, need, one_of
from espace.ui.tags.words import date_long, date_short, datetime_long, day_of, hour, local

register = template.Library()


DRAWINGS = ("empty", "done", "lost", "street", "rest")
BADGE_ICONS = {"ok": "check", "sun": "clock", "err": "alert"}


@register.simple_tag
def icon(name: str, *, size: str = "", label: str = "") -> SafeString:
    """A sign of the sprite. Hidden from readers, unless `label` says what it means."""
    need("icon", "name", known_icon("icon", name))
    one_of("icon", "size", size, ("", "l"))
    css, href = ("i i-l" if size else "i"), static("ui/icons.svg")
    if label:
        shape = '<svg class="{}" role="img" aria-label="{}"><use href="{}#{}"></use></svg>'
        return format_html(shape, css, label, href, name)
    return format_html('<svg class="{}" aria-hidden="true"><use href="{}#{}"></use></svg>', css, href, name)


@register.simple_tag
def drawing(name: str) -> SafeString:
    """A line drawing for an empty list, a confirmation, a page that is not there. Always decorative."""
    one_of("drawing", "name", name, DRAWINGS)
    shape = '<svg class="art" viewBox="0 0 160 96" aria-hidden="true"><use href="{}#art-{}"></use></svg>'
    return format_html(shape, static("ui/icons.svg"), name)


@register.simple_tag
def when(value: date | time, *, form: str = "long", cap: bool = False) -> SafeString:
    """`<time>` with its words. Long: a date, or a date and hour for a moment; short; hour."""
    one_of("when", "form", form, ("long", "short", "hour"))
    moment = local(value) if isinstance(value, datetime) else value
    if isinstance(moment, time) or (form == "hour" and isinstance(moment, datetime)):
        said = hour(moment)
    elif form == "short":
        said = date_short(moment)
    else:
        said = datetime_long(moment) if isinstance(moment, datetime) else date_long(moment)
    machine = (
        moment.isoformat(timespec="minutes") if isinstance(moment, (datetime, time)) else moment.isoformat()
    )
    said = said[:1].upper() + said[1:] if cap else said
    return format_html('<time datetime="{}">{}</time>', machine, said)


@register.inclusion_tag("ui/eph.html")
def eph(day: date, *, kind: str = "", today: date | None = None) -> dict[str, object]:
    """The éphéméride: weekday, numeral, month. "now" is today, "due" asks to act."""
    one_of("eph", "kind", kind, ("", "now", "due"))
    shown = day_of(day)
    return {
        "iso": shown.isoformat(),
        "long": words.format_date_long(shown),
        "weekday": f"{words.DAYS[shown.weekday()][:3]}.",
        "day": shown.day,
        "month": words.SHORT_MONTHS[shown.month - 1],
        "kind": kind or ("now" if today == shown else ""),
    }


@register.inclusion_tag("ui/badge.html")
def badge(label: str, *, kind: str = "", icon: str = "") -> dict[str, object]:
    """A sign, a word, a colour. ok, sun and err bring their sign: colour is never alone."""
    one_of("badge", "kind", kind, ("", "ok", "sun", "err", "fill", "tint", "dash"))
    return {"label": label, "kind": kind, "icon": known_icon("badge", icon) or BADGE_ICONS.get(kind, "")}


@register.simple_tag
def monogram(name: str, *, kind: str = "") -> SafeString:
    """Up to two initials in a square; hidden from readers, since the name always stands beside."""
    one_of("monogram", "kind", kind, ("", "ink"))
    initials = "".join(part[0] for part in re.split(r"[\s\-–]+", name.strip()) if part)[:2].upper()
    css = "pic pic-2" if kind else "pic"
    return format_html('<span class="{}" aria-hidden="true">{}</span>', css, initials)


@register.inclusion_tag("ui/definition.html")
def definition(term: str, *, text: str = "") -> dict[str, object]:
    """A word of the administration that opens its explanation. Known terms need no text."""
    said = text or DEFINITIONS.get(term.lower(), "")
    need("definition", f"text (no definition of {term!r})", said)
    return {"term": term, "text": _(said)}
