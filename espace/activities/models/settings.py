"""What a town sets about an activity beyond its tiers: who books from when, and what extended a limit once."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from espace.activities.models.offer import Activity, Period
from espace.families.enums import TariffCategory
from espace.kernel.fields import choices_of, one_of


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
