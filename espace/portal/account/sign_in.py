"""Signing in and out, and finding one's identifiers again. allauth checks, counts and asks for the second factor."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, cast

from allauth.account.views import LoginView
from allauth.mfa.base.views import AuthenticateView
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from espace.accounts import errors, services
from espace.accounts.access import ActorRequest, public
from espace.accounts.passwords import CnilPasswordValidator
from espace.kernel.http import see_other, told
from espace.portal.account import forms
from espace.portal.account.sign_up import origin_of


class SignInView(LoginView):  # type: ignore[misc]
    """By user name, or by an address that one account holds; one sentence when it fails."""

    form_class = forms.SignInForm
    template_name = "account/sign_in.html"

    def get_form_class(self) -> type[forms.SignInForm]:
        return forms.SignInForm


class SecondFactorView(AuthenticateView):  # type: ignore[misc]
    """The code of the telephone, or one of the codes kept on paper, right after the password."""

    template_name = "account/second_factor/ask.html"

    def _build_forms(self) -> Any:
        """Without a code, allauth would look for a security key, which we do not offer: the code is missing."""
        if self.request.method == "POST" and "code" not in self.request.POST:
            self.request.POST = self.request.POST.copy()
            self.request.POST["code"] = ""
        return super()._build_forms()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["form"].fields["code"].widget.attrs.pop("placeholder", None)
        return {**context, "signing_in": True}


sign_in = public(SignInView.as_view())
second_factor_stage = public(SecondFactorView.as_view())


def too_many(request: HttpRequest) -> HttpResponse:
    """What is read when one place sends too many forms (429): nothing was done."""
    return render(request, "account/too_many.html", status=HTTPStatus.TOO_MANY_REQUESTS)


@public
@never_cache
def sign_out(request: HttpRequest) -> HttpResponse:
    """Closes the session, by POST only: a link followed by a machine signs nobody out."""
    if request.method == "POST":
        logout(request)
        messages.success(request, _("Vous êtes déconnecté."))
    return see_other("home")


@public
@never_cache
def password_forgotten(request: HttpRequest) -> HttpResponse:
    form = forms.ForgottenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actor = cast(ActorRequest, request).actor
        try:
            services.send_identifiers(actor, typed=form.cleaned_data["typed"], origin=origin_of(request))
            return see_other("password_sent")
        except errors.AccountRefusal as refusal:
            form.add_error("typed", told(refusal))
    return render(request, "account/forgotten.html", {"form": form})


@public
def password_sent(request: HttpRequest) -> HttpResponse:
    return render(request, "account/forgotten_sent.html")


@public
@never_cache
@sensitive_post_parameters("password")
def password_reset(request: HttpRequest, link: str) -> HttpResponse:
    """The page of a link received by e-mail. Opening it changes nothing: mail scanners open links."""
    if not services.reset_link_is_live(link):
        return render(request, "account/forgotten_dead.html", status=HTTPStatus.GONE)
    form = forms.NewPasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actor = cast(ActorRequest, request).actor
        try:
            services.reset_password(actor, link=link, password=form.cleaned_data["password"])
        except errors.WeakPassword as refusal:
            for reason in refusal.reasons:
                form.add_error("password", reason)
        except errors.LinkDead:
            return render(request, "account/forgotten_dead.html", status=HTTPStatus.GONE)
        else:
            messages.success(request, _("Votre mot de passe est changé. Connectez-vous."))
            return see_other("sign_in")
    rule = CnilPasswordValidator().get_help_text()
    return render(request, "account/forgotten_new.html", {"form": form, "password_rule": rule})
