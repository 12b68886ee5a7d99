"""Every address says for whom it is: a view that forgot is a door nobody watches."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

AUDIENCES = {"public", "citizen", "agent", "calendar_holder"}
# Views of libraries that we route but did not write, each by its full name, with the reason.
OF_LIBRARIES: dict[str, str] = {}


def patterns(
    resolver: URLResolver, prefix: str = "", space: str = ""
) -> Iterator[tuple[str, str, URLPattern]]:
    """Each address with its full name, through every include."""
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            inner = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from patterns(entry, prefix + str(entry.pattern), inner)
        else:
            yield prefix + str(entry.pattern), f"{space}{entry.name or ''}", entry


def audience_of(view: Any) -> object:
    """What the view declares, on itself or on its class."""
    return getattr(view, "audience", getattr(getattr(view, "view_class", None), "audience", None))


def test_every_address_declares_its_audience() -> None:
    silent = [
        f"/{path} ({name})"
        for path, name, pattern in patterns(get_resolver())
        if audience_of(pattern.callback) not in AUDIENCES and name not in OF_LIBRARIES
    ]
    assert silent == []


def test_every_named_exception_still_exists() -> None:
    names = {name for _, name, _ in patterns(get_resolver())}
    assert set(OF_LIBRARIES) <= names
