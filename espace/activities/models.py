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
    OffsetUnit,
    SlotState,
    Timing,
    UnitKind,
)
from espace.kernel.fields import choices_of, one_of
from espace.town.models import AccountingCode, CashOffice, School


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

    class Meta:
        ordering = ["position"]
        verbose_name_plural = "activities"
        constraints = [
            one_of(ActivityKind, "kind", "activities_kind_known"),
            one_of(EnrolmentPolicy, "enrolment_policy", "activities_policy_known"),
            one_of(BookingMode, "booking_mode", "activities_mode_known"),
            models.CheckConstraint(condition=Q(min_age__lte=F("max_age")), name="activities_ages_ordered"),
        ]

    def __str__(self) -> str:
        return self.name


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
    """Places of a venue on a date and part of the day; « complet » is derived (I7, I10)."""

    venue = models.ForeignKey(Venue, on_delete=models.PROTECT)
    date = models.DateField()
    band = models.CharField(max_length=8, choices=choices_of(Band))
    age_group = models.CharField(max_length=12, blank=True)
    capacity = models.PositiveIntegerField()
    taken = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["venue", "date", "band", "age_group"], name="activities_pool_once"
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

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["activity", "venue", "date", "formula", "pool"], name="activities_slot_once"
            ),
            one_of(SlotState, "state", "activities_slot_state_known"),
        ]
        indexes = [models.Index(fields=["date", "venue"], name="activities_slot_by_day")]

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


class Closure(models.Model):
    """A closure declared by an agent: its slots are closed, its bookings cancelled without charge."""

    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, null=True)
    venue = models.ForeignKey(Venue, on_delete=models.PROTECT, null=True)
    start = models.DateField()
    end = models.DateField()
    reason = models.CharField(max_length=200)
    declared_at = models.DateTimeField()
    declared_by = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(start__lt=F("end")), name="activities_closure_has_days")
        ]

    def __str__(self) -> str:
        return self.reason
