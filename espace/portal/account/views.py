"""« Mon compte »: identifiers and contact details. Each change is a page of its own, with the current password."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from django import forms as django_forms
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from espace.accounts import errors, queries, services
from espace.accounts.access import ActorRequest, citizen
from espace.accounts.passwords import CnilPasswordValidator
from espace.kernel.http import see_other, told
from espace.notifications.queries import messages_for
from espace.portal.account import forms
from espace.portal.account.family_record import tell_family_record
from espace.portal.account.reminders import RemindersForm

PENDING = "pending_email"


@citizen
@never_cache
def account(request: HttpRequest) -> HttpResponse:
    actor = cast(ActorRequest, request).actor
    own = queries.account_for(actor)
    form = RemindersForm(initial={"rappels": own.wants_reminders})
    context = {"account": own, "mails": messages_for(actor), "reminders": form}
    return render(request, "account/account.html", context)


@citizen
@never_cache
def contact(request: HttpRequest) -> HttpResponse:
    actor = cast(ActorRequest, request).actor
    own = queries.account_for(actor)
    initial = {name: getattr(own, name) for name in forms.ContactForm.field_order}
    form = forms.ContactForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        changed = services.Contact(**form.cleaned_data)
        services.change_contact(actor, contact=changed)
        if tell_family_record(actor, changed):
            messages.success(
                request, _("C’est noté. Le guichet unique vérifie avant de changer votre dossier.")
            )
        else:
            messages.success(request, _("Vos coordonnées sont changées."))
        return see_other("account")
    return render(request, "account/contact.html", {"form": form})


@citizen
@never_cache
@sensitive_post_parameters("current", "password")
def password(request: HttpRequest) -> HttpResponse:
    actor = cast(ActorRequest, request).actor
    form = forms.PasswordForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            user = services.change_password(actor, current=typed["current"], new=typed["password"])
        except errors.AccountRefusal as refusal:
            _blame(form, refusal)
        else:
            update_session_auth_hash(request, user)
            messages.success(
                request, _("Votre mot de passe est changé. Vos autres appareils sont déconnectés.")
            )
            return see_other("account")
    rule = CnilPasswordValidator().get_help_text()
    return render(request, "account/password.html", {"form": form, "password_rule": rule})


@citizen
@never_cache
@sensitive_post_parameters("current")
def username(request: HttpRequest) -> HttpResponse:
    actor = cast(ActorRequest, request).actor
    own = queries.account_for(actor)
    form = forms.UsernameForm(
        request.POST if request.method == "POST" else None, initial={"username": own.username}
    )
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            services.change_username(actor, current=typed["current"], username=typed["username"])
        except errors.AccountRefusal as refusal:
            _blame(form, refusal)
        else:
            messages.success(request, _("Votre nom d’utilisateur est changé."))
            return see_other("account")
    return render(request, "account/username.html", {"form": form})


@citizen
@never_cache
@sensitive_post_parameters("current")
def email(request: HttpRequest) -> HttpResponse:
    actor = cast(ActorRequest, request).actor
    form = forms.NewEmailForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            pending = services.ask_email_change(actor, current=typed["current"], email=typed["email"])
        except errors.AccountRefusal as refusal:
            _blame(form, refusal)
        else:
            request.session[PENDING] = [pending.email, pending.code_hash, pending.expires_at.isoformat()]
            return see_other("account_new_email_code")
    return render(request, "account/new_email.html", {"form": form})


@citizen
@never_cache
def email_code(request: HttpRequest) -> HttpResponse:
    actor = cast(ActorRequest, request).actor
    kept = request.session.get(PENDING)
    if kept is None:
        return see_other("account_new_email")
    pending = services.PendingEmail(kept[0], kept[1], datetime.fromisoformat(kept[2]))
    form = forms.CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            services.confirm_email_change(actor, pending=pending, typed=form.cleaned_data["code"])
        except errors.AccountRefusal as refusal:
            form.add_error("code", told(refusal))
        else:
            del request.session[PENDING]
            messages.success(request, _("Votre adresse e-mail est changée."))
            return see_other("account")
    return render(request, "account/new_email_code.html", {"form": form, "email": pending.email})


def _blame(form: django_forms.Form, refusal: errors.AccountRefusal) -> None:
    """Puts a refusal beside the field it is about."""
    if isinstance(refusal, errors.WeakPassword):
        for reason in refusal.reasons:
            form.add_error("password", reason)
        return
    about = {
        errors.InvalidEmail: "email",
        errors.UsernameInvalid: "username",
        errors.UsernameTaken: "username",
        errors.TooManyCodes: "email",
    }
    form.add_error(about.get(type(refusal), "current"), told(refusal))
