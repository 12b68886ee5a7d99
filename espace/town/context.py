"""Gives every template the town's identity: the only source of names, numbers and addresses on a page."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from espace.town.queries import identity


def town(request: HttpRequest) -> dict[str, object]:
    """`town`: see `town.queries.Identity`; read once a page, only if the page shows it."""
    return {"town": SimpleLazyObject(identity)}
