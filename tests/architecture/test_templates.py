"""Every template is used, and every template that is named exists."""

from __future__ import annotations

import re
from pathlib import Path

from tests.support.registries import ROOT, our_files

# Names that a library asks for by itself: allauth's pages and messages, Django's error pages and form widgets.
ASKED_BY_LIBRARIES = re.compile(
    r"^(?:account|mfa|usersessions|allauth|django|registration)/|^(?:400|403|403_csrf|404|500)\.html$"
)
NAMED = re.compile(r"""["']([\w\-./]+\.(?:html|txt|typ|xml|svg|ics|webmanifest|js))["']""")


def templates() -> dict[str, Path]:
    """Each template by the name it is loaded under."""
    found = {}
    for path in our_files():
        parts = path.relative_to(ROOT).parts
        if parts[0] == "espace" and "templates" in parts:
            found["/".join(parts[parts.index("templates") + 1 :])] = path
    return found


def names_in_sources() -> set[str]:
    """Every literal that looks like a template's name, in code and in templates."""
    sources = [p for p in our_files() if p.relative_to(ROOT).parts[0] in ("espace", "config")]
    return {
        name
        for path in sources
        if path.suffix in (".py", ".html", ".txt", ".xml", ".typ")
        for name in NAMED.findall(path.read_text(encoding="utf-8"))
    }


def test_every_template_is_used() -> None:
    """A name built by pieces is not found: write it whole, so that a reader can search for it."""
    named = names_in_sources()
    unused = [n for n in templates() if n not in named and not ASKED_BY_LIBRARIES.match(n)]
    assert sorted(unused) == []


def test_every_template_that_is_extended_or_included_exists() -> None:
    known = templates()
    tag = re.compile(r"""{%\s*(?:extends|include)\s+["']([^"']+)["']""")
    missing = [
        f"{name} names {other}"
        for name, path in known.items()
        for other in tag.findall(path.read_text(encoding="utf-8"))
        if other not in known and not ASKED_BY_LIBRARIES.match(other)
    ]
    assert missing == []
