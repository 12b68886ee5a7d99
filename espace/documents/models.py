"""A deposited file and where it serves. The bytes are in `DOCUMENTS_DIR`, encrypted under the row's `file_id`."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from espace.documents.enums import DocumentKind, MediaType, ReviewState
from espace.families.models import Household
from espace.kernel.fields import choices_of, one_of


class Document(models.Model):
    """One file. `subject` is what it is about, given by the caller; the household that deposited it may read it.

    `name` is sealed: what a parent calls a file may tell an illness. `file_hash` is of the clear content.
    """

    file_id = models.UUIDField(unique=True, default=uuid.uuid4)
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="documents")
    depositor_id = models.BigIntegerField(null=True)
    depositor_label = models.CharField(max_length=200)
    subject_kind = models.CharField(max_length=30)
    subject_id = models.BigIntegerField()
    kind = models.CharField(max_length=20, choices=choices_of(DocumentKind))
    is_health = models.BooleanField()
    name = models.BinaryField()
    media_type = models.CharField(max_length=20, choices=choices_of(MediaType))
    size = models.PositiveIntegerField()
    file_hash = models.CharField(max_length=64)
    valid_until = models.DateField(null=True)
    review_state = models.CharField(
        max_length=8, choices=choices_of(ReviewState), default=ReviewState.WAITING
    )
    deposited_at = models.DateTimeField()
    purge_after = models.DateField()

    class Meta:
        constraints = [
            one_of(DocumentKind, "kind", "documents_kind_known"),
            one_of(MediaType, "media_type", "documents_media_type_known"),
            one_of(ReviewState, "review_state", "documents_review_state_known"),
            models.CheckConstraint(condition=Q(size__gt=0), name="documents_not_empty"),
        ]
        indexes = [models.Index(fields=["household", "-deposited_at"], name="documents_by_household")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class DocumentUse(models.Model):
    """Where a document serves. While it does, neither a person nor the purge erases it (I6): the database itself
    refuses, for this row points at it. `until`: the last day of that use, None for as long as it is not released."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="uses")
    purpose = models.CharField(max_length=30)
    subject_kind = models.CharField(max_length=30)
    subject_id = models.BigIntegerField()
    until = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["document", "purpose", "subject_kind", "subject_id"], name="documents_use_once"
            )
        ]
        indexes = [models.Index(fields=["subject_kind", "subject_id"], name="documents_by_use")]

    def __str__(self) -> str:
        return f"{self.purpose} {self.subject_kind} {self.subject_id}"
