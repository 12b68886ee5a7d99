"""Turning an app's typst template and plain data into a PDF: tagged, archivable, in French.

PDF/A-3a (kept for the years the law asks) and PDF/UA-1 (read aloud by a screen reader) in one file. A template
lives in `espace/<app>/paper/<name>.typ`; it imports `/paper/paper/letterhead.typ` and reads
`json(bytes(sys.inputs.data))` and `sys.inputs.title`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import typst

from espace.kernel import clock

ROOT = Path(__file__).resolve().parent.parent


class Town(Protocol):
    """What a letterhead takes of the town's identity (`town.queries.identity()` has it all)."""

    @property
    def name(self) -> str: ...
    @property
    def street(self) -> str: ...
    @property
    def postcode(self) -> str: ...
    @property
    def city(self) -> str: ...
    @property
    def phone_display(self) -> str: ...
    @property
    def email(self) -> str: ...
    @property
    def website(self) -> str: ...
    @property
    def colour(self) -> str: ...
    @property
    def logo_path(self) -> str: ...
    @property
    def guichet_name(self) -> str: ...
    @property
    def guichet_place(self) -> str: ...
    @property
    def guichet_street(self) -> str: ...
    @property
    def guichet_phone(self) -> str: ...
    @property
    def guichet_email(self) -> str: ...
    @property
    def guichet_note(self) -> str: ...


LETTERHEAD = (
    "name", "street", "postcode", "city", "phone_display", "email", "website", "colour", "logo_path",
    "guichet_name", "guichet_place", "guichet_street", "guichet_phone", "guichet_email", "guichet_note",
)  # fmt: skip


def letterhead(town: Town) -> dict[str, object]:
    """The town as the letterhead prints it; callers hand it over as `data["town"]`."""
    return {name: getattr(town, name) for name in LETTERHEAD}


def render(template: str, data: Mapping[str, object], *, title: str) -> bytes:
    """The PDF of an app's template ("key_letter" is `espace/families/paper/key_letter.typ`).

    `data` is plain JSON and holds `town` (see `letterhead`); `title` is the document's, read first by a screen
    reader. `ValueError` when no app has that template, `typst.TypstError` when the template is wrong: both are
    defects of ours. About 10 ms a page; no query.
    """
    return typst.compile(
        str(_find(template)),
        root=str(ROOT),
        format="pdf",
        sys_inputs={"data": json.dumps(data), "title": title},
        pdf_standards=["a-3a", "ua-1"],
        timestamp=int(clock.now().timestamp()),
    )


def _find(template: str) -> Path:
    found = sorted(ROOT.glob(f"*/paper/{template}.typ")) if template.isidentifier() else []
    if len(found) != 1:
        raise ValueError(f"no template, or two, named {template}")
    return found[0]
