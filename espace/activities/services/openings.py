"""Setting from when to when a period is open to booking, and to whom first."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from espace.activities.errors import NotYoursToChange, OpeningAfterClosing, RuleReasonNeeded
from espace.activities.models import Period, PeriodOpening
from espace.audit import services as audit
from espace.families.enums import TariffCategory
from espace.kernel.actor import Actor, Permission
from espace.kernel.db import forget_kept, write_transaction
from espace.kernel.errors import NotFound

Openings = Mapping[TariffCategory, datetime]


def set_openings(
    actor: Actor,
    *,
    period_id: int,
    opens_at: datetime,
    openings: Openings,
    closes_at: datetime | None,
    reason: str,
) -> bool:
    """From when families book a period, those of some tariff categories at another instant, and until when (last second
    included; None: as long as its limits let them). Whether anything changed. What was booked stays.

    Raises `NotYoursToChange`, `RuleReasonNeeded`, `OpeningAfterClosing`, `NotFound`.
    """
    if not actor.may(Permission.ACTIVITIES):
        raise NotYoursToChange
    if not reason.strip():
        raise RuleReasonNeeded
    if closes_at is not None and closes_at < max([opens_at, *openings.values()]):
        raise OpeningAfterClosing
    own = {category: opens for category, opens in openings.items() if opens != opens_at}
    with write_transaction():
        period = Period.objects.select_for_update(of=("self",), no_key=True).filter(pk=period_id).first()
        if period is None:
            raise NotFound
        before = _told(period.opens_at, _standing(period), period.closes_at)
        after = _told(opens_at, own, closes_at)
        if before == after:
            return False
        period.opens_at, period.closes_at = opens_at, closes_at
        period.save(update_fields=["opens_at", "closes_at"])
        period.openings.all().delete()
        PeriodOpening.objects.bulk_create(
            PeriodOpening(period=period, category=category, opens_at=opens) for category, opens in own.items()
        )
        audit.record(
            actor,
            "activities.set_openings",
            object_kind="period",
            object_id=period.pk,
            payload={"before": before, "after": after},
            reason=reason.strip(),
        )
        forget_kept()
    return True


def _standing(period: Period) -> Openings:
    rows = period.openings.order_by("id").values_list("category", "opens_at")
    return {TariffCategory(category): opens for category, opens in rows}


def _told(opens_at: datetime, openings: Openings, closes_at: datetime | None) -> dict[str, object]:
    """In universal time, so that two ways to write one instant are the same."""
    return {
        "opens_at": _utc(opens_at),
        "closes_at": _utc(closes_at) if closes_at else None,
        **{category.value: _utc(opens) for category, opens in sorted(openings.items())},
    }


def _utc(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat()
