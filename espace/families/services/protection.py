"""Protection measures: recorded by who may know of them, told to nobody."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from espace.audit.services import record
from espace.families.errors import AlreadyProtected, NobodyToProtect, ReasonRequired
from espace.families.models import Person, ProtectionMeasure
from espace.families.queries import measure_for, valid_on
from espace.families.services.common import locked_person, require
from espace.kernel import clock
from espace.kernel.actor import Actor, Permission
from espace.kernel.crypto import seal, unseal
from espace.kernel.db import journaled_read, write_transaction
from espace.kernel.errors import NotFound

EVIDENCE = "protection-evidence"


def record_protection(
    actor: Actor,
    *,
    protected_ids: Collection[int],
    hidden_from_id: int,
    evidence: str,
    end: date | None = None,
) -> list[ProtectionMeasure]:
    """From today, until `end` if it is known, these persons are hidden from that one; at once, whatever the custody says.

    Neither side is told, and the journal of no family shows it. `NobodyToProtect` for no one, or for oneself;
    `ReasonRequired` without evidence; `AlreadyProtected`; `NotFound` for a person nobody knows.
    """
    require(actor, Permission.PROTECTION)
    wanted = sorted(set(protected_ids))
    if not wanted or hidden_from_id in wanted or (end is not None and end <= clock.today()):
        raise NobodyToProtect
    if not evidence.strip():
        raise ReasonRequired
    with write_transaction():
        people = [locked_person(pk) for pk in sorted({*wanted, hidden_from_id})]
        in_force = ProtectionMeasure.objects.filter(valid_on(clock.today()), hidden_from_id=hidden_from_id)
        if in_force.filter(protected_id__in=wanted).exists():
            raise AlreadyProtected
        measures = [
            _measure(actor, person, hidden_from_id, evidence, end) for person in people if person.pk in wanted
        ]
        for measure in measures:
            record(actor, "families.record_protection", object_kind="protection", object_id=measure.pk)
    return measures


def end_protection(actor: Actor, *, measure_id: int, reason: str) -> ProtectionMeasure:
    """The measure no longer holds from today on; the reason is journaled. `NotFound`, `ReasonRequired`."""
    require(actor, Permission.PROTECTION)
    if not reason.strip():
        raise ReasonRequired
    with write_transaction():
        row = ProtectionMeasure.objects.select_for_update().filter(pk=measure_id).order_by("id").first()
        if row is None or (row.end is not None and row.end <= clock.today()):
            raise NotFound
        row.end = clock.today()
        if row.start < row.end:
            row.save(update_fields=["end"])
        else:  # of today: it held no day
            row.delete()
        record(
            actor,
            "families.end_protection",
            object_kind="protection",
            object_id=measure_id,
            reason=reason.strip(),
        )
    return row


def read_evidence(actor: Actor, *, measure_id: int) -> str:
    """What proves a measure; each reading is journaled, a GET's too."""
    measure = measure_for(actor, measure_id)
    with journaled_read(), write_transaction():
        record(actor, "families.read_protection", object_kind="protection", object_id=measure.pk)
    return unseal(EVIDENCE, bytes(measure.evidence))


def _measure(
    actor: Actor, person: Person, hidden_from_id: int, evidence: str, end: date | None
) -> ProtectionMeasure:
    return ProtectionMeasure.objects.create(
        protected=person,
        hidden_from_id=hidden_from_id,
        start=clock.today(),
        end=end,
        evidence=seal(EVIDENCE, evidence.strip()),
        recorded_at=clock.now(),
        recorded_by=actor.user_id,
    )
