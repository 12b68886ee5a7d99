"""The right to book, the weekly pattern, and the bookings themselves (I8-I13)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from espace.activities.models import (
    Activity,
    CollectiveEvent,
    Formula,
    Period,
    PriorityCriterion,
    Slot,
    Venue,
)
from espace.bookings.enums import (
    ACTIVE,
    ON_THE_LIST,
    BookingOrigin,
    BookingState,
    CancelTiming,
    EnrolmentState,
    ReminderKind,
    WeekRule,
)
from espace.families.models import Household, Person
from espace.kernel.fields import MoneyField, choices_of, one_of


class Enrolment(models.Model):
    """A child's right to book an activity over a period at a venue, over `[start, end)`; not a booking. A child who
    changes school has one after the other: two open ones of a period share no day, the service sees to it."""

    child = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="enrolments")
    activity = models.ForeignKey(Activity, on_delete=models.PROTECT)
    period = models.ForeignKey(Period, on_delete=models.PROTECT)
    venue = models.ForeignKey(Venue, on_delete=models.PROTECT)
    state = models.CharField(max_length=8, choices=choices_of(EnrolmentState))
    requested_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, blank=True)
    start = models.DateField()
    end = models.DateField()

    class Meta:
        constraints = [
            one_of(EnrolmentState, "state", "bookings_enrolment_state_known"),
            models.CheckConstraint(
                condition=Q(start__lt=F("end")),
                name="bookings_enrolment_has_days",
                violation_error_message="Cette activité est terminée : il ne reste aucun jour.",
            ),
            models.UniqueConstraint(
                fields=["child", "period", "start"],
                condition=Q(state__in=["PENDING", "ACCEPTED"]),
                name="bookings_enrolment_one_start_a_period",
                violation_error_message="Cet enfant est déjà inscrit à cette activité.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.child_id} {self.period_id} {self.state}"


class WeeklyPattern(models.Model):
    """The rule that produces bookings; its expansion is an idempotent diff (I8). Each home of a child has its own,
    for its own days."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="patterns")
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="patterns")
    week_rule = models.CharField(max_length=7, choices=choices_of(WeekRule), default=WeekRule.EVERY)
    start = models.DateField()
    end = models.DateField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            one_of(WeekRule, "week_rule", "bookings_pattern_week_rule_known"),
            models.CheckConstraint(condition=Q(start__lt=F("end")), name="bookings_pattern_has_days"),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment_id} {self.week_rule}"


class PatternDay(models.Model):
    pattern = models.ForeignKey(WeeklyPattern, on_delete=models.CASCADE, related_name="days")
    weekday = models.PositiveSmallIntegerField()
    formula = models.ForeignKey(Formula, on_delete=models.PROTECT)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(weekday__lte=6), name="bookings_pattern_weekday"),
            models.UniqueConstraint(
                fields=["pattern", "weekday", "formula"], name="bookings_pattern_day_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.weekday} {self.formula_id}"


class Submission(models.Model):
    """One confirmed form: its reference, what it did, and the acknowledgement. `token` makes a double submit
    find the first answer instead of doing it twice. Totals are of what was added and removed. `stamped_at` is when the
    family asked, when an agent keyed a request left at the counter; `at` is when it was keyed."""

    reference = models.CharField(max_length=20, unique=True)
    token = models.CharField(max_length=64, unique=True)
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="submissions")
    user_id = models.BigIntegerField(null=True)
    actor_label = models.CharField(max_length=200)
    at = models.DateTimeField()
    stamped_at = models.DateTimeField(null=True)
    booked = models.PositiveIntegerField()
    cancelled = models.PositiveIntegerField()
    late = models.PositiveIntegerField()
    waiting = models.PositiveIntegerField(default=0)
    total = MoneyField()
    summary = models.JSONField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(stamped_at__isnull=True) | Q(stamped_at__lte=F("at")),
                name="bookings_asked_before_it_was_keyed",
            )
        ]
        indexes = [models.Index(fields=["household", "-at"], name="bookings_submissions")]

    def __str__(self) -> str:
        return self.reference


