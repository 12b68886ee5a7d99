"""« Malade aujourd’hui »: who is away, what it changes, then one press. And an absence already announced."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from espace.accounts.access import ActorRequest, citizen, keeps_choices
from espace.accounts.returning import take_kept
from espace.attendance import queries, services
from espace.attendance.enums import AbsenceReason
from espace.attendance.errors import AbsenceChanged, AlreadyDeclared
from espace.attendance.queries import AbsencePlan
from espace.families.queries import children_for
from espace.kernel import clock
from espace.kernel.actor import Actor, Channel
from espace.kernel.errors import Refusal
from espace.kernel.http import or_404, see_other, told
from espace.portal.absences import pages
from espace.portal.absences.forms import AbsenceForm, ConfirmForm, ProofForm, ReturnForm, SignForm

NOTHING_ASKED = QueryDict()


@citizen
@never_cache
@require_safe
def absences(request: HttpRequest) -> HttpResponse:
    """« Justifier une absence »: those announced, latest first, with what each still waits for."""
    actor = cast(ActorRequest, request).actor
    found = [pages.page_of(view) for view in queries.absences_for(actor)]
    return render(request, "absences/list.html", {"absences": found})


@citizen
@keeps_choices
@never_cache
def declare(request: HttpRequest) -> HttpResponse:
    """Who, from when, until when (`?enfant=12&jour=2026-11-24`); by POST, what it would do. Writes nothing."""
    actor = cast(ActorRequest, request).actor
    sent = request.POST if request.method == "POST" else take_kept(request)
    form = _form(actor, AbsenceForm, sent, request.GET)
    if request.method == "POST" and form.is_valid() and "modifier" not in request.POST:
        try:
            return _recap(request, form, _plan(actor, form))
        except Refusal as refusal:
            return _refused(request, actor, form, refusal)
    return _ask(request, actor, form)


@citizen
@keeps_choices
@never_cache
def confirm(request: HttpRequest) -> HttpResponse:
    """Does what the recap said, once; or shows it again with what changed."""
    if request.method != "POST":
        return redirect("absence_new")
    actor = cast(ActorRequest, request).actor
    form = _form(actor, ConfirmForm, request.POST)
    if not form.is_valid():
        return _ask(request, actor, form)
    typed = form.cleaned_data
    try:
        with or_404():
            made = services.declare_absence(
                actor, **form.asked(), reason=AbsenceReason(typed["raison"]), expected=typed["empreinte"],
                signed=typed["signe"], stamped_on=form.stamped_on,
            )  # fmt: skip
    except AbsenceChanged as refusal:
        return _recap(request, form, cast(AbsencePlan, refusal.plan), told(refusal))
    except Refusal as refusal:
        return _refused(request, actor, form, refusal)
    messages.success(
        request, _("C’est noté. L’accueil et la cuisine sont prévenus, et vous recevez un e-mail.")
    )
    return see_other("absence", declaration_id=made[0].pk) if len(made) == 1 else see_other("absences")


@citizen
@never_cache
def absence(request: HttpRequest, declaration_id: int) -> HttpResponse:
    """One absence: its days, what they cost and why, its proof, and what can still be changed."""
    return show(request, declaration_id)


@citizen
@require_POST
@never_cache
def change_return(request: HttpRequest, declaration_id: int) -> HttpResponse:
    """A new day of return: what it changes, then the act."""
    actor = cast(ActorRequest, request).actor
    form = ReturnForm(request.POST)
    if not form.is_valid():
        return show(request, declaration_id, return_form=form)
    end, agreed = form.cleaned_data["retour"], form.cleaned_data["empreinte"]
    try:
        with or_404():
            if not agreed:
                plan = services.lay_out_change(actor, declaration_id=declaration_id, end=end)
                return _change(request, declaration_id, plan)
            done = services.change_return(actor, declaration_id=declaration_id, end=end, expected=agreed)
    except AbsenceChanged as refusal:
        return _change(request, declaration_id, cast(services.ChangePlan, refusal.plan), told(refusal))
    except Refusal as refusal:
        form.add_error("retour", told(refusal))
        return show(request, declaration_id, return_form=form)
    _tell(request, _("Le jour du retour est changé, l’accueil et la cuisine sont prévenus."), done)
    return see_other("absence", declaration_id=declaration_id)


@citizen
@require_POST
@never_cache
def withdraw(request: HttpRequest, declaration_id: int) -> HttpResponse:
    """The child comes after all."""
    actor = cast(ActorRequest, request).actor
    try:
        with or_404():
            done = services.withdraw(actor, declaration_id=declaration_id)
    except Refusal as refusal:
        messages.error(request, told(refusal))
        return see_other("absence", declaration_id=declaration_id)
    _tell(request, _("L’absence est retirée, l’accueil et la cuisine sont prévenus."), done)
    return see_other("absences")


def show(
    request: HttpRequest,
    declaration_id: int,
    *,
    return_form: ReturnForm | None = None,
    proof_form: ProofForm | None = None,
    sign_form: SignForm | None = None,
) -> HttpResponse:
    """The page of one absence, with the form that was just refused, if any."""
    actor = cast(ActorRequest, request).actor
    with or_404():
        view = queries.absence_for(actor, declaration_id)
    at_counter = actor.channel is Channel.COUNTER
    context = {
        "page": pages.page_of(view),
        "return_form": return_form or ReturnForm(initial={"retour": view.end}),
        "proof_form": proof_form or ProofForm(at_counter=at_counter),
        "sign_form": sign_form or SignForm(at_counter=at_counter),
        "wrong": next((f for f in (return_form, proof_form, sign_form) if f is not None), None),
    }
    return render(request, "absences/absence.html", context)


def _plan(actor: Actor, form: AbsenceForm) -> AbsencePlan:
    with or_404():
        plan = services.preview_absence(actor, **form.asked(), stamped_on=form.stamped_on)
    return plan


def _form(actor: Actor, kind: type[Any], sent: QueryDict | None, asked: QueryDict = NOTHING_ASKED) -> Any:
    """The form over the actor's children; before anything is sent, with what the address names and today."""
    children = [(c.pk, c.first_name) for c in children_for(actor, to_book=True)]
    day = pages.day_asked(asked.get("jour", ""), clock.today())
    named = [str(pk) for pk, _name in children if str(pk) == asked.get("enfant", "")]
    initial = {
        "enfants": named or ([str(children[0][0])] if len(children) == 1 else []),
        "debut": day,
        "retour": pages.next_weekday(day),
        "raison": AbsenceReason.ILLNESS.value,
    }
    return kind(children, sent, initial=initial, at_counter=actor.channel is Channel.COUNTER)


