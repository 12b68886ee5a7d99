"""Keys: made, printed once, revoked."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from espace.accounts.access import agent
from espace.backoffice.desk import desk
from espace.backoffice.keys.forms import RevokeForm
from espace.families import queries, services
from espace.families.errors import FamilyRefusal
from espace.kernel.actor import Permission
from espace.kernel.http import or_404, see_other, told
from espace.kernel.text import de_nom


@agent(Permission.KEYS)
@never_cache
def keys(request: HttpRequest) -> HttpResponse:
    """The two queues: requests to answer, letters to print."""
    actor = desk(request)
    context = {"asked": queries.open_requests_for(actor), "letters": queries.letters_to_print_for(actor)}
    return render(request, "backoffice/keys.html", context)


@agent(Permission.KEYS)
@require_POST
def new_key(request: HttpRequest, household_id: int, adult_id: int) -> HttpResponse:
    """Makes a key; its letter is printed next."""
    actor = desk(request)
    with or_404():
        household = queries.household_for(actor, household_id)
        adult = queries.person_for(actor, adult_id)
    try:
        services.issue_key(actor, household=household, adult=adult)
    except FamilyRefusal as refusal:
        messages.error(request, told(refusal))
    else:
        messages.success(request, f"La clé {de_nom(str(adult))} est faite. Imprimez son courrier.")
    return see_other("agent_family", household_id=household_id)


@agent(Permission.KEYS)
@require_POST
def letter(request: HttpRequest, key_id: int) -> HttpResponse:
    """The letter, once: the key is erased as it is made, so that it is sent by POST and kept nowhere."""
    actor = desk(request)
    with or_404():
        key = queries.key_for(actor, key_id)
        try:
            pdf = services.make_key_letter(actor, key_id=key_id)
        except FamilyRefusal as refusal:
            messages.error(request, told(refusal))
            return see_other("agent_family", household_id=key.household_id)
    answer = HttpResponse(pdf, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="cle-enfance-{key.household.number}.pdf"'
    answer["Cache-Control"] = "private, no-store"
    return answer


@agent(Permission.KEYS)
@never_cache
def revoke(request: HttpRequest, key_id: int) -> HttpResponse:
    """Cancels a key, after saying what it means."""
    actor = desk(request)
    with or_404():
        key = queries.key_for(actor, key_id)
    form = RevokeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            services.revoke_key(actor, key_id=key_id, reason=form.cleaned_data["reason"])
        except FamilyRefusal as refusal:
            messages.error(request, told(refusal))
        else:
            messages.success(request, f"La clé {de_nom(str(key.adult))} est annulée.")
        return see_other("agent_family", household_id=key.household_id)
    return render(request, "backoffice/key_revoke.html", {"form": form, "key": key})
