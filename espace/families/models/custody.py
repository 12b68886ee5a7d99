"""Who answers for a child on each day: arrangements and the exceptions to them (I2)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from espace.families.enums import CustodyKind, HolidayRule
from espace.families.models.people import Household, Person, has_days
from espace.kernel.fields import choices_of, one_of


class CustodyArrangement(models.Model):
    """Who answers for the child on each date (I2). `owners` are household ids: one for SINGLE, two for
    ISO_PARITY (even week, odd week), one a day for CYCLE counted from `cycle_start`. Where the holidays are divided,
    `holiday_first` has the first part of those that begin in an even year."""

    child = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="custody")
    kind = models.CharField(max_length=10, choices=choices_of(CustodyKind))
    owners = models.JSONField()
    cycle_start = models.DateField(null=True)
    holiday_rule = models.CharField(max_length=24, choices=choices_of(HolidayRule), default=HolidayRule.NONE)
    holiday_first = models.ForeignKey(Household, on_delete=models.PROTECT, null=True, related_name="+")
    holiday_second = models.ForeignKey(Household, on_delete=models.PROTECT, null=True, related_name="+")
    start = models.DateField()
    end = models.DateField(null=True)

    class Meta:
        constraints = [
            one_of(CustodyKind, "kind", "families_custody_kind_known"),
            has_days("families_custody_has_days"),
            models.UniqueConstraint(
                fields=["child"],
                condition=Q(end__isnull=True),
                name="families_custody_one_open",
                violation_error_message="La garde de cet enfant est déjà décrite : terminez-la d’abord.",
            ),
            models.CheckConstraint(
                condition=~Q(kind="CYCLE") | Q(cycle_start__isnull=False),
                name="families_custody_cycle_has_start",
            ),
            one_of(HolidayRule, "holiday_rule", "families_custody_holiday_rule_known"),
            models.CheckConstraint(
                condition=Q(
                    holiday_rule=HolidayRule.NONE, holiday_first__isnull=True, holiday_second__isnull=True
                )
                | (
                    ~Q(holiday_rule=HolidayRule.NONE)
                    & Q(holiday_first__isnull=False, holiday_second__isnull=False)
                    & ~Q(holiday_first=F("holiday_second"))
                ),
                name="families_custody_holidays_between_two",
                violation_error_message="Les vacances se partagent entre deux foyers.",
            ),
            models.UniqueConstraint(fields=["child", "start"], name="families_custody_one_start"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.child_id}"


class CustodyException(models.Model):
    """Days `[start, end)` when one household answers for the child, whatever the arrangement says. Two never share a
    day (I2): the service sees to it, under the child's lock."""

    child = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="custody_exceptions")
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="+")
    start = models.DateField()
    end = models.DateField()
    reason = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(start__lt=F("end")), name="families_exception_has_days"),
            models.UniqueConstraint(fields=["child", "start"], name="families_exception_one_start"),
            models.UniqueConstraint(fields=["child", "end"], name="families_exception_one_end"),
        ]

    def __str__(self) -> str:
        return f"{self.start} – {self.end}"
