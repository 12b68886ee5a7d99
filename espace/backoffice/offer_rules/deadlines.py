"""A rule of deadlines: changed by its form, shown on the next ten days, then kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from espace.accounts.access import agent
from espace.activities import services
from espace.activities.enums import Action
from espace.activities.queries import ActivityEntry, PeriodEntry, catalogue
from espace.backoffice.desk import desk
from espace.backoffice.offer_rules import pages
from espace.backoffice.offer_rules.forms import DeadlinesForm, DropForm, typed_from
from espace.bookings import queries
from espace.kernel.actor import Permission
from espace.kernel.errors import Refusal
from espace.kernel.http import or_404, see_other, told


@dataclass(frozen=True, slots=True)
class _Rule:
    """The rule an address names: of an activity, or of one of its periods."""

    activity: ActivityEntry
    period: PeriodEntry | None
    action: Action

    @property
    def period_id(self) -> int | None:
        return self.period.id if self.period else None

    @property
    def names(self) -> dict[str, Any]:
        """As services and reads name it."""
        return {"activity_id": self.activity.id, "period_id": self.period_id, "action": self.action}

    def page(
        self,
        request: HttpRequest,
        form: DeadlinesForm,
        preview: queries.DeadlinesPreview | None = None,
    ) -> HttpResponse:
        context = {
            "activity": self.activity,
            "title": pages.TITLES[self.action],
            "whose": self.period.label if self.period else pages.ALL_PERIODS,
            "form": form,
            "preview": preview,
            "rows": pages.preview_rows(preview, self.action) if preview else [],
            "sentences": pages.sentences_of(form.deadlines(), self.action) if preview else [],
            "keep_url": pages.rule_url("agent_deadlines_keep", **self.names),
            "edit_url": pages.rule_url("agent_deadlines", **self.names),
            "drop_url": pages.drop_url(**self.names),
        }
        return render(request, "backoffice/rule_deadlines.html", context)


def _rule(activity_id: int, what: str, when: str) -> _Rule:
    with or_404():
        activity = pages.activity_of(activity_id)
        return _Rule(activity, pages.period_of(activity.id, when), pages.action_of(what))


@agent(Permission.ACTIVITIES)
@never_cache
def deadlines(request: HttpRequest, activity_id: int, what: str, when: str) -> HttpResponse:
    """The form of a rule; by POST, what it would do. Writes nothing."""
    rule = _rule(activity_id, what, when)
    if request.method != "POST":
        standing = catalogue().deadlines(rule.activity.id, rule.period_id or 0, rule.action)
        return rule.page(request, DeadlinesForm(rule.action, initial=typed_from(standing)))
    form = DeadlinesForm(rule.action, request.POST)
    if "modifier" in request.POST or not form.is_valid():
        return rule.page(request, form)
    wanted = form.deadlines()
    actor = desk(request)
    try:
        services.check_rule(actor, wanted, rule.action, form.cleaned_data["reason"])
    except Refusal as refusal:
        form.add_error(None, told(refusal))
        return rule.page(request, form)
    preview = queries.deadlines_preview_for(actor, wanted=wanted, **rule.names)
    return rule.page(request, form, preview)


@agent(Permission.ACTIVITIES)
@require_POST
def keep(request: HttpRequest, activity_id: int, what: str, when: str) -> HttpResponse:
    """Makes it the rule."""
    rule = _rule(activity_id, what, when)
    form = DeadlinesForm(rule.action, request.POST)
    if not form.is_valid():
        return rule.page(request, form)
    try:
        with or_404():
            services.set_deadlines(
                desk(request), deadlines=form.deadlines(), reason=form.cleaned_data["reason"], **rule.names
            )
    except Refusal as refusal:
        form.add_error(None, told(refusal))
        return rule.page(request, form)
    messages.success(
        request, "La règle est enregistrée : les familles la lisent. Ce qui est réservé garde la sienne."
    )
    return see_other("agent_rules_activity", activity_id=rule.activity.id)


@agent(Permission.ACTIVITIES)
@require_POST
def drop(request: HttpRequest, activity_id: int, what: str, when: str) -> HttpResponse:
    """The period has no rule of its own any more."""
    rule = _rule(activity_id, what, when)
    form = DropForm(request.POST)
    if not form.is_valid() or rule.period_id is None:
        messages.error(request, "Indiquez le motif : il est gardé au journal.")
        return see_other("agent_rules_activity", activity_id=rule.activity.id)
    try:
        services.drop_deadlines(
            desk(request), activity_id=rule.activity.id, period_id=rule.period_id, action=rule.action,
            reason=form.cleaned_data["reason"],
        )  # fmt: skip
    except Refusal as refusal:
        messages.error(request, told(refusal))
    else:
        messages.success(request, "La période suit de nouveau la règle de l’activité.")
    return see_other("agent_rules_activity", activity_id=rule.activity.id)
