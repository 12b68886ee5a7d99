"""What must be hidden from whom. Nothing of it is ever shown to the person it is hidden from."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from espace.families.models.people import Person, has_days


class ProtectionMeasure(models.Model):
    """A child or an adult is hidden from a person, `[start, end)`. `evidence` (an order, a complaint) is sealed, and
    each reading of it is journaled."""

    protected = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="protections")
    hidden_from = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="kept_from")
    start = models.DateField()
    end = models.DateField(null=True)
    evidence = models.BinaryField()
    recorded_at = models.DateTimeField()
    recorded_by = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            has_days("families_protection_has_days"),
            models.CheckConstraint(
                condition=~Q(protected=F("hidden_from")), name="families_protection_of_someone_else"
            ),
            models.UniqueConstraint(
                fields=["protected", "hidden_from"],
                condition=Q(end__isnull=True),
                name="families_protection_one_open",
            ),
        ]

    def __str__(self) -> str:
        return f"measure {self.pk}"
