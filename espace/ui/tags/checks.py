"""What makes the components strict."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from django import template
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe

SPRITE = Path(__file__).resolve().parents[1] / "static" / "ui" / "icons.svg"


@cache
def icon_names() -> frozenset[str]:
    """The names drawn in the sprite, read once: the sprite is the only list."""
    names = re.findall(r'<symbol id="([a-z0-9-]+)"', SPRITE.read_text("utf-8"))
    return frozenset(name for name in names if not name.startswith("art-"))


def one_of(tag: str, option: str, value: object, allowed: Iterable[str]) -> str:
    """The value, or a TemplateSyntaxError that says what was allowed."""
    choices = tuple(allowed)
    if value not in choices:
        raise template.TemplateSyntaxError(
            f"{{% {tag} %}}: {option}={value!r}, expected one of {', '.join(map(repr, choices))}"
        )
    return str(value)


def known_icon(tag: str, name: str) -> str:
    """The name of a drawn sign, or nothing."""
    return name if name in icon_names() else one_of(tag, "icon", name, ("", *sorted(icon_names())))


def need(tag: str, option: str, value: object) -> None:
    """Refuses an empty value where the component would be meaningless."""
    if not value:
        raise template.TemplateSyntaxError(f"{{% {tag} %}}: {option} is needed, got {value!r}")


def render(name: str, /, **context: object) -> SafeString:
    """One template of the design system over exactly this context."""
    return mark_safe(get_template(name).render(context))  # noqa: S308 (a template escapes already)
