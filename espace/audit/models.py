"""The journal's rows. Inserted unchained; the worker seals them in order (decision 7, I40)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class AuditEvent(models.Model):
    """One act: who, what, on what, why. `payload` may be erased by law; `digest` keeps the chain provable."""

    at = models.DateTimeField()
    user_id = models.BigIntegerField(null=True)
    actor_label = models.CharField(max_length=200)
    on_behalf_of = models.BigIntegerField(null=True)
    channel = models.CharField(max_length=10)
    action = models.CharField(max_length=60)
    object_kind = models.CharField(max_length=40)
    object_id = models.BigIntegerField(null=True)
    household_id = models.BigIntegerField(null=True)
    payload = models.JSONField(null=True)
    reason = models.CharField(max_length=500, blank=True)
    request_id = models.CharField(max_length=40)
    salt = models.CharField(max_length=32)
    digest = models.CharField(max_length=64)
    seal_number = models.BigIntegerField(null=True)
    seal = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["seal_number"], name="audit_one_event_per_seal_number"),
            models.CheckConstraint(
                condition=Q(seal_number__isnull=True, seal="") | (Q(seal_number__isnull=False) & ~Q(seal="")),
                name="audit_seal_and_number_together",
            ),
        ]
        indexes = [
            models.Index(fields=["household_id", "-at"], name="audit_by_household"),
            models.Index(fields=["id"], condition=Q(seal_number__isnull=True), name="audit_to_seal"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%d/%m/%Y %H:%M} {self.actor_label} {self.action}"
