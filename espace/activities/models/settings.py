"""What a town sets about an activity beyond its tiers: openings, extensions, admissions, staffing."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from espace.activities.enums import ActivityKind
from espace.activities.models.offer import Activity, Period
from espace.families.enums import TariffCategory
from espace.kernel.fields import choices_of, one_of
from espace.town.models import School


class PeriodOpening(models.Model):
    """From when the families of a tariff category book a period; the others from `Period.opens_at`."""

    period = models.ForeignKey(Period, on_delete=models.CASCADE, related_name="openings")
    category = models.CharField(max_length=12, choices=choices_of(TariffCategory))
    opens_at = models.DateTimeField()

    class Meta:
        constraints = [
            one_of(TariffCategory, "category", "activities_opening_category_known"),
            models.UniqueConstraint(
                fields=["period", "category"],
                name="activities_opening_once_a_category",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.category} {self.opens_at}"


class DeadlineExtension(models.Model):
    """The portal was down from `start` to `end`: limits in time that fell then hold until `until`, for one activity or
    for all. Never changed: what it made in time stays so."""

    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, null=True, related_name="extensions")
    start = models.DateTimeField()
    end = models.DateTimeField()
    until = models.DateTimeField()
    reason = models.CharField(max_length=200)
    declared_at = models.DateTimeField()
    declared_by = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(start__lt=F("end"), end__lte=F("until")), name="activities_extension_in_order"
            ),
        ]

    def __str__(self) -> str:
        return self.reason


class AdmissionRule(models.Model):
    """Who may enrol in an activity over `[start, end)`: one of its rules must hold, all of that rule's criteria. An
    empty criterion asks nothing; ages are completed years, both included.

    The canteen is open to every pupil whatever the family's situation (L131-13 of the code de l'éducation): it may ask
    an age or a school, nothing else. `activity_kind` repeats the activity's so that the database itself refuses.
    """

    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="admissions")
    activity_kind = models.CharField(max_length=16, choices=choices_of(ActivityKind))
    min_age = models.PositiveSmallIntegerField(null=True)
    max_age = models.PositiveSmallIntegerField(null=True)
    school = models.ForeignKey(School, on_delete=models.PROTECT, null=True)
    category = models.CharField(max_length=12, choices=choices_of(TariffCategory), blank=True)
    start = models.DateField()
    end = models.DateField(null=True)

    class Meta:
        constraints = [
            one_of(ActivityKind, "activity_kind", "activities_admission_kind_known"),
            models.CheckConstraint(
                condition=Q(category="") | Q(category__in=list(TariffCategory)),
                name="activities_admission_category_known",
            ),
            models.CheckConstraint(
                condition=~Q(activity_kind="CANTEEN") | Q(category=""),
                name="activities_admission_canteen_for_all",
            ),
            models.CheckConstraint(
                condition=Q(min_age__isnull=False)
                | Q(max_age__isnull=False)
                | Q(school__isnull=False)
                | ~Q(category=""),
                name="activities_admission_asks_something",
            ),
            models.CheckConstraint(
                condition=Q(min_age__isnull=True) | Q(max_age__isnull=True) | Q(min_age__lte=F("max_age")),
                name="activities_admission_ages_ordered",
            ),
            models.CheckConstraint(
                condition=Q(end__isnull=True) | Q(start__lt=F("end")), name="activities_admission_has_days"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.activity_id} {self.min_age}-{self.max_age} {self.category}"


class StaffingRatio(models.Model):
    """Children for one adult, under six and from six (R227-16 of the code de l'action sociale gives the law's): data."""

    activity = models.OneToOneField(Activity, on_delete=models.CASCADE, related_name="ratio")
    under_six = models.PositiveSmallIntegerField()
    from_six = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(under_six__gte=1, from_six__gte=1), name="activities_ratio_at_least_one"
            )
        ]

    def __str__(self) -> str:
        return f"1/{self.under_six} 1/{self.from_six}"