def _ask(request: HttpRequest, actor: Actor, form: AbsenceForm, other: str = "") -> HttpResponse:
    """The form, under what it would change to be away that very day."""
    context = {"form": form, "today": pages.today_of(actor), "other": other}
    return render(request, "absences/declare.html", context)


def _refused(request: HttpRequest, actor: Actor, form: AbsenceForm, refusal: Refusal) -> HttpResponse:
    form.add_error(None, told(refusal))
    other = reverse("absence", args=[refusal.declaration_id]) if isinstance(refusal, AlreadyDeclared) else ""
    return _ask(request, actor, form, other)


def _recap(request: HttpRequest, form: AbsenceForm, plan: AbsencePlan, error: str = "") -> HttpResponse:
    context = {"form": form, "recap": pages.recap(plan), "sent": pages.sent_again(form), "error": error}
    return render(request, "absences/recap.html", context)


def _change(
    request: HttpRequest, declaration_id: int, plan: services.ChangePlan, error: str = ""
) -> HttpResponse:
    actor = cast(ActorRequest, request).actor
    with or_404():
        view = queries.absence_for(actor, declaration_id)
    added = pages.recap(plan.added) if plan.added else None
    context = {"page": pages.page_of(view), "plan": plan, "added": added, "error": error}
    return render(request, "absences/change.html", context)


def _tell(request: HttpRequest, words: str, done: services.Changed) -> None:
    messages.success(request, words)
    for day, formula in done.left:
        sentence = _("%(formula)s, %(day)s : ce jour n’a pas pu être repris.")
        messages.warning(request, sentence % {"formula": formula, "day": pages.day_words(day)})
