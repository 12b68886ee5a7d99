"""The offer. What a parent picks is a formula; each of its units draws on the slot's pool and has its price."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from espace.activities.enums import (
    Action,
    ActivityKind,
    Anchor,
    Band,
    BookingMode,
    EnrolmentPolicy,
    EventEffect,
    EventKind,
    EventScope,
    OffsetUnit,
    PriorityCode,
    SlotState,
    Timing,
    UnitKind,
    WaitingMode,
)
from espace.kernel.fields import choices_of, one_of
from espace.town.models import AccountingCode, CashOffice, School, SchoolClass


class Activity(models.Model):
    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=16, choices=choices_of(ActivityKind))
    cash_office = models.ForeignKey(CashOffice, on_delete=models.PROTECT)
    accounting_code = models.ForeignKey(AccountingCode, on_delete=models.PROTECT)
    enrolment_policy = models.CharField(max_length=10, choices=choices_of(EnrolmentPolicy))
    booking_mode = models.CharField(max_length=12, choices=choices_of(BookingMode))
    min_age = models.PositiveSmallIntegerField(default=2)
    max_age = models.PositiveSmallIntegerField(default=12)
    position = models.PositiveSmallIntegerField()
    description = models.CharField(max_length=300, blank=True)
    waiting_list = models.CharField(max_length=9, choices=choices_of(WaitingMode), default=WaitingMode.OFF)
    offer_hours = models.PositiveSmallIntegerField(default=24)
    offers_stop_days = models.PositiveSmallIntegerField(default=2)

    class Meta:
        ordering = ["position"]
        verbose_name_plural = "activities"
        constraints = [
            one_of(ActivityKind, "kind", "activities_kind_known"),
            one_of(EnrolmentPolicy, "enrolment_policy", "activities_policy_known"),
            one_of(BookingMode, "booking_mode", "activities_mode_known"),
            models.CheckConstraint(condition=Q(min_age__lte=F("max_age")), name="activities_ages_ordered"),
            one_of(WaitingMode, "waiting_list", "activities_waiting_list_known"),
            models.CheckConstraint(condition=Q(offer_hours__gte=1), name="activities_offer_has_time"),
        ]

    def __str__(self) -> str:
        return self.name


class PriorityCriterion(models.Model):
    """What counts on the waiting list of an activity, as published: `[start, end)`, and so many points.

    Never for the canteen, open to every pupil without regard to the parents' situation (L131-13 of the code de
    l'éducation): `activity_kind` repeats the activity's so that the database itself refuses.
    """

    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="criteria")
    activity_kind = models.CharField(max_length=16, choices=choices_of(ActivityKind))
    code = models.CharField(max_length=21, choices=choices_of(PriorityCode))
    label = models.CharField(max_length=120)
    points = models.PositiveSmallIntegerField()
    position = models.PositiveSmallIntegerField()
    start = models.DateField()
    end = models.DateField(null=True)

    class Meta:
        ordering = ["position", "id"]
        verbose_name_plural = "priority criteria"
        constraints = [
            one_of(PriorityCode, "code", "activities_criterion_lawful"),
            one_of(ActivityKind, "activity_kind", "activities_criterion_kind_known"),
            models.CheckConstraint(
                condition=~Q(activity_kind="CANTEEN"),
                name="activities_criterion_never_canteen",
                violation_error_message="La cantine est ouverte à tous les élèves : aucun critère de priorité.",
            ),
            models.CheckConstraint(condition=Q(points__gte=1), name="activities_criterion_has_points"),
            models.CheckConstraint(
                condition=Q(end__isnull=True) | Q(start__lt=F("end")), name="activities_criterion_has_days"
            ),
            models.UniqueConstraint(
                fields=["activity", "code"],
                condition=Q(end__isnull=True),
                name="activities_criterion_one_open",
                violation_error_message="Ce critère est déjà publié pour cette activité.",
            ),
        ]

    def __str__(self) -> str:
        return self.label


class Venue(models.Model):
    """Where children are received; the canteen of a school is a venue of that school. `email` is its team's: who is
    announced absent is told there, or to the guichet when the site has none."""

    name = models.CharField(max_length=100, unique=True)
    street = models.CharField(max_length=200)
    email = models.EmailField(blank=True)
    school = models.ForeignKey(School, on_delete=models.PROTECT, null=True, related_name="venues")

    def __str__(self) -> str:
        return self.name


class Period(models.Model):
    """`[start, end)`: what opens and closes to booking; a school year, or a holiday."""

    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="periods")
    label = models.CharField(max_length=60)
    start = models.DateField()
    end = models.DateField()
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(start__lt=F("end")), name="activities_period_has_days"),
            models.UniqueConstraint(fields=["activity", "start"], name="activities_period_once"),
        ]

    def __str__(self) -> str:
        return self.label


class Formula(models.Model):
    """What a parent picks: « Journée », « Matin », « Repas », « Soir »."""

    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="formulas")
    code = models.CharField(max_length=30)
    label = models.CharField(max_length=60)
    detail = models.CharField(max_length=80, blank=True)
    band = models.CharField(max_length=8, choices=choices_of(Band))
    starts_at = models.TimeField()
    ends_at = models.TimeField()
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["activity", "code"], name="activities_formula_once"),
            one_of(Band, "band", "activities_formula_band_known"),
            models.CheckConstraint(
                condition=Q(starts_at__lt=F("ends_at")), name="activities_formula_has_time"
            ),
        ]

    def __str__(self) -> str:
        return self.label


class FormulaUnit(models.Model):
    """A part of a formula with its own price; `tariff_code` names the rule of the plan. Quantity in hundredths."""

    formula = models.ForeignKey(Formula, on_delete=models.CASCADE, related_name="units")
    kind = models.CharField(max_length=4, choices=choices_of(UnitKind))
    tariff_code = models.CharField(max_length=30)
    quantity = models.PositiveIntegerField(default=100)
    position = models.PositiveSmallIntegerField(default=1)

    class Meta:
        ordering = ["position"]
        constraints = [
            one_of(UnitKind, "kind", "activities_unit_kind_known"),
            models.UniqueConstraint(fields=["formula", "tariff_code"], name="activities_unit_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="activities_unit_quantity"),
        ]

    def __str__(self) -> str:
        return self.tariff_code


class CapacityPool(models.Model):
    """Places of a venue on a date and part of the day; « complet » is derived (I7, I10).

    `taken` counts the bookings that hold a place, offers included; `waiting` those of the queue, which hold none.
    `waitlist_capacity` None: as many as ask may wait.
    """

    venue = models.ForeignKey(Venue, on_delete=models.PROTECT)
    date = models.DateField()
    band = models.CharField(max_length=8, choices=choices_of(Band))
    age_group = models.CharField(max_length=12, blank=True)
    capacity = models.PositiveIntegerField()
    taken = models.PositiveIntegerField(default=0)
    waiting = models.PositiveIntegerField(default=0)
    waitlist_capacity = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["venue", "date", "band", "age_group"], name="activities_pool_once"
            ),
            models.CheckConstraint(
                condition=Q(waiting__gte=0)
                & (Q(waitlist_capacity__isnull=True) | Q(waiting__lte=F("waitlist_capacity"))),
                name="activities_pool_list_never_too_long",
                violation_error_message="La liste d’attente de ce jour est complète.",
            ),
            models.CheckConstraint(
                condition=Q(taken__gte=0) & Q(taken__lte=F("capacity")),
                name="activities_pool_never_overbooked",
                violation_error_message="Il n’y a plus de place ce jour-là.",
            ),
            one_of(Band, "band", "activities_pool_band_known"),
        ]

    def __str__(self) -> str:
        return f"{self.date} {self.band} {self.taken}/{self.capacity}"


class Slot(models.Model):
    """One activity at one venue on one date in one formula: what is booked (I7)."""

    activity = models.ForeignKey(Activity, on_delete=models.PROTECT)
    venue = models.ForeignKey(Venue, on_delete=models.PROTECT)
    period = models.ForeignKey(Period, on_delete=models.PROTECT)
    formula = models.ForeignKey(Formula, on_delete=models.PROTECT)
    pool = models.ForeignKey(CapacityPool, on_delete=models.PROTECT)
    date = models.DateField()
    state = models.CharField(max_length=9, choices=choices_of(SlotState), default=SlotState.OPEN)
    closed_reason = models.CharField(max_length=200, blank=True)
    closed_by = models.ForeignKey(
        "CollectiveEvent",
        on_delete=models.PROTECT,
        null=True,
        related_name="closed_slots",
        db_index=False,
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["activity", "venue", "date", "formula", "pool"],
                name="activities_slot_once",
                violation_error_message="Cet accueil est déjà prévu ce jour-là.",
            ),
            one_of(SlotState, "state", "activities_slot_state_known"),
            models.CheckConstraint(
                condition=Q(closed_by__isnull=True) | Q(state="CLOSED"),
                name="activities_slot_closed_by_an_event",
            ),
        ]
        indexes = [
            models.Index(fields=["date", "venue"], name="activities_slot_by_day"),
            models.Index(fields=["period", "venue", "date"], name="activities_slot_by_place"),
            models.Index(
                fields=["closed_by"],
                condition=Q(closed_by__isnull=False),
                name="activities_slot_by_event",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.date} {self.formula_id}"


class DeadlineRule(models.Model):
    """Until when one may book or cancel an activity, in ordered tiers; a period's own rule wins over the activity's."""

    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="deadline_rules")
    period = models.ForeignKey(Period, on_delete=models.CASCADE, null=True)
    action = models.CharField(max_length=8, choices=choices_of(Action))

    class Meta:
        constraints = [
            one_of(Action, "action", "activities_deadline_action_known"),
            models.UniqueConstraint(
                fields=["activity", "action"],
                condition=Q(period__isnull=True),
                name="activities_deadline_one_general",
            ),
            models.UniqueConstraint(
                fields=["activity", "action", "period"],
                condition=Q(period__isnull=False),
                name="activities_deadline_one_a_period",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action}"


class DeadlineTier(models.Model):
    """One tier: until `offset` `unit` before `anchor`, at `at` (see `activities.rules.Tier`)."""

    rule = models.ForeignKey(DeadlineRule, on_delete=models.CASCADE, related_name="tiers")
    position = models.PositiveSmallIntegerField()
    timing = models.CharField(max_length=10, choices=choices_of(Timing))
    anchor = models.CharField(max_length=22, choices=choices_of(Anchor))
    offset = models.PositiveSmallIntegerField()
    unit = models.CharField(max_length=14, choices=choices_of(OffsetUnit))
    at = models.TimeField()
    fixed = models.DateTimeField(null=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["rule", "position"], name="activities_tier_position_once"),
            models.UniqueConstraint(fields=["rule", "timing"], name="activities_tier_timing_once"),
            one_of(Timing, "timing", "activities_tier_timing_known"),
            one_of(Anchor, "anchor", "activities_tier_anchor_known"),
            one_of(OffsetUnit, "unit", "activities_tier_unit_known"),
            models.CheckConstraint(
                condition=~Q(anchor="FIXED_DATE") | Q(fixed__isnull=False),
                name="activities_tier_fixed_has_date",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.timing} {self.offset} {self.unit}"


class DeadlineWindow(models.Model):
    """A window (la rentrée until 30 September) that moves only the tier it names."""

    rule = models.ForeignKey(DeadlineRule, on_delete=models.CASCADE, related_name="windows")
    timing = models.CharField(max_length=10, choices=choices_of(Timing))
    closes_at = models.DateTimeField()
    label = models.CharField(max_length=100)

    class Meta:
        constraints = [one_of(Timing, "timing", "activities_window_timing_known")]

    def __str__(self) -> str:
        return self.label


class CollectiveEvent(models.Model):
    """What happens to many children at once over `[start, end)`: a strike, an outing, an absent teacher, a closure.

    The scope names its one object; `activity` narrows any scope to that activity. An event undone still holds for
    the days before it was.
    """

    scope = models.CharField(max_length=8, choices=choices_of(EventScope))
    school = models.ForeignKey(School, on_delete=models.PROTECT, null=True)
    school_class = models.ForeignKey(SchoolClass, on_delete=models.PROTECT, null=True)
    venue = models.ForeignKey(Venue, on_delete=models.PROTECT, null=True, related_name="events")
    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, null=True)
    start = models.DateField()
    end = models.DateField()
    kind = models.CharField(max_length=14, choices=choices_of(EventKind))
    effect = models.CharField(max_length=12, choices=choices_of(EventEffect))
    to_venue = models.ForeignKey(Venue, on_delete=models.PROTECT, null=True, related_name="arrivals")
    reason = models.CharField(max_length=200)
    declared_at = models.DateTimeField()
    declared_by = models.BigIntegerField(null=True)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            one_of(EventKind, "kind", "activities_event_kind_known"),
            models.CheckConstraint(condition=Q(start__lt=F("end")), name="activities_event_has_days"),
            models.CheckConstraint(
                condition=Q(scope="TOWN", school=None, school_class=None, venue=None)
                | Q(scope="SCHOOL", school__isnull=False, school_class=None, venue=None)
                | Q(scope="CLASS", school=None, school_class__isnull=False, venue=None)
                | Q(scope="VENUE", school=None, school_class=None, venue__isnull=False)
                | Q(scope="ACTIVITY", school=None, school_class=None, venue=None, activity__isnull=False),
                name="activities_event_scope_names_one",
            ),
            models.CheckConstraint(
                condition=Q(effect="MOVED", to_venue__isnull=False)
                | Q(effect__in=["CLOSED", "FREE_ABSENCE", "PICNIC"], to_venue=None),
                name="activities_event_moves_somewhere",
            ),
        ]
        indexes = [models.Index(fields=["end"], name="activities_events_by_end")]

    def __str__(self) -> str:
        return self.reason
