"""What a town sets about an activity beyond its deadlines: who books from when."""

from __future__ import annotations

from django.db import models

from espace.activities.models.offer import Period
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
