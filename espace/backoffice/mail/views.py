"""« Courriels non remis »: why, and sending again."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from espace.accounts.access import agent
from espace.backoffice.desk import desk
from espace.backoffice.mail import pages
from espace.kernel.actor import Permission
from espace.kernel.errors import Refusal
from espace.kernel.http import or_404, see_other, told
from espace.notifications import queries, services


@agent(Permission.FAMILIES_WRITE)
@never_cache
@require_safe
def failed(request: HttpRequest) -> HttpResponse:
    """What did not arrive, latest first."""
    found = pages.undelivered(queries.failed_for(desk(request)))
    return render(request, "backoffice/mail.html", {"undelivered": found})


@agent(Permission.FAMILIES_WRITE)
@require_POST
def resend(request: HttpRequest, message_id: int) -> HttpResponse:
    """Sends it again, to the address its person has now."""
    actor = desk(request)
    try:
        with or_404():
            (one,) = pages.undelivered([queries.failed_message_for(actor, message_id)])
        services.resend(actor, message_id=message_id, recipient=one.address)
    except Refusal as refusal:
        messages.error(request, told(refusal))
    else:
        messages.success(request, f"Le courriel repart vers {one.address}.")
    return see_other("agent_mail")
