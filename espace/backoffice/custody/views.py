"""A child's custody: as it is, as it would be, and changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from espace.accounts.access import agent
from espace.backoffice.custody import pages
from espace.backoffice.custody.forms import ArrangementForm, ConfirmForm, ExceptionForm
from espace.backoffice.desk import desk
from espace.backoffice.families.pages import child_of
from espace.bookings.errors import StaleForm
from espace.bookings.queries import custody_preview_for
from espace.bookings.services import change_custody
from espace.families import queries
from espace.families.rules import CustodyChange, EndException
from espace.kernel import clock
from espace.kernel.actor import Permission
from espace.kernel.errors import Refusal
from espace.kernel.http import or_404, see_other, told

if TYPE_CHECKING:
    from espace.families.models import Household, Person

STALE = "La situation a changé depuis l’aperçu. Le voici refait : relisez-le."


@agent(Permission.FAMILIES_WRITE)
@never_cache
def custody(request: HttpRequest, household_id: int, child_id: int) -> HttpResponse:
    """The custody as it is with the form of another; by POST, what that one would do. Writes nothing."""
    household, child = _child(request, household_id, child_id)
    if request.method != "POST":
        return _page(request, household, child)
    form = ArrangementForm(desk(request), household, request.POST)
    if not form.is_valid() or "modifier" in request.POST:
        return _page(request, household, child, form)
    return _preview(request, household, child, form.change(), form, "agent_custody_confirm", "agent_custody")


@agent(Permission.FAMILIES_WRITE)
@require_POST
def custody_confirm(request: HttpRequest, household_id: int, child_id: int) -> HttpResponse:
    """Sets the arrangement that was previewed."""
    household, child = _child(request, household_id, child_id)
    form = ArrangementForm(desk(request), household, request.POST)
    if not form.is_valid():
        return _page(request, household, child, form)
    return _do(request, household, child, form, "agent_custody_confirm", "agent_custody")


@agent(Permission.FAMILIES_WRITE)
@never_cache
@require_POST
def exception(request: HttpRequest, household_id: int, child_id: int) -> HttpResponse:
    """What some exceptional days would do. Writes nothing."""
    household, child = _child(request, household_id, child_id)
    form = ExceptionForm(_homes(request, child), request.POST)
    if not form.is_valid() or "modifier" in request.POST:
        return _page(request, household, child, exceptional=form)
    return _preview(
        request, household, child, form.change(), form, "agent_exception_confirm", "agent_exception"
    )


@agent(Permission.FAMILIES_WRITE)
@require_POST
def exception_confirm(request: HttpRequest, household_id: int, child_id: int) -> HttpResponse:
    """Keeps the exceptional days that were previewed."""
    household, child = _child(request, household_id, child_id)
    form = ExceptionForm(_homes(request, child), request.POST)
    if not form.is_valid():
        return _page(request, household, child, exceptional=form)
    return _do(request, household, child, form, "agent_exception_confirm", "agent_exception")


@agent(Permission.FAMILIES_WRITE)
@never_cache
def exception_end(request: HttpRequest, household_id: int, child_id: int, exception_id: int) -> HttpResponse:
    """Takes an exception back: what it does, then, by POST, does it."""
    household, child = _child(request, household_id, child_id)
    row = next((r for r in queries.exceptions_of(child.pk, clock.today()) if r.pk == exception_id), None)
    with or_404():
        if row is None:
            raise queries.NotFound
    change = EndException(row.pk, row.start)
    if request.method != "POST":
        return _preview(request, household, child, change, None, "agent_exception_end", "")
    return _done(request, household, child, change, "", None, ("agent_exception_end", ""))


def _child(request: HttpRequest, household_id: int, child_id: int) -> tuple[Household, Person]:
    """The file and one of its children, or a 404."""
    with or_404():
        household = queries.household_for(desk(request), household_id)
        return household, child_of(household, child_id)


def _homes(request: HttpRequest, child: Person) -> dict[int, str]:
    return dict(custody_preview_for(desk(request), child.pk, None).homes)


def _page(
    request: HttpRequest,
    household: Household,
    child: Person,
    form: ArrangementForm | None = None,
    *,
    exceptional: ExceptionForm | None = None,
) -> HttpResponse:
    preview = custody_preview_for(desk(request), child.pk, None)
    dated = pages.dated_of(child.pk)
    if form is None:
        form = ArrangementForm(
            desk(request), household, initial=pages.initial(dated, household, preview.numbers)
        )
    context = {
        "household": household,
        "child": child,
        "page": pages.custody_page(preview),
        "words": pages.now_words(dated, preview.homes),
        "exceptions": pages.excepted(queries.exceptions_of(child.pk, clock.today())),
        "form": form,
        "exceptional": exceptional or ExceptionForm(dict(preview.homes)),
    }
    return render(request, "backoffice/custody.html", context)


def _preview(
    request: HttpRequest,
    household: Household,
    child: Person,
    change: CustodyChange,
    form: ArrangementForm | ExceptionForm | None,
    confirm: str,
    back: str,
    error: str = "",
) -> HttpResponse:
    preview = custody_preview_for(desk(request), child.pk, change)
    page = pages.custody_page(preview)
    args: dict[str, Any] = {"household_id": household.pk, "child_id": child.pk}
    if isinstance(change, EndException):
        args["exception_id"] = change.exception_id
    context = {
        "household": household,
        "child": child,
        "page": page,
        "start": preview.start,
        "error": error,
        "sent": [] if form is None else [(name, form.data.get(name, "")) for name in form.fields],
        "confirm": ConfirmForm(initial={"keep": "garder", "digest": page.digest}),
        "confirm_url": reverse(confirm, kwargs=args),
        "back_url": reverse(back, args=[household.pk, child.pk]) if back else "",
    }
    return render(request, "backoffice/custody_preview.html", context)


def _do(
    request: HttpRequest,
    household: Household,
    child: Person,
    form: ArrangementForm | ExceptionForm,
    confirm: str,
    back: str,
) -> HttpResponse:
    return _done(request, household, child, form.change(), form.cleaned_data["reason"], form, (confirm, back))


def _done(
    request: HttpRequest,
    household: Household,
    child: Person,
    change: CustodyChange,
    reason: str,
    form: ArrangementForm | ExceptionForm | None,
    names: tuple[str, str],
) -> HttpResponse:
    """Does the change; or its preview again with why it was not done."""
    sent = ConfirmForm(request.POST)
    if not sent.is_valid():
        return _preview(request, household, child, change, form, *names, error=STALE)
    try:
        with or_404():
            change_custody(
                desk(request), child_id=child.pk, change=change, expected=sent.cleaned_data["digest"],
                cancel=sent.cleaned_data["keep"] == "annuler", reason=reason,
            )  # fmt: skip
    except StaleForm:
        return _preview(request, household, child, change, form, *names, error=STALE)
    except Refusal as refusal:
        return _preview(request, household, child, change, form, *names, error=told(refusal))
    messages.success(request, f"La garde de {child.first_name} est enregistrée, les foyers sont prévenus.")
    return see_other("agent_family", household_id=household.pk)