class Booking(models.Model):
    """One child in one slot. `rule_snapshot` freezes the deadline that decided `is_late` (I13).

    A booking of the waiting list keeps the `priority` it had when asked, and its `priority_detail`
    [[label, points]…]; an offer, the last second of the answer.

    A collective event that cancelled it (`event`, with its state before) or moved it (`moved_by`, with its slot
    before) is kept, so that undoing the event gives back exactly what it took.
    """

    child = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="bookings")
    slot = models.ForeignKey(Slot, on_delete=models.PROTECT, related_name="bookings")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="bookings")
    date = models.DateField()
    state = models.CharField(max_length=17, choices=choices_of(BookingState))
    origin = models.CharField(max_length=7, choices=choices_of(BookingOrigin))
    pinned = models.BooleanField(default=False)
    requested_at = models.DateTimeField()
    is_late = models.BooleanField(default=False)
    rule_snapshot = models.JSONField()
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, null=True, related_name="bookings")
    cancelled_at = models.DateTimeField(null=True)
    cancel_timing = models.CharField(max_length=7, choices=choices_of(CancelTiming), blank=True)
    cancel_submission = models.ForeignKey(
        Submission, on_delete=models.PROTECT, null=True, related_name="cancellations"
    )
    priority = models.PositiveIntegerField(default=0)
    priority_detail = models.JSONField(default=list)
    offer_expires_at = models.DateTimeField(null=True)
    event = models.ForeignKey(
        CollectiveEvent, on_delete=models.PROTECT, null=True, related_name="cancelled", db_index=False
    )
    state_before = models.CharField(max_length=17, choices=choices_of(BookingState), blank=True)
    moved_by = models.ForeignKey(
        CollectiveEvent, on_delete=models.PROTECT, null=True, related_name="moved", db_index=False
    )
    moved_from = models.ForeignKey(
        Slot, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            one_of(BookingState, "state", "bookings_state_known"),
            one_of(BookingOrigin, "origin", "bookings_origin_known"),
            models.UniqueConstraint(
                fields=["child", "slot"],
                condition=Q(state__in=[s.value for s in ACTIVE]),
                name="bookings_one_active_per_child_and_slot",
                violation_error_message="Cet enfant est déjà inscrit ce jour-là.",
            ),
            models.CheckConstraint(
                condition=Q(
                    state="CANCELLED", cancelled_at__isnull=False, cancel_timing__in=list(CancelTiming)
                )
                | (~Q(state="CANCELLED") & Q(cancelled_at__isnull=True, cancel_timing="")),
                name="bookings_cancelled_says_when",
            ),
            models.CheckConstraint(
                condition=Q(state="OFFERED", offer_expires_at__isnull=False)
                | (~Q(state="OFFERED") & Q(offer_expires_at__isnull=True)),
                name="bookings_offer_has_its_deadline",
            ),
            models.CheckConstraint(
                condition=Q(event=None, state_before="")
                | Q(
                    event__isnull=False,
                    state="CANCELLED",
                    cancel_timing="SERVICE",
                    state_before__in=[s.value for s in ACTIVE],
                ),
                name="bookings_event_says_what_was",
            ),
            models.CheckConstraint(
                condition=Q(moved_by=None, moved_from=None)
                | Q(moved_by__isnull=False, moved_from__isnull=False),
                name="bookings_moved_says_whence",
            ),
        ]
        indexes = [
            models.Index(
                fields=["slot"],
                condition=Q(state__in=[s.value for s in ON_THE_LIST]),
                name="bookings_queue",
            ),
            models.Index(fields=["child", "date"], name="bookings_by_child_and_day"),
            models.Index(fields=["date"], name="bookings_by_day"),
            # Few bookings have an event: an index of those alone costs the others nothing.
            models.Index(fields=["event"], condition=Q(event__isnull=False), name="bookings_by_event"),
            models.Index(fields=["moved_by"], condition=Q(moved_by__isnull=False), name="bookings_by_move"),
        ]

    def __str__(self) -> str:
        return f"{self.child_id} {self.date} {self.state}"


class Reminder(models.Model):
    """What a household was reminded of, and the limit it was about: the same is never said twice."""

    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="reminders")
    child = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="reminders")
    period = models.ForeignKey(Period, on_delete=models.PROTECT)
    kind = models.CharField(max_length=10, choices=choices_of(ReminderKind))
    falls_at = models.DateTimeField()
    sent_at = models.DateTimeField()

    class Meta:
        constraints = [
            one_of(ReminderKind, "kind", "bookings_reminder_kind_known"),
            models.UniqueConstraint(
                fields=["household", "child", "period", "kind", "falls_at"], name="bookings_reminder_once"
            ),
            models.CheckConstraint(
                condition=Q(sent_at__lte=F("falls_at")), name="bookings_reminder_before_its_limit"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.falls_at:%d/%m/%Y %H:%M}"


class ChildCriterion(models.Model):
    """What an agent saw proof of for a child, over `[start, end)`. `evidence` names the document, never a diagnosis."""

    child = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="criteria")
    criterion = models.ForeignKey(PriorityCriterion, on_delete=models.PROTECT, related_name="children")
    start = models.DateField()
    end = models.DateField()
    evidence = models.CharField(max_length=200)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=200)

    class Meta:
        verbose_name_plural = "child criteria"
        constraints = [
            models.CheckConstraint(condition=Q(start__lt=F("end")), name="bookings_child_criterion_has_days"),
            models.CheckConstraint(condition=~Q(evidence=""), name="bookings_child_criterion_has_evidence"),
            models.UniqueConstraint(
                fields=["child", "criterion", "start"], name="bookings_child_criterion_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.child_id} {self.criterion_id}"
