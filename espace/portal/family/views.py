"""« Ma famille »: its members, a child's month, and what may be asked to change."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from espace.accounts.access import ActorRequest, citizen
from espace.bookings.queries import to_enrol_for
from espace.families import queries, services
from espace.families.errors import FamilyRefusal
from espace.kernel import clock
from espace.kernel.calendar import month_bounds
from espace.kernel.http import or_404, see_other, told
from espace.kernel.text import de_nom, format_month
from espace.portal.family import agenda, pages
from espace.portal.family.custody import custody_month
from espace.portal.family.forms import ContactForm, HouseholdAddressForm


@citizen
@never_cache
def family(request: HttpRequest) -> HttpResponse:
    """Each member as a card, and who may be enrolled first. 8 queries of its own; 4 more for a new family."""
    actor = cast(ActorRequest, request).actor
    households = queries.households_for(actor)
    if not households and not queries.is_linked(actor):
        return render(request, "family/unlinked.html", {"asked": queries.latest_request_for(actor)})
    return render(
        request,
        "family/family.html",
        {"homes": pages.homes(actor, households), "newcomers": to_enrol_for(actor)},
    )


@citizen
@never_cache
def child(request: HttpRequest, child_id: int) -> HttpResponse:
    """A child's agenda, from a day the way to change it, and for a child of two homes the calendar of custody; a month a
    page (`?mois=2026-11`), or a week (`?semaine=2026-11-23`)."""
    actor = cast(ActorRequest, request).actor
    with or_404():
        person = queries.child_for(actor, child_id)
    homes = [h.pk for h in queries.households_for(actor)]
    today = clock.today()
    week = agenda.week_asked(request.GET.get("semaine", ""))
    first = week or agenda.month_asked(request.GET.get("mois", ""), today)
    span = agenda.week_of if week else agenda.month_of
    card = pages.child_view(queries.child_card(person), homes, linked=False)
    may_book = any(own.pk == child_id for own in queries.children_for(actor, to_book=True))
    context = {
        "card": card,
        "may_book": may_book,
        "month": span(actor, person, first, today, may_book=may_book),
        "custody": custody_month(person.pk, homes, *month_bounds(first), today),
        "custody_label": format_month(first),
    }
    return render(request, "family/child.html", context)


@citizen
@never_cache
def change_address(request: HttpRequest, household_id: int) -> HttpResponse:
    """Asks to change the household's address."""
    actor = cast(ActorRequest, request).actor
    with or_404():
        household = queries.own_household_for(actor, household_id)
    initial = {name: getattr(household, name) for name in ("street", "street_extra", "postcode", "city")}
    form = HouseholdAddressForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            with or_404():
                done = services.ask_record_change(actor, household_id=household.pk, values=form.cleaned_data)
        except FamilyRefusal as refusal:
            form.add_error(None, told(refusal))
        else:
            return _thanked(request, pages.is_waiting(done))
    return render(request, "family/change.html", {"form": form, "title": _("Changer l’adresse du foyer")})


@citizen
@never_cache
def change_contact(request: HttpRequest, person_id: int) -> HttpResponse:
    """Asks to change how an adult is reached: oneself, or, for an agent acting, any adult of the household."""
    actor = cast(ActorRequest, request).actor
    with or_404():
        person, household = pages.own_adult(actor, person_id)
    initial = {"phone": person.phone, "email": person.email}
    form = ContactForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            with or_404():
                done = services.ask_record_change(
                    actor, household_id=household.pk, person_id=person.pk, values=form.cleaned_data
                )
        except FamilyRefusal as refusal:
            form.add_error(None, told(refusal))
        else:
            return _thanked(request, pages.is_waiting(done))
    title = _("Changer les coordonnées %(of_name)s") % {"of_name": de_nom(person.first_name)}
    return render(request, "family/change.html", {"form": form, "title": title})


def _thanked(request: HttpRequest, waiting: bool) -> HttpResponse:
    if waiting:
        messages.success(request, _("C’est noté. Le guichet unique vérifie avant de changer votre dossier."))
    else:
        messages.success(request, _("C’est changé dans votre dossier."))
    return see_other("family")
