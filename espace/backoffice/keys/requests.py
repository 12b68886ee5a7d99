"""« Je n’ai pas de clé »: the guichet looks for the family, and answers."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from espace.accounts.access import agent
from espace.backoffice.desk import desk
from espace.backoffice.keys.forms import LETTER, NEW_FAMILY, AnswerForm
from espace.backoffice.searching import keep_words, words_of
from espace.families import queries, services
from espace.families.enums import KeyRequestState
from espace.families.errors import FamilyRefusal
from espace.kernel.actor import Permission
from espace.kernel.http import or_404, see_other, told

LONGEST_QUERY = 100


@agent(Permission.KEYS)
@never_cache
def key_request(request: HttpRequest, request_id: int) -> HttpResponse:
    """What the person said, the families that look like it (or those one looked for), and the answer."""
    actor = desk(request)
    with or_404():
        asked = queries.key_request_for(actor, request_id)
    if "q" in request.POST:
        keep_words(request, LONGEST_QUERY)
        return see_other("agent_key_request", request_id=request_id)
    typed = words_of(request)
    found = (
        queries.search_for(actor, typed).found
        if typed
        else queries.families_of_child_for(
            actor,
            first_name=asked.child_first_name,
            last_name=asked.child_last_name,
            birth_date=asked.child_birth_date,
        )
    )
    form = AnswerForm(request.POST if request.method == "POST" else None, found=found)
    if request.method == "POST" and form.is_valid():
        home = form.homes.get(form.cleaned_data["adult"]) if form.cleaned_data["outcome"] == LETTER else None
        try:
            key = services.answer_key_request(
                actor,
                request_id=request_id,
                outcome=_outcome(form.cleaned_data["outcome"]),
                household=home[0] if home else None,
                adult=home[1] if home else None,
                answer=form.cleaned_data["answer"],
            )
        except FamilyRefusal as refusal:
            form.add_error(None, told(refusal))
        else:
            messages.success(
                request, "La clé est faite : imprimez son courrier." if key else "La réponse est envoyée."
            )
            return see_other("agent_keys")
    context = {"asked": asked, "found": found, "form": form, "typed": typed, "open": asked.state == "OPEN"}
    return render(request, "backoffice/key_request.html", context)


def _outcome(value: str) -> KeyRequestState:
    if value == LETTER:
        return KeyRequestState.LETTER_SENT
    return KeyRequestState.NEW_FAMILY if value == NEW_FAMILY else KeyRequestState.REFUSED
