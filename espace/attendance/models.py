"""The closing of a month: nothing of that month changes for billing without re-opening it. And absences: what the town
asks, what a family announced, the bookings it covers."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from espace.activities.enums import OffsetUnit
from espace.activities.models import Activity
from espace.attendance.enums import AbsenceAnchor, AbsenceReason, Mark, Proof, ProofState
from espace.attendance.rules import Justification, Policy
from espace.bookings.models import Booking
from espace.families.models import Household, Person
from espace.kernel.codes import reference
from espace.kernel.fields import choices_of, one_of
from espace.town.models import CashOffice


class MonthClosing(models.Model):
    """One cash office's month, closed before its run; `month` is its first day."""

    cash_office = models.ForeignKey(CashOffice, on_delete=models.PROTECT)
    month = models.DateField()
    closed_at = models.DateTimeField()
    closed_by = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cash_office", "month"],
                name="attendance_month_closed_once",
                violation_error_message="Ce mois est déjà clôturé.",
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="attendance_month_is_its_first_day"),
        ]

    def __str__(self) -> str:
        return f"{self.month:%m/%Y}"


class AbsencePolicy(models.Model):
    """What the town asks to excuse an absence from an activity, over `[start, end)` (`rules.Policy`)."""

    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="absence_policies")
    proof = models.CharField(max_length=11, choices=choices_of(Proof))
    delay = models.PositiveSmallIntegerField()
    refused_after = models.PositiveSmallIntegerField()
    unit = models.CharField(
        max_length=14, choices=choices_of(OffsetUnit), default=OffsetUnit.CALENDAR_DAYS.value
    )
    anchor = models.CharField(
        max_length=9, choices=choices_of(AbsenceAnchor), default=AbsenceAnchor.FIRST_DAY.value
    )
    carence_days = models.PositiveSmallIntegerField(default=0)
    late_carence_days = models.PositiveSmallIntegerField(default=0)
    start = models.DateField()
    end = models.DateField(null=True)

    class Meta:
        verbose_name_plural = "absence policies"
        constraints = [
            one_of(Proof, "proof", "attendance_policy_proof_known"),
            one_of(OffsetUnit, "unit", "attendance_policy_unit_known"),
            one_of(AbsenceAnchor, "anchor", "attendance_policy_anchor_known"),
            models.CheckConstraint(
                condition=Q(end__isnull=True) | Q(start__lt=F("end")), name="attendance_policy_has_days"
            ),
            models.CheckConstraint(
                condition=Q(delay__lte=F("refused_after")), name="attendance_policy_delays_ordered"
            ),
            models.CheckConstraint(
                condition=Q(carence_days__lte=F("late_carence_days")),
                name="attendance_policy_carence_ordered",
            ),
            models.UniqueConstraint(fields=["activity", "start"], name="attendance_policy_one_start"),
            models.UniqueConstraint(
                fields=["activity"], condition=Q(end__isnull=True), name="attendance_policy_one_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.proof} {self.activity_id}"

    @property
    def rule(self) -> Policy:
        """The same, as the rules read it."""
        return Policy(
            proof=Proof(self.proof),
            delay=self.delay,
            refused_after=self.refused_after,
            unit=OffsetUnit(self.unit),
            anchor=AbsenceAnchor(self.anchor),
            carence=self.carence_days,
            late_carence=self.late_carence_days,
        )


class AbsenceDeclaration(models.Model):
    """One child away over `[start, end)`: one act for all the bookings of those days, of all activities.

    `declared_at` is when the family asked (the date stamped at the counter), which the rules judge; `entered_at` when
    it was keyed. `needed` is the most that any activity asks; `prove_by` and `excuses_until` its limits as told to the
    family. `document_id` is a document's, opaque here. No medical detail, ever.
    """

    child = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="absences")
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="absences")
    start = models.DateField()
    end = models.DateField()
    reason = models.CharField(max_length=7, choices=choices_of(AbsenceReason))
    declared_at = models.DateTimeField()
    entered_at = models.DateTimeField()
    user_id = models.BigIntegerField(null=True)
    declared_by = models.CharField(max_length=200)
    needed = models.CharField(max_length=11, choices=choices_of(Proof))
    prove_by = models.DateTimeField(null=True)
    excuses_until = models.DateTimeField(null=True)
    signed_at = models.DateTimeField(null=True)
    honour_version = models.CharField(max_length=10, blank=True)
    document_id = models.BigIntegerField(null=True)
    received_at = models.DateTimeField(null=True)
    proof_state = models.CharField(max_length=10, choices=choices_of(ProofState))
    checked_at = models.DateTimeField(null=True)
    checked_by = models.CharField(max_length=200, blank=True)
    refusal = models.CharField(max_length=500, blank=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            one_of(AbsenceReason, "reason", "attendance_absence_reason_known"),
            one_of(Proof, "needed", "attendance_absence_needed_known"),
            one_of(ProofState, "proof_state", "attendance_absence_state_known"),
            models.CheckConstraint(condition=Q(start__lt=F("end")), name="attendance_absence_has_days"),
            models.CheckConstraint(
                condition=Q(signed_at__isnull=True, honour_version="")
                | (Q(signed_at__isnull=False) & ~Q(honour_version="")),
                name="attendance_absence_signed_text_known",
            ),
            models.CheckConstraint(
                condition=~Q(proof_state="RECEIVED")
                | Q(received_at__isnull=False, document_id__isnull=False),
                name="attendance_absence_received_has_document",
            ),
            models.CheckConstraint(
                condition=~Q(proof_state="REFUSED") | ~Q(refusal=""),
                name="attendance_absence_refusal_says_why",
            ),
            models.UniqueConstraint(
                fields=["document_id"],
                condition=Q(document_id__isnull=False),
                name="attendance_absence_document_once",
            ),
        ]
        indexes = [
            models.Index(fields=["household", "-start"], name="attendance_absences_of_home"),
            models.Index(
                fields=["received_at"], condition=Q(proof_state="RECEIVED"), name="attendance_to_check"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.child_id} {self.start} {self.end}"

    @property
    def reference(self) -> str:
        return reference("ABS", self.pk)

    @property
    def given(self) -> Justification:
        """What the family did, as the rules read it."""
        return Justification(self.declared_at, self.signed_at, self.received_at, ProofState(self.proof_state))


class AbsentBooking(models.Model):
    """A booking that an absence covers, and what it did to it."""

    declaration = models.ForeignKey(AbsenceDeclaration, on_delete=models.PROTECT, related_name="marks")
    booking = models.OneToOneField(Booking, on_delete=models.PROTECT, related_name="absence")
    mark = models.CharField(max_length=8, choices=choices_of(Mark))

    class Meta:
        constraints = [one_of(Mark, "mark", "attendance_mark_known")]

    def __str__(self) -> str:
        return f"{self.booking_id} {self.mark}"
