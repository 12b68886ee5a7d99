"""Health, for the machine that watches us. Anyone may ask; nothing personal is said."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache

from espace.accounts.access import public
from espace.operations.queries import readiness


@public
@never_cache
def alive(request: HttpRequest) -> JsonResponse:
    """We answer."""
    return JsonResponse({"vivant": True})


@public
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """We can serve: 200, or 503 and what is missing."""
    state = readiness()
    answer = {
        "pret": state.ready,
        "base": state.database,
        "migrations": state.migrations,
        "travail": {
            "pret": state.worker,
            "age_s": None if state.worker_age is None else round(state.worker_age.total_seconds(), 1),
        },
        "courriels": {
            "pret": state.outbox,
            "attente_s": None if state.outbox_wait is None else round(state.outbox_wait.total_seconds(), 1),
        },
    }
    return JsonResponse(answer, status=200 if state.ready else 503)
