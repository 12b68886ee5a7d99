"""Actions, page furniture and lists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode

from django import template
from django.core.paginator import Page
from django.http import HttpRequest

from espace.kernel.text import DAYS
from espace.ui.items import DayMark, FileItem, PriceStep, Tab, TimelineEntry
from espace.ui.items import marked_weeks as weeks_from
from espace.ui.tags.blocks import ALERT_ICONS
from espace.ui.tags.checks import known_icon, need, one_of

register = template.Library()


BUTTON_KINDS = ("main", "line", "text", "sun", "danger", "stop")


def _button_css(tag: str, kind: str, size: str, block: bool) -> str:
    one_of(tag, "kind", kind, BUTTON_KINDS)
    one_of(tag, "size", size, ("", "l"))
    parts = [
        "btn",
        "" if kind == "main" else f"btn-{kind}",
        "btn-l" if size else "",
        "btn-block" if block else "",
    ]
    return " ".join(filter(None, parts))


@register.inclusion_tag("ui/button.html")
def button(
    label: str,
    *,
    kind: str = "main",
    icon: str = "",
    size: str = "",
    name: str = "",
    value: str = "",
    type: str = "submit",
    block: bool = False,
    disabled: bool = False,
    form: str = "",
    formaction: str = "",
    dialog: str = "",
) -> dict[str, object]:
    """A real button with real words. `dialog` opens that dialog first when scripts run."""
    one_of("button", "type", type, ("submit", "button", "reset"))
    return {
        "label": label,
        "css": _button_css("button", kind, size, block),
        "icon": known_icon("button", icon),
        "name": name,
        "value": value,
        "type": type,
        "disabled": disabled,
        "form": form,
        "formaction": formaction,
        "dialog": dialog,
    }


@register.inclusion_tag("ui/link_button.html")
def link_button(
    label: str,
    url: str,
    *,
    kind: str = "main",
    icon: str = "",
    size: str = "",
    block: bool = False,
    dialog: str = "",
) -> dict[str, object]:
    """A link that looks like a button: it goes somewhere and changes nothing."""
    need("link_button", "url", url)
    css = _button_css("link_button", kind, size, block)
    return {"label": label, "url": url, "css": css, "icon": known_icon("link_button", icon), "dialog": dialog}


@register.inclusion_tag("ui/page_head.html")
def page_head(title: str, *, kick: str = "", lead: str = "") -> dict[str, object]:
    """The h1 of the page, the small line above, the sentence before the screen."""
    need("page_head", "title", title)
    return {"title": title, "kick": kick, "lead": lead}


@register.inclusion_tag("ui/breadcrumb.html")
def breadcrumb(*parts: str, current: str) -> dict[str, object]:
    """Pairs of label and address, then the page one is on."""
    if len(parts) % 2:
        raise template.TemplateSyntaxError("{% breadcrumb %}: labels and addresses go in pairs")
    return {"links": [(label, url) for label, url in list(pairwise(parts))[::2]], "current": current}


@register.inclusion_tag("ui/tabs.html")
def tabs(tabs: Sequence[Tab], *, label: str) -> dict[str, object]:
    """Links to the views of one subject; `label` names the group for a screen reader."""
    return {"tabs": tabs, "label": label}


@register.inclusion_tag("ui/stepper.html")
def stepper(steps: Sequence[str], *, current: int, all_labels: bool = False) -> dict[str, object]:
    """Where one stands. `current` counts from 1; len + 1 means all is done."""
    if not 1 <= current <= len(steps) + 1:
        raise template.TemplateSyntaxError(f"{{% stepper %}}: current={current}, for {len(steps)} steps")
    states = (
        "done" if n < current else "current" if n == current else "next" for n in range(1, len(steps) + 1)
    )
    return {"steps": list(zip(steps, states, strict=True)), "all_labels": all_labels}


@register.inclusion_tag("ui/pagination.html", takes_context=True)
def pagination(context: Mapping[str, Any], page: Page[Any], *, param: str = "page") -> dict[str, object]:
    """Previous, numbers, next. Keeps the filters that are in the address. One page: nothing."""
    request: HttpRequest | None = context.get("request")
    kept = [] if request is None else [(k, v) for k, vs in request.GET.lists() if k != param for v in vs]

    def address(number: int) -> str:
        return "?" + urlencode([*kept, (param, number)])

    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return {
        "many": page.paginator.num_pages > 1,
        "previous": address(page.previous_page_number()) if page.has_previous() else "",
        "next": address(page.next_page_number()) if page.has_next() else "",
        "pages": [(n, address(n) if isinstance(n, int) else "", n == page.number) for n in numbers],
    }


@register.inclusion_tag("ui/toasts.html")
def toasts(messages: Iterable[Any] | None) -> dict[str, object]:
    """What the last action did, from django.contrib.messages."""
    kinds = {"error": "err", "warning": "sun", "success": "ok"}
    shown = []
    for message in messages or ():
        kind = kinds.get(message.level_tag, "info")
        shown.append({"text": message.message, "kind": kind, "icon": ALERT_ICONS[kind]})
    return {"shown": shown}


@register.inclusion_tag("ui/timeline.html")
def timeline(entries: Sequence[TimelineEntry]) -> dict[str, object]:
    """What happened, what is happening, what comes."""
    return {"entries": entries}


@register.inclusion_tag("ui/marked_weeks.html")
def marked_weeks(marks: Sequence[DayMark], *, caption: str) -> dict[str, object]:
    """A small calendar, a week a line: each day has its number, a sign and hidden words. A legend stands beside."""
    need("marked_weeks", "caption", caption)
    return {"weeks": weeks_from(marks), "caption": caption, "letters": [name[:3] for name in DAYS]}


@register.inclusion_tag("ui/file_list.html")
def file_list(files: Sequence[FileItem]) -> dict[str, object]:
    """Documents, present or missing, each with its action."""
    return {"files": files}


@register.inclusion_tag("ui/price_chain.html")
def price_chain(steps: Sequence[PriceStep]) -> dict[str, object]:
    """A price one reads: 812 → tranche 4 → 3,62 € → + 25 % → 4,53 €."""
    return {"steps": steps}
