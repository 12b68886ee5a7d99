"""Proving an absence: a file or a signature; and the file given back to those who deposited it."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from espace.accounts.access import ActorRequest, citizen
from espace.attendance import services
from espace.documents.queries import document_for
from espace.documents.services import read
from espace.kernel.actor import Channel
from espace.kernel.errors import Refusal
from espace.kernel.http import or_404, private_file, see_other, told
from espace.portal.absences.forms import ProofForm, SignForm
from espace.portal.absences.views import show


@citizen
@require_POST
@never_cache
def send(request: HttpRequest, declaration_id: int) -> HttpResponse:
    """Takes a certificate, late or not: the page said what it still changes."""
    actor = cast(ActorRequest, request).actor
    form = ProofForm(request.POST, request.FILES, at_counter=actor.channel is Channel.COUNTER)
    if form.is_valid():
        try:
            with or_404():
                services.send_certificate(
                    actor, declaration_id=declaration_id, upload=form.upload(), stamped_on=form.stamped_on
                )
        except Refusal as refusal:
            form.add_error("fichier", told(refusal))
        else:
            messages.success(
                request, _("Votre justificatif est reçu. Un agent habilité le vérifie et vous répond.")
            )
            return see_other("absence", declaration_id=declaration_id)
    return show(request, declaration_id, proof_form=form)


@citizen
@require_POST
@never_cache
def sign(request: HttpRequest, declaration_id: int) -> HttpResponse:
    """Takes a signature on one's honour."""
    actor = cast(ActorRequest, request).actor
    form = SignForm(request.POST, at_counter=actor.channel is Channel.COUNTER)
    if form.is_valid():
        try:
            with or_404():
                services.sign(
                    actor, declaration_id=declaration_id, agreed=form.cleaned_data["accord"],
                    stamped_on=form.stamped_on,
                )  # fmt: skip
        except Refusal as refusal:
            form.add_error("accord", told(refusal))
        else:
            messages.success(request, _("Votre déclaration est signée."))
            return see_other("absence", declaration_id=declaration_id)
    return show(request, declaration_id, sign_form=form)


@citizen
@never_cache
@require_safe
def document(request: HttpRequest, document_id: int) -> HttpResponse:
    """A file back to the household that deposited it."""
    actor = cast(ActorRequest, request).actor
    with or_404():
        given = read(document_for(actor, document_id))
    return private_file(given.name, given.media_type, given.content)
