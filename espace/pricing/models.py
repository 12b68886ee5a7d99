"""Tariff plans as voted: dated, tied to a deliberation; `pricing.rules` does the arithmetic."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from espace.families.enums import TariffCategory
from espace.kernel.fields import choices_of, one_of
from espace.kernel.money import Rounding
from espace.pricing.enums import ModifierKind, ModifierMode, Per, PlanState, RuleKind


class TariffPlan(models.Model):
    name = models.CharField(max_length=100)
    deliberation_ref = models.CharField(max_length=100)
    start = models.DateField()
    end = models.DateField(null=True)
    state = models.CharField(max_length=6, choices=choices_of(PlanState), default=PlanState.DRAFT)

    class Meta:
        constraints = [
            one_of(PlanState, "state", "pricing_plan_state_known"),
            models.CheckConstraint(
                condition=Q(end__isnull=True) | Q(start__lt=F("end")), name="pricing_plan_has_days"
            ),
            models.UniqueConstraint(
                fields=["state"],
                condition=Q(state="ACTIVE", end__isnull=True),
                name="pricing_one_open_active_plan",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class TariffRule(models.Model):
    """The price of one unit code. Unit prices in ten-thousandths of a euro; effort rate as in `pricing.rules`."""

    plan = models.ForeignKey(TariffPlan, on_delete=models.CASCADE, related_name="rules")
    code = models.CharField(max_length=30)
    label = models.CharField(max_length=100)
    per = models.CharField(max_length=9, choices=choices_of(Per))
    kind = models.CharField(max_length=11, choices=choices_of(RuleKind))
    unit_price = models.BigIntegerField(null=True)
    rate = models.BigIntegerField(null=True)
    minimum = models.BigIntegerField(null=True)
    maximum = models.BigIntegerField(null=True)
    rounding = models.CharField(max_length=9, choices=choices_of(Rounding), default=Rounding.HALF_UP)
    position = models.PositiveSmallIntegerField(default=1)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "code"], name="pricing_rule_once_a_plan"),
            one_of(Per, "per", "pricing_per_known"),
            one_of(RuleKind, "kind", "pricing_rule_kind_known"),
            models.CheckConstraint(
                condition=~Q(kind="FIXED") | Q(unit_price__isnull=False), name="pricing_fixed_has_price"
            ),
            models.CheckConstraint(
                condition=~Q(kind="EFFORT_RATE") | Q(rate__isnull=False), name="pricing_effort_has_rate"
            ),
        ]

    def __str__(self) -> str:
        return self.label


class TariffBracket(models.Model):
    """`[qf_min, qf_max)` in hundredths of a euro; an open last bracket has no maximum."""

    rule = models.ForeignKey(TariffRule, on_delete=models.CASCADE, related_name="brackets")
    category = models.CharField(max_length=12, choices=choices_of(TariffCategory))
    qf_min = models.PositiveIntegerField()
    qf_max = models.PositiveIntegerField(null=True)
    unit_price = models.BigIntegerField()

    class Meta:
        ordering = ["category", "qf_min"]
        constraints = [
            one_of(TariffCategory, "category", "pricing_bracket_category_known"),
            models.UniqueConstraint(fields=["rule", "category", "qf_min"], name="pricing_bracket_once"),
            models.CheckConstraint(
                condition=Q(qf_max__isnull=True) | Q(qf_min__lt=F("qf_max")),
                name="pricing_bracket_has_quotients",
            ),
            models.CheckConstraint(condition=Q(unit_price__gte=0), name="pricing_bracket_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.category} {self.qf_min}"


class TariffModifier(models.Model):
    """An ordered change to a price. `value`: basis points for PERCENT, ten-thousandths of a euro otherwise.

    Ranks are both included (SIBLING); `minimum` is the floor of the price it changes, in ten-thousandths of a euro.
    """

    plan = models.ForeignKey(TariffPlan, on_delete=models.CASCADE, related_name="modifiers")
    code = models.CharField(max_length=30, blank=True)
    order = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=13, choices=choices_of(ModifierKind))
    mode = models.CharField(max_length=11, choices=choices_of(ModifierMode))
    value = models.BigIntegerField()
    min_rank = models.PositiveSmallIntegerField(null=True)
    max_rank = models.PositiveSmallIntegerField(null=True)
    minimum = models.BigIntegerField(default=0)
    label = models.CharField(max_length=100)

    class Meta:
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "order"], name="pricing_modifier_order_once"),
            one_of(ModifierKind, "kind", "pricing_modifier_kind_known"),
            one_of(ModifierMode, "mode", "pricing_modifier_mode_known"),
        ]

    def __str__(self) -> str:
        return self.label
