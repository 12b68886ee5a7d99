"""The closing of a month: nothing of that month changes for billing without re-opening it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

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
