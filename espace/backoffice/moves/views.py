"""Another school, another class, a departure: a form, what it does, done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from espace.accounts.access import agent
from espace.backoffice.desk import desk
from espace.backoffice.families.pages import child_of
from espace.backoffice.moves import pages
from espace.backoffice.moves.forms import DepartureForm, SchoolForm
from espace.bookings.errors import StaleForm
from espace.bookings.queries import move_preview_for
from espace.bookings.services import move_child
from espace.families import queries
from espace.kernel import clock
from espace.kernel.actor import Permission
from espace.kernel.errors import Refusal
from espace.kernel.http import or_404, see_other, told
from espace.town.queries import school_places

if TYPE_CHECKING:
    from espace.families.models import Household, Person

STALE = "La situation a changé depuis l’aperçu. Le voici refait : relisez-le."
Asked = SchoolForm | DepartureForm


@agent(Permission.FAMILIES_WRITE)
@never_cache
def school(request: HttpRequest, household_id: int, child_id: int) -> HttpResponse:
    """The form of another school or class; by POST, what it would do. Writes nothing."""
    household, child = _child(request, household_id, child_id)
    form = SchoolForm(school_places(clock.today()), request.POST if request.method == "POST" else None)
    return _ask(request, household, child, form)


@agent(Permission.FAMILIES_WRITE)
@require_POST
def school_confirm(request: HttpRequest, household_id: int, child_id: int) -> HttpResponse:
    """Moves the child, as previewed."""
    household, child = _child(request, household_id, child_id)
    return _do(request, household, child, SchoolForm(school_places(clock.today()), request.POST))


@agent(Permission.FAMILIES_WRITE)
@never_cache
def departure(request: HttpRequest, household_id: int, child_id: int) -> HttpResponse:
    """The form of a departure; by POST, what it would do. Writes nothing."""
    household, child = _child(request, household_id, child_id)
    return _ask(request, household, child, DepartureForm(request.POST if request.method == "POST" else None))


@agent(Permission.FAMILIES_WRITE)
@require_POST
def departure_confirm(request: HttpRequest, household_id: int, child_id: int) -> HttpResponse:
    """The child leaves, as previewed."""
    household, child = _child(request, household_id, child_id)
    return _do(request, household, child, DepartureForm(request.POST))


def _child(request: HttpRequest, household_id: int, child_id: int) -> tuple[Household, Person]:
    with or_404():
        household = queries.household_for(desk(request), household_id)
        return household, child_of(household, child_id)


def _ask(request: HttpRequest, household: Household, child: Person, form: Asked) -> HttpResponse:
    if not form.is_bound or not form.is_valid() or "modifier" in request.POST:
        context = {"household": household, "child": child, "form": form, **pages.words(form)}
        return render(request, "backoffice/move.html", context)
    return _preview(request, household, child, form)


def _preview(
    request: HttpRequest, household: Household, child: Person, form: Asked, error: str = ""
) -> HttpResponse:
    preview = move_preview_for(desk(request), child.pk, form.change())
    words = pages.words(form)
    args = [household.pk, child.pk]
    context = {
        "household": household,
        "child": child,
        "page": pages.move_page(preview),
        "error": error,
        "sent": [(name, form.data.get(name, "")) for name in form.fields],
        "confirm_url": reverse(words["confirm"], args=args),
        "back_url": reverse(words["back"], args=args),
        **words,
    }
    return render(request, "backoffice/move_preview.html", context)


def _do(request: HttpRequest, household: Household, child: Person, form: Asked) -> HttpResponse:
    if not form.is_valid():
        return _ask(request, household, child, form)
    try:
        with or_404():
            move_child(
                desk(request), child_id=child.pk, change=form.change(), reason=form.cleaned_data["reason"],
                expected=request.POST.get("digest", ""),
            )  # fmt: skip
    except StaleForm:
        return _preview(request, household, child, form, STALE)
    except Refusal as refusal:
        return _preview(request, household, child, form, told(refusal))
    messages.success(request, f"C’est enregistré pour {child.first_name}, la famille est prévenue.")
    return see_other("agent_family", household_id=household.pk)
