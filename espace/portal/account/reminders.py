"""Whether one is reminded by e-mail of the limits that fall soon: a box of « Mon compte »."""

from __future__ import annotations

from typing import cast

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __
from django.views.decorators.http import require_POST

from espace.accounts import services
from espace.accounts.access import ActorRequest, citizen
from espace.kernel.http import see_other


class RemindersForm(forms.Form):
    """A box that is ticked or not: nothing else of what is sent counts."""

    rappels = forms.BooleanField(
        required=False,
        label=__("Me rappeler les dates limites par e-mail"),
        help_text=__("Trois jours avant, un seul message pour toute la famille, jamais la nuit."),
    )


@citizen
@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    actor = cast(ActorRequest, request).actor
    form = RemindersForm(request.POST)
    wanted = form.is_valid() and bool(form.cleaned_data["rappels"])
    services.choose_reminders(actor, wanted=wanted)
    if wanted:
        messages.success(request, _("C’est noté : vous recevrez les rappels."))
    else:
        messages.success(request, _("C’est noté : vous ne recevrez plus de rappel."))
    return see_other("account")
