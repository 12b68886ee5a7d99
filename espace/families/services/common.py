"""What the services of this app share: permissions, locks, and the thread of dated rows."""

from __future__ import annotations

from datetime import date
from typing import Any, TypeVar

from django.db.models import Model

from espace.families.errors import PeriodOverlap, RetroactiveNeedsReason
from espace.families.models import Household, Person
from espace.kernel import clock
from espace.kernel.actor import Actor, Permission
from espace.kernel.errors import NotFound

M = TypeVar("M", bound=Model)


def require(actor: Actor, permission: Permission) -> None:
    """`NotFound` unless the actor holds the permission: to anyone else the act does not exist."""
    if not actor.may(permission):
        raise NotFound


def locked_household(household_id: int) -> Household:
    """The household, locked until the end of the transaction, or `NotFound`."""
    row = Household.objects.select_for_update().filter(pk=household_id).order_by("id").first()
    if row is None:
        raise NotFound
    return row


def locked_person(person_id: int) -> Person:
    """A person, whose changes wait for one another until the end of the transaction, or `NotFound`."""
    row = Person.objects.select_for_update(no_key=True).filter(pk=person_id).order_by("id").first()
    if row is None:
        raise NotFound
    return row


def refuse_silent_past(actor: Actor, start: date, reason: str) -> None:
    """A value that changes the past says why (I4); the system, which restores or demonstrates, does not."""
    if start < clock.today() and not reason and not actor.is_system:
        raise RetroactiveNeedsReason


def follow(model: type[M], start: date, values: dict[str, Any], **scope: Any) -> M:
    """Writes the row of a dated table that holds from `start` on, ending the one before on that day.

    The same start again corrects the row in place; a later row already there is a `PeriodOverlap`.
    """
    manager = model._default_manager
    last = manager.select_for_update().filter(**scope).order_by("-start", "-pk").first()
    if last is not None:
        dated: Any = last
        if dated.start > start:
            raise PeriodOverlap
        if dated.start == start:
            for name, value in values.items():
                setattr(last, name, value)
            dated.end = None
            last.save()
            return last
        if dated.end is None or dated.end > start:
            dated.end = start
            last.save(update_fields=["end"])
    return manager.create(start=start, **values, **scope)
