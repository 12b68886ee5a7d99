"""Setting until when one may book or cancel. What was judged keeps the rule that judged it (I13)."""

from __future__ import annotations

from collections.abc import Sequence

from espace.activities.enums import Action
from espace.activities.errors import BadDeadlines, NoGeneralRule, NotYoursToChange, RuleReasonNeeded
from espace.activities.models import (
    Activity,
    DeadlineExtension,
    DeadlineRule,
    DeadlineTier,
    DeadlineWindow,
    Period,
)
from espace.activities.queries import catalogue
from espace.activities.rules import Deadlines, ExtensionDraft, check_deadlines, check_extension
from espace.activities.services.common import locked_activity
from espace.activities.words import sentence
from espace.audit import services as audit
from espace.kernel import clock
from espace.kernel.actor import Actor, Permission
from espace.kernel.db import forget_kept, write_transaction
from espace.kernel.errors import NotFound


def check_rule(actor: Actor, deadlines: Deadlines, action: Action, reason: str) -> None:
    """Whether these deadlines can be kept: `NotYoursToChange`, `RuleReasonNeeded`, `BadDeadlines`."""
    if not actor.may(Permission.ACTIVITIES):
        raise NotYoursToChange
    if problems := check_deadlines(deadlines, action):
        raise BadDeadlines(problems=" ".join(dict.fromkeys(problems)))
    if not reason.strip():
        raise RuleReasonNeeded


def set_deadlines(
    actor: Actor,
    *,
    activity_id: int,
    period_id: int | None,
    action: Action,
    deadlines: Deadlines,
    reason: str,
) -> bool:
    """Sets the tiers and windows of an activity, or of one of its periods; whether anything changed. 1 event of the
    journal, with the sentences before and after.

    Bookings made keep their lateness. Raises as `check_rule`, and `NotFound`.
    """
    check_rule(actor, deadlines, action, reason)
    with write_transaction():
        locked_activity(activity_id)
        _check_period(activity_id, period_id)
        before = catalogue().own_deadlines(activity_id, period_id, action)
        if before == deadlines and [w.label for w in before.windows] == [w.label for w in deadlines.windows]:
            return False
        own = DeadlineRule.objects.filter(activity_id=activity_id, period=period_id, action=action)
        rule = own.first() or DeadlineRule.objects.create(
            activity_id=activity_id, period_id=period_id, action=action
        )
        rule.tiers.all().delete()
        rule.windows.all().delete()
        DeadlineTier.objects.bulk_create(
            DeadlineTier(
                rule=rule, position=position, timing=tier.timing, anchor=tier.anchor, offset=tier.offset,
                unit=tier.unit, at=tier.at, fixed=tier.fixed,
            )
            for position, tier in enumerate(deadlines.tiers, start=1)
        )  # fmt: skip
        DeadlineWindow.objects.bulk_create(
            DeadlineWindow(rule=rule, timing=window.timing, closes_at=window.closes_at, label=window.label)
            for window in deadlines.windows
        )
        _journal(actor, "activities.set_deadlines", rule, before, deadlines, reason)
        forget_kept()
    return True


def drop_deadlines(actor: Actor, *, activity_id: int, period_id: int, action: Action, reason: str) -> None:
    """Takes off a period's own rule: the activity's holds again. Taken off already, nothing.

    Raises `NotYoursToChange`, `RuleReasonNeeded`, `NotFound`, `NoGeneralRule`.
    """
    if not actor.may(Permission.ACTIVITIES):
        raise NotYoursToChange
    if not reason.strip():
        raise RuleReasonNeeded
    with write_transaction():
        locked_activity(activity_id)
        _check_period(activity_id, period_id)
        rule = DeadlineRule.objects.filter(
            activity_id=activity_id, period_id=period_id, action=action
        ).first()
        if rule is None:
            return
        offer = catalogue()
        general = offer.own_deadlines(activity_id, None, action)
        if general is None:
            raise NoGeneralRule
        _journal(
            actor, "activities.drop_deadlines", rule, offer.own_deadlines(activity_id, period_id, action),
            general, reason,
        )  # fmt: skip
        rule.delete()
        forget_kept()


def _check_period(activity_id: int, period_id: int | None) -> None:
    if period_id is not None and not Period.objects.filter(pk=period_id, activity_id=activity_id).exists():
        raise NotFound


def _told(deadlines: Deadlines, action: Action) -> Sequence[str]:
    """The rule as the journal keeps it: sentences, which hold when codes have changed."""
    windows = [f"{w.label} : {w.timing} {w.closes_at.isoformat()}" for w in deadlines.windows]
    return [*(sentence(action, tier) for tier in deadlines.tiers), *windows]


def _journal(
    actor: Actor, what: str, rule: DeadlineRule, before: Deadlines | None, after: Deadlines, reason: str
) -> None:
    action = Action(rule.action)
    audit.record(
        actor,
        what,
        object_kind="deadline_rule",
        object_id=rule.pk,
        payload={
            "activity": rule.activity_id,
            "period": rule.period_id,
            "action": action.value,
            "before": _told(before, action) if before else [],
            "after": _told(after, action),
        },
        reason=reason.strip(),
    )


# Extensions -----------------------------------------------------------------------------------------------------


def check_extending(actor: Actor, draft: ExtensionDraft) -> None:
    """Whether this extension can be declared: `NotYoursToChange`, `RuleReasonNeeded`, `ExtensionOutOfOrder`,
    `ExtensionTooLong`, `NotFound` for an activity that is not there."""
    if not actor.may(Permission.ACTIVITIES):
        raise NotYoursToChange
    if not draft.reason.strip():
        raise RuleReasonNeeded
    check_extension(draft.extension)
    if draft.activity_id is not None and not Activity.objects.filter(pk=draft.activity_id).exists():
        raise NotFound


def record_extension(actor: Actor, draft: ExtensionDraft) -> tuple[DeadlineExtension, bool]:
    """Stores an extension, and whether it is new: the very same one declared again is found. 1 event of the journal.

    What it does to bookings is the caller's. Raises as `check_extending`.
    """
    check_extending(actor, draft)
    one = draft.extension
    same = {"activity": draft.activity_id, "start": one.start, "end": one.end, "until": one.until}
    with write_transaction():
        if standing := DeadlineExtension.objects.filter(**same).first():
            return standing, False
        extension = DeadlineExtension.objects.create(
            activity_id=draft.activity_id, start=one.start, end=one.end, until=one.until,
            reason=draft.reason.strip(), declared_at=clock.now(), declared_by=actor.user_id,
        )  # fmt: skip
        audit.record(
            actor,
            "activities.extend_deadlines",
            object_kind="extension",
            object_id=extension.pk,
            payload={
                "activity": draft.activity_id,
                "start": one.start.isoformat(),
                "end": one.end.isoformat(),
                "until": one.until.isoformat(),
            },
            reason=draft.reason.strip(),
        )
        forget_kept()
    return extension, True
