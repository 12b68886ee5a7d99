"""People who sign in. A login is not a person of a family: `families.Person.user` makes the link."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from espace.accounts.enums import AttemptKind, SignUpStep
from espace.kernel.actor import Permission
from espace.kernel.fields import choices_of, one_of


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(username__iexact=username)


class User(AbstractBaseUser):
    """An account: its identifiers, and what the citizen declared of themselves when signing up."""

    username = models.CharField(max_length=60)
    email = models.EmailField(blank=True)
    first_name = models.CharField(max_length=80)
    last_name = models.CharField(max_length=80)
    birth_date = models.DateField(null=True)
    street = models.CharField(max_length=200, blank=True)
    street_extra = models.CharField(max_length=200, blank=True)
    postcode = models.CharField(max_length=10, blank=True)
    city = models.CharField(max_length=100, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    is_active = models.BooleanField(default=True)
    wants_reminders = models.BooleanField(default=True)
    date_joined = models.DateTimeField()

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("username"),
                name="accounts_username_once",
                violation_error_message="Ce nom d’utilisateur est déjà pris.",
            ),
        ]
        indexes = [models.Index(Lower("email"), name="accounts_by_email")]

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}"


class SignUpDraft(models.Model):
    """A sign-up that has not ended: nothing is an account until its last step. Purged when abandoned.

    `token` is the browser's (in its session); `code_hash` keyed hash of the code sent to `email`.
    """

    token = models.CharField(max_length=64, unique=True)
    email = models.EmailField(blank=True)
    step = models.CharField(max_length=12, choices=choices_of(SignUpStep), default=SignUpStep.EMAIL)
    code_hash = models.CharField(max_length=64, blank=True)
    code_sent_at = models.DateTimeField(null=True)
    code_expires_at = models.DateTimeField(null=True)
    code_tries = models.PositiveSmallIntegerField(default=0)
    email_verified_at = models.DateTimeField(null=True)
    answers = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True)

    class Meta:
        constraints = [
            one_of(SignUpStep, "step", "accounts_draft_step_known"),
            models.CheckConstraint(
                condition=Q(code_tries__lte=5),
                name="accounts_draft_five_tries",
                violation_error_message="Ce code a été essayé cinq fois : il ne sert plus.",
            ),
        ]
        indexes = [models.Index(fields=["updated_at"], name="accounts_draft_by_age")]

    def __str__(self) -> str:
        return f"{self.step} {self.created_at:%d/%m/%Y}"


class Attempt(models.Model):
    """One try at something throttled, shared by all workers. `subject` is a keyed hash, never a clear value."""

    kind = models.CharField(max_length=20, choices=choices_of(AttemptKind))
    subject = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        constraints = [one_of(AttemptKind, "kind", "accounts_attempt_kind_known")]
        indexes = [models.Index(fields=["kind", "subject", "at"], name="accounts_attempts")]

    def __str__(self) -> str:
        return f"{self.kind} {self.at}"


class CalendarAddress(models.Model):
    """The secret address at which a telephone reads an adult's calendar. One a person; only a keyed hash of it is kept.
    `with_limits`: the calendar also holds the last moments to cancel free of charge, with their alarms."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="calendar_address")
    key_hash = models.CharField(max_length=64, unique=True)
    with_limits = models.BooleanField(default=True)
    made_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "calendar addresses"

    def __str__(self) -> str:
        return f"{self.made_at:%d/%m/%Y}"


class RoleGrant(models.Model):
    """A permission given to an agent within a scope and a time `[start, end)`; no scope id is the whole town."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="role_grants")
    permission = models.CharField(max_length=24, choices=choices_of(Permission))
    scope_kind = models.CharField(max_length=20, default="TOWN")
    scope_id = models.BigIntegerField(null=True)
    start = models.DateField()
    end = models.DateField(null=True)

    class Meta:
        constraints = [
            one_of(Permission, "permission", "accounts_grant_permission_known"),
            models.CheckConstraint(
                condition=Q(end__isnull=True) | Q(start__lt=F("end")), name="accounts_grant_has_days"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.permission} {self.scope_kind}"
