"""The outbox: a message is a row written in the transaction of the fact it tells (decision 6)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from espace.kernel.fields import choices_of, one_of
from espace.notifications.enums import Lane, MessageState


class OutboxMessage(models.Model):
    """An e-mail to send. The recipient is a value: what was decided then, not what an account says now."""

    recipient = models.EmailField()
    user_id = models.BigIntegerField(null=True)
    household_id = models.BigIntegerField(null=True)
    kind = models.CharField(max_length=60)
    lane = models.CharField(max_length=8, choices=choices_of(Lane), default=Lane.NOTICE)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    attachment_name = models.CharField(max_length=100, blank=True)
    attachment_type = models.CharField(max_length=60, blank=True)
    attachment = models.BinaryField(null=True)
    reply_to = models.EmailField(blank=True)
    message_id = models.CharField(max_length=120, unique=True)
    state = models.CharField(max_length=8, choices=choices_of(MessageState), default=MessageState.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    last_error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            one_of(MessageState, "state", "notifications_state_known"),
            one_of(Lane, "lane", "notifications_lane_known"),
            models.CheckConstraint(
                condition=Q(state="SENT", sent_at__isnull=False)
                | (~Q(state="SENT") & Q(sent_at__isnull=True)),
                name="notifications_sent_has_its_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["lane", "next_attempt_at"], condition=Q(state="PENDING"), name="notifications_to_send"
            ),
            models.Index(fields=["household_id", "-created_at"], name="notifications_by_household"),
            models.Index(fields=["user_id", "-created_at"], name="notifications_by_user"),
            models.Index(fields=["-created_at"], condition=Q(state="FAILED"), name="notifications_failed"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} ({self.state})"
