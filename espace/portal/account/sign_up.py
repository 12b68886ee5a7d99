"""« Créer mon espace », step by step. The draft is in the database, its token in the session."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from allauth.account.internal.flows.login import record_authentication
from allauth.core.internal.httpkit import get_client_ip
from django.contrib import messages
from django.contrib.auth import login
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from espace.accounts import errors, queries, rules, services
from espace.accounts.access import ActorRequest, public
from espace.accounts.enums import SignUpStep
from espace.accounts.passwords import CnilPasswordValidator
from espace.kernel import clock
from espace.kernel.http import see_other, told
from espace.portal.account import forms

TOKEN = "sign_up"  # noqa: S105 - a key of the session
ADDRESSES = {
    SignUpStep.EMAIL: "sign_up",
    SignUpStep.CODE: "sign_up_code",
    SignUpStep.IDENTITY: "sign_up_identity",
    SignUpStep.ADDRESS: "sign_up_address",
    SignUpStep.CONTACT: "sign_up_contact",
    SignUpStep.CREDENTIALS: "sign_up_credentials",
}
StepView = Callable[[ActorRequest, queries.Draft], HttpResponse]


def of_visitors(view: Callable[[ActorRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """For people without an account yet: someone signed in is shown theirs."""

    @public
    @never_cache
    @sensitive_post_parameters("password")
    def guarded(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            return see_other("account")
        return view(cast(ActorRequest, request))

    return guarded


def at_step(step: SignUpStep) -> Callable[[StepView], Callable[[HttpRequest], HttpResponse]]:
    """Gives the view its draft, or leads back to the first step not done yet."""

    def decorate(view: StepView) -> Callable[[HttpRequest], HttpResponse]:
        @of_visitors
        def guarded(request: ActorRequest) -> HttpResponse:
            draft = queries.draft_with(token_of(request))
            if draft is None or (draft.done and step is not SignUpStep.CREDENTIALS):
                if request.method == "POST":
                    messages.warning(request, told(errors.DraftMissing()))
                return see_other("sign_up")
            if not rules.may_visit(step, draft.reached) and not draft.done:
                return see_other(ADDRESSES[draft.reached])
            return view(request, draft)

        return guarded

    return decorate


def token_of(request: HttpRequest) -> str:
    """The draft's token: the session's; failing that, the one in the form of the last step, sent twice."""
    posted = request.POST.get("draft", "") if request.method == "POST" else ""
    return str(request.session.get(TOKEN) or posted)


def origin_of(request: HttpRequest) -> str:
    """What is throttled of an unknown person: where they come from."""
    return f"ip:{get_client_ip(request)}"


def page(request: HttpRequest, template: str, step: SignUpStep, form: Form, **context: Any) -> HttpResponse:
    """A step's page, with where one stands and the way back."""
    names = [_("E-mail"), _("Code"), _("Identité"), _("Adresse"), _("Téléphone"), _("Identifiants")]
    number = rules.STEPS.index(step)
    context |= {"form": form, "steps": names, "current": number + 1, "back": ADDRESSES[before(step)]}
    return render(request, template, context)


def before(step: SignUpStep) -> SignUpStep:
    """Where « Retour » leads. The code, once accepted, is not asked again."""
    if step in (SignUpStep.EMAIL, SignUpStep.CODE, SignUpStep.IDENTITY):
        return SignUpStep.EMAIL
    return rules.STEPS[rules.STEPS.index(step) - 1]


def goes_back(request: ActorRequest, draft: queries.Draft, step: SignUpStep, form: type[Form]) -> bool:
    """Whether « Retour » was pressed; what was typed is then kept as it is, but a password."""
    if request.method != "POST" or "retour" not in request.POST:
        return False
    names = [name for name in form.base_fields if name not in ("password", "draft")]
    typed = {name: request.POST[name] for name in names if name in request.POST}
    services.keep_typed(request.actor, token=draft.token, step=step, typed=typed)
    return True


@of_visitors
def email_step(request: ActorRequest) -> HttpResponse:
    draft = queries.draft_with(token_of(request))
    known = draft.email if draft and not draft.done else ""
    form = forms.EmailForm(request.POST or None, initial={"email": known})
    suggestion = ""
    if request.method == "POST" and form.is_valid():
        email = rules.tidy_email(form.cleaned_data["email"])
        suggestion = "" if request.POST.get("kept") else rules.suggested_email(email)
        if not suggestion:
            try:
                draft = services.start_sign_up(
                    request.actor, token=token_of(request), email=email, origin=origin_of(request)
                )
                request.session[TOKEN] = draft.token
                return see_other(ADDRESSES[SignUpStep.IDENTITY if draft.verified else SignUpStep.CODE])
            except errors.AccountRefusal as refusal:
                form.add_error("email", told(refusal))
    return page(request, "account/sign_up_email.html", SignUpStep.EMAIL, form, suggestion=suggestion)


