"""What changes with time: quotient, category, schooling, health plan. Each is a dated row."""

from __future__ import annotations

from datetime import date

from django.db.models import Q

from espace.audit.services import record
from espace.families.enums import QuotientSource, TariffCategory
from espace.families.models import (
    FamilyQuotient,
    HealthPlan,
    Household,
    HouseholdMember,
    Person,
    Schooling,
    TariffStatus,
)
from espace.families.queries import valid_on
from espace.families.services.common import (
    follow,
    locked_household,
    locked_person,
    refuse_silent_past,
    require,
)
from espace.kernel import clock
from espace.kernel.actor import Actor, Permission
from espace.kernel.crypto import seal, unseal
from espace.kernel.db import journaled_read, write_transaction
from espace.kernel.errors import NotFound
from espace.town.models import School, SchoolClass

HEALTH = "health-plan"


def set_quotient(
    actor: Actor,
    *,
    household: Household,
    amount: int,
    source: QuotientSource,
    start: date | None = None,
    reference_month: date | None = None,
    reason: str = "",
) -> FamilyQuotient:
    """The quotient of a household from `start` (today) on, in hundredths of a euro; 0 is a value (I4).

    `RetroactiveNeedsReason` for a past date without a reason, `PeriodOverlap` when a later one is known.
    """
    require(actor, Permission.FAMILIES_WRITE)
    since = start or clock.today()
    refuse_silent_past(actor, since, reason)
    with write_transaction():
        locked_household(household.pk)
        values = {"amount": amount, "source": source, "reference_month": reference_month}
        row = follow(FamilyQuotient, since, values, household=household)
        record(
            actor, "families.set_quotient", object_kind="household", object_id=household.pk,
            household_id=household.pk, payload={"from": since.isoformat(), "source": source.value}, reason=reason,
        )  # fmt: skip
    return row


def set_category(
    actor: Actor,
    *,
    category: TariffCategory,
    household: Household | None = None,
    person: Person | None = None,
    start: date | None = None,
    reason: str = "",
) -> TariffStatus:
    """The tariff category of a household, or of one child only (a pupil of ULIS), from `start` (today) on."""
    require(actor, Permission.FAMILIES_WRITE)
    if (household is None) == (person is None):
        raise ValueError("a category is of a household or of a person")
    since = start or clock.today()
    refuse_silent_past(actor, since, reason)
    with write_transaction():
        if household is not None:
            locked_household(household.pk)
        row = follow(TariffStatus, since, {"category": category}, household=household, person=person)
        record(
            actor,
            "families.set_category",
            object_kind="household" if household else "person",
            object_id=household.pk if household else (person.pk if person else None),
            household_id=household.pk if household else None,
            payload={"category": category.value, "from": since.isoformat()},
            reason=reason,
        )
    return row


def set_schooling(
    actor: Actor,
    *,
    child: Person,
    school: School,
    school_class: SchoolClass | None = None,
    start: date | None = None,
) -> Schooling:
    """The school, and the class when known, of a child from `start` (today) on."""
    require(actor, Permission.FAMILIES_WRITE)
    since = start or clock.today()
    with write_transaction():
        row = follow(Schooling, since, {"school": school, "school_class": school_class}, child=child)
        record(actor, "families.set_schooling", object_kind="person", object_id=child.pk)
    return row


def move_to_school(
    actor: Actor, *, child: Person, school_id: int, class_id: int | None, start: date
) -> Schooling:
    """The same by ids, as a screen has them. `NotFound` for a school, or a class of it, that does not exist."""
    school = School.objects.filter(pk=school_id).order_by("id").first()
    classes = SchoolClass.objects.filter(pk=class_id or 0, school_id=school_id).order_by("id")
    school_class = classes.first() if class_id is not None else None
    if school is None or (class_id is not None and school_class is None):
        raise NotFound
    return set_schooling(actor, child=child, school=school, school_class=school_class, start=start)


def end_schooling(actor: Actor, *, child: Person, end: date) -> None:
    """No school of the town from that day on. What was to begin later never will."""
    require(actor, Permission.FAMILIES_WRITE)
    with write_transaction():
        locked_person(child.pk)
        rows = Schooling.objects.filter(child=child)
        rows.filter(start__gte=end).delete()
        rows.filter(Q(end__isnull=True) | Q(end__gt=end)).update(end=end)
        record(
            actor, "families.end_schooling", object_kind="person", object_id=child.pk,
            payload={"from": end.isoformat()},
        )  # fmt: skip


def set_health_plan(
    actor: Actor, *, child: Person, packed_lunch: bool, detail: str = "", start: date | None = None
) -> HealthPlan:
    """The PAI of a child from `start` (today) on; its detail is sealed, and never journaled."""
    require(actor, Permission.HEALTH)
    since = start or clock.today()
    with write_transaction():
        values = {"packed_lunch": packed_lunch, "detail": seal(HEALTH, detail)}
        row = follow(HealthPlan, since, values, child=child)
        record(actor, "families.set_health_plan", object_kind="person", object_id=child.pk)
    return row


def read_health_detail(actor: Actor, *, child_id: int) -> str:
    """What the PAI says, for an agent with the health permission; each reading is journaled, a GET's too."""
    require(actor, Permission.HEALTH)
    plan = (
        HealthPlan.objects.filter(valid_on(clock.today()), child_id=child_id)
        .order_by("-start", "-id")
        .first()
    )
    if plan is None:
        raise NotFound
    home = (
        HouseholdMember.objects.filter(valid_on(clock.today()), person_id=child_id)
        .order_by("start", "id")
        .first()
    )
    with journaled_read(), write_transaction():
        record(
            actor, "families.read_health_plan", object_kind="person", object_id=child_id,
            household_id=home.household_id if home else None,
        )  # fmt: skip
    return unseal(HEALTH, bytes(plan.detail))
