"""Opening a file, adding people to it, dating its quotient."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from espace.accounts.access import agent
from espace.backoffice.desk import desk
from espace.backoffice.families.forms import AdultForm, ChildForm, NewFamily, QuotientForm
from espace.families import queries, services
from espace.families.enums import QuotientSource
from espace.families.errors import FamilyRefusal
from espace.kernel import clock
from espace.kernel.actor import Permission
from espace.kernel.http import or_404, see_other, told


@agent(Permission.FAMILIES_WRITE)
@never_cache
def new_family(request: HttpRequest) -> HttpResponse:
    """A household with its adults and children, in one sheet."""
    sheet = NewFamily(request.POST if request.method == "POST" else None)
    if request.method == "POST" and sheet.is_valid():
        try:
            opened = services.open_family(
                desk(request),
                **sheet.home.cleaned_data,
                adults=[services.AdultDraft(**f.cleaned_data) for f in sheet.adults if f.has_changed()],
                children=[services.ChildDraft(**f.cleaned_data) for f in sheet.children if f.has_changed()],
            )
        except FamilyRefusal as refusal:
            sheet.home.add_error(None, told(refusal))
        else:
            messages.success(request, f"Le dossier {opened.household.number} est ouvert.")
            return see_other("agent_family", household_id=opened.household.pk)
    return render(request, "backoffice/family_new.html", {"sheet": sheet})


@agent(Permission.FAMILIES_WRITE)
@never_cache
def add_adult(request: HttpRequest, household_id: int) -> HttpResponse:
    """One more adult in a household."""
    with or_404():
        household = queries.household_for(desk(request), household_id)
    form = AdultForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            person = services.add_adult(desk(request), household=household, **form.cleaned_data)
        except FamilyRefusal as refusal:
            form.add_error(None, told(refusal))
        else:
            messages.success(request, f"{person} est dans le dossier.")
            return see_other("agent_family", household_id=household.pk)
    return render(
        request,
        "backoffice/person_new.html",
        {"form": form, "household": household, "title": "Ajouter un adulte"},
    )


@agent(Permission.FAMILIES_WRITE)
@never_cache
def add_child(request: HttpRequest, household_id: int) -> HttpResponse:
    """One more child: every adult of the household answers for them."""
    with or_404():
        household = queries.household_for(desk(request), household_id)
    form = ChildForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            person = services.add_child(desk(request), household=household, **form.cleaned_data)
        except FamilyRefusal as refusal:
            form.add_error(None, told(refusal))
        else:
            messages.success(request, f"{person} est dans le dossier.")
            return see_other("agent_family", household_id=household.pk)
    return render(
        request,
        "backoffice/person_new.html",
        {"form": form, "household": household, "title": "Ajouter un enfant"},
    )


@agent(Permission.FAMILIES_WRITE)
@never_cache
def quotient(request: HttpRequest, household_id: int) -> HttpResponse:
    """A new quotient from a date on; the bills already made do not move."""
    with or_404():
        household = queries.household_for(desk(request), household_id)
    form = QuotientForm(request.POST if request.method == "POST" else None, initial={"start": clock.today()})
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            services.set_quotient(
                desk(request),
                household=household,
                amount=typed["amount"],
                source=QuotientSource(typed["source"]),
                start=typed["start"],
                reason=typed["reason"],
            )
        except FamilyRefusal as refusal:
            form.add_error(None, told(refusal))
        else:
            messages.success(request, "Le quotient est enregistré.")
            return see_other("agent_family", household_id=household.pk)
    return render(
        request,
        "backoffice/person_new.html",
        {"form": form, "household": household, "title": "Quotient familial"},
    )