@at_step(SignUpStep.CODE)
def code_step(request: ActorRequest, draft: queries.Draft) -> HttpResponse:
    if draft.verified:
        return see_other(ADDRESSES[SignUpStep.IDENTITY])
    form = forms.CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.verify_code(request.actor, token=draft.token, typed=form.cleaned_data["code"])
            return see_other("sign_up_identity")
        except errors.AccountRefusal as refusal:
            form.add_error("code", told(refusal))
    wait = rules.seconds_before_resend(draft.code_sent_at, clock.now())
    return page(request, "account/sign_up_code.html", SignUpStep.CODE, form, email=draft.email, wait=wait)


@at_step(SignUpStep.CODE)
def resend(request: ActorRequest, draft: queries.Draft) -> HttpResponse:
    if request.method == "POST" and not draft.verified:
        try:
            services.resend_code(request.actor, token=draft.token, origin=origin_of(request))
            messages.success(request, _("Un nouveau code vient de partir. Le précédent ne sert plus."))
        except errors.AccountRefusal as refusal:
            messages.warning(request, told(refusal))
    return see_other("sign_up_code")


@at_step(SignUpStep.IDENTITY)
def identity_step(request: ActorRequest, draft: queries.Draft) -> HttpResponse:
    return _answered(request, draft, SignUpStep.IDENTITY, forms.IdentityForm, "account/sign_up_identity.html")


@at_step(SignUpStep.ADDRESS)
def address_step(request: ActorRequest, draft: queries.Draft) -> HttpResponse:
    return _answered(request, draft, SignUpStep.ADDRESS, forms.AddressForm, "account/sign_up_address.html")


@at_step(SignUpStep.CONTACT)
def contact_step(request: ActorRequest, draft: queries.Draft) -> HttpResponse:
    return _answered(request, draft, SignUpStep.CONTACT, forms.PhoneForm, "account/sign_up_contact.html")


def _answered(
    request: ActorRequest, draft: queries.Draft, step: SignUpStep, form_class: type[Form], template: str
) -> HttpResponse:
    """A step that only keeps what it is told."""
    if goes_back(request, draft, step, form_class):
        return see_other(ADDRESSES[before(step)])
    form = form_class(request.POST or None, initial=draft.typed(step))
    posted = request.method == "POST"
    if posted and not form.is_bound:
        form = form_class({})
    if posted and form.is_valid():
        answer = {name: _plain(value) for name, value in form.cleaned_data.items()}
        try:
            services.save_answer(request.actor, token=draft.token, step=step, answer=answer)
            return see_other(ADDRESSES[rules.STEPS[rules.STEPS.index(step) + 1]])
        except errors.AccountRefusal as refusal:
            messages.warning(request, told(refusal))
            return see_other("sign_up")
    return page(request, template, step, form)


def _plain(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


@at_step(SignUpStep.CREDENTIALS)
def credentials_step(request: ActorRequest, draft: queries.Draft) -> HttpResponse:
    if draft.done and request.method != "POST":
        return see_other("sign_in")
    if goes_back(request, draft, SignUpStep.CREDENTIALS, forms.CredentialsForm):
        return see_other(ADDRESSES[before(SignUpStep.CREDENTIALS)])
    names = draft.answer(SignUpStep.IDENTITY)
    proposed = draft.typed(SignUpStep.CREDENTIALS).get("username") or (
        queries.free_username(names["first_name"], names["last_name"]) if names else ""
    )
    form = forms.CredentialsForm(request.POST or None, initial={"username": proposed, "draft": draft.token})
    if request.method == "POST" and form.is_valid():
        chosen = services.Credentials(form.cleaned_data["username"], form.cleaned_data["password"])
        try:
            user = services.finish_sign_up(request.actor, token=draft.token, credentials=chosen)
        except errors.UsernameTaken as refusal:
            free = _("Celui-ci est libre : %(name)s") % {"name": queries.free_username_like(chosen.username)}
            form.add_error("username", f"{told(refusal)} {free}")
        except errors.UsernameInvalid as refusal:
            form.add_error("username", told(refusal))
        except errors.WeakPassword as refusal:
            for reason in refusal.reasons:
                form.add_error("password", reason)
        except errors.AccountRefusal as refusal:
            messages.warning(request, told(refusal))
            return see_other("sign_in" if draft.done else "sign_up")
        else:
            request.session.pop(TOKEN, None)
            record_authentication(request, user, method="password")
            login(request, user)
            messages.success(
                request, _("Bienvenue, %(name)s ! Votre espace est créé.") % {"name": user.first_name}
            )
            return see_other("family_key")
    rule = CnilPasswordValidator().get_help_text()
    return page(request, "account/sign_up_credentials.html", SignUpStep.CREDENTIALS, form, password_rule=rule)
