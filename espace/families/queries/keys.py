"""Reading keys, requests and changes: a person their own, the guichet its queues."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import CharField, Count, Min, QuerySet, Value
from django.db.models.functions import Cast, Coalesce, Concat

from espace.families import rules
from espace.families.enums import ChangeState, KeyRequestState, KeyState
from espace.families.models import FamilyKey, KeyRequest, RecordChange
from espace.kernel import clock
from espace.kernel.actor import Actor, Permission
from espace.kernel.errors import NotFound
from espace.kernel.reading import Later, Rows, rows_later


@dataclass(frozen=True, slots=True)
class ChangeGroup:
    """Changes asked together, of one household or one person: decided together."""

    changes: tuple[RecordChange, ...]

    @property
    def first(self) -> RecordChange:
        return self.changes[0]

    @property
    def ids(self) -> str:
        return ",".join(str(c.pk) for c in self.changes)


def state_of(key: FamilyKey) -> KeyState:
    """What a key is worth now."""
    return rules.key_state(clock.now(), key.expires_at, key.used_at, key.revoked_at)


def latest_request_for(actor: Actor) -> KeyRequest | None:
    """The last « Je n’ai pas de clé » of this account. 1 query."""
    if actor.user_id is None:
        return None
    return KeyRequest.objects.filter(user_id=actor.user_id).order_by("-created_at", "-id").first()


def keys_of(household_id: int) -> Later[list[FamilyKey]]:
    """The keys of a household the caller holds, latest first, without their secrets. 1 query when read alone."""
    rows = rows_later(FamilyKey.objects.filter(household_id=household_id), without=("key_hash", "sealed"))
    return rows.then(lambda found: sorted(found, key=lambda key: (key.created_at, key.pk), reverse=True))


def letters_to_print_for(actor: Actor) -> list[FamilyKey]:
    """Keys whose letter is still to be made. 1 query; none without the permission."""
    if not actor.may(Permission.KEYS):
        return []
    rows = FamilyKey.objects.filter(
        letter_made_at__isnull=True, used_at__isnull=True, revoked_at__isnull=True, expires_at__gt=clock.now()
    )
    return list(rows.select_related("household", "adult").order_by("created_at", "id"))


def key_for(actor: Actor, key_id: int) -> FamilyKey:
    """One key, for an agent who makes them, or `NotFound`. 1 query."""
    if not actor.may(Permission.KEYS):
        raise NotFound
    key = FamilyKey.objects.filter(pk=key_id).select_related("household", "adult").order_by("id").first()
    if key is None:
        raise NotFound
    return key


def open_requests_for(actor: Actor) -> QuerySet[KeyRequest]:
    """« Je n’ai pas de clé » waiting for an answer, oldest first."""
    if not actor.may(Permission.KEYS):
        return KeyRequest.objects.none()
    rows = KeyRequest.objects.filter(state=KeyRequestState.OPEN)
    return rows.select_related("user").order_by("created_at", "id")


def key_request_for(actor: Actor, request_id: int) -> KeyRequest:
    """One request, open or not, or `NotFound`. 1 query."""
    if not actor.may(Permission.KEYS):
        raise NotFound
    row = KeyRequest.objects.filter(pk=request_id).select_related("user").order_by("id").first()
    if row is None:
        raise NotFound
    return row


def pending_changes_for(actor: Actor) -> list[ChangeGroup]:
    """The changes waiting for the guichet, oldest first, grouped as they are decided. 1 query."""
    if not actor.may(Permission.FAMILIES_WRITE):
        return []
    rows = RecordChange.objects.filter(state=ChangeState.PENDING)
    return grouped(rows.select_related("household", "person", "asked_by").order_by("asked_at", "id"))


def pending_changes_of(household_ids: Iterable[int]) -> Later[list[RecordChange]]:
    """The changes waiting in households the caller holds. 1 query when read alone."""
    rows = RecordChange.objects.filter(state=ChangeState.PENDING, household_id__in=list(household_ids))
    return rows_later(rows).then(lambda found: sorted(found, key=lambda change: (change.asked_at, change.pk)))


def grouped(rows: Iterable[RecordChange]) -> list[ChangeGroup]:
    """Changes of one target asked by one account, together."""
    groups: dict[tuple[int, int | None, int], list[RecordChange]] = {}
    for row in rows:
        groups.setdefault((row.household_id, row.person_id, row.asked_by_id), []).append(row)
    return [ChangeGroup(tuple(group)) for group in groups.values()]


@dataclass(frozen=True, slots=True)
class DeskCounts:
    """How much waits in each queue of the guichet; `oldest` is the first request still open."""

    key_requests: int
    changes: int
    letters: int
    oldest: datetime | None


def desk_counts_for(actor: Actor) -> Later[DeskCounts]:
    """The counts of the queues this agent works on. 1 query when read alone, none for an agent who works on neither."""
    piles: list[Any] = []
    if actor.may(Permission.KEYS):
        waiting = KeyRequest.objects.filter(state=KeyRequestState.OPEN)
        piles.append(_pile("requests", waiting, Count("id"), Min("created_at")))
        unprinted = FamilyKey.objects.filter(
            letter_made_at__isnull=True,
            used_at__isnull=True,
            revoked_at__isnull=True,
            expires_at__gt=clock.now(),
        )
        piles.append(_pile("letters", unprinted, Count("id"), Min("created_at")))
    if actor.may(Permission.FAMILIES_WRITE):
        pending = RecordChange.objects.filter(state=ChangeState.PENDING)
        whose = Concat(
            Cast("household_id", CharField()), Value("/"),
            Coalesce(Cast("person_id", CharField()), Value("")), Value("/"), Cast("asked_by_id", CharField()),
        )  # fmt: skip
        piles.append(_pile("changes", pending, Count(whose, distinct=True), Min("asked_at")))
    if not piles:
        return Later(KeyRequest.objects.none(), _desk_counts)
    return Later(piles[0].union(*piles[1:], all=True) if len(piles) > 1 else piles[0], _desk_counts)


def _desk_counts(rows: Rows) -> DeskCounts:
    found = {kind: (n, oldest) for kind, n, oldest in rows}
    requests, oldest = found.get("requests", (0, None))
    return DeskCounts(
        requests, found.get("changes", (0, None))[0], found.get("letters", (0, None))[0], oldest
    )


def _pile(kind: str, rows: QuerySet[Any], count: Count, oldest: Min) -> Any:
    """One row: the kind, how many, since when."""
    return (
        rows.order_by()
        .annotate(kind=Value(kind, CharField()))
        .values("kind")
        .annotate(n=count, oldest=oldest)
        .values_list("kind", "n", "oldest")
    )
