"""Where an agent's day begins: what waits, and a search that finds a family."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from espace.accounts.access import agent
from espace.backoffice.desk import desk
from espace.backoffice.home.pages import queues
from espace.backoffice.searching import keep_words, words_of
from espace.families import queries
from espace.kernel import clock
from espace.kernel.actor import Permission
from espace.kernel.http import see_other

LONGEST_QUERY = 100


@agent()
@never_cache
def home(request: HttpRequest) -> HttpResponse:
    """The queues with their counts, and what each agent may start."""
    actor = desk(request)
    context = {
        "queues": queues(actor),
        "today": clock.today(),
        "first_name": actor.label.partition(" ")[0],
        "may_read": actor.may(Permission.FAMILIES_READ),
        "may_create": actor.may(Permission.FAMILIES_WRITE),
    }
    return render(request, "backoffice/home.html", context)


@agent(Permission.FAMILIES_READ)
@never_cache
def search(request: HttpRequest) -> HttpResponse:
    """Families that match; a household's exact number opens its file at once."""
    actor = desk(request)
    if request.method == "POST":
        typed = keep_words(request, LONGEST_QUERY)
        found = queries.search_for(actor, typed).found
        if len(found) == 1 and found[0].household.number.casefold() == typed.casefold():
            return see_other("agent_family", household_id=found[0].household.pk)
        return see_other("agent_search")
    typed = words_of(request)
    result = queries.search_for(actor, typed)
    context = {"q": typed, "result": result, "may_create": actor.may(Permission.FAMILIES_WRITE)}
    return render(request, "backoffice/search.html", context)
