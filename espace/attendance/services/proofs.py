"""Proving an absence: a certificate kept as a health document, or a signature on one's honour; and reading it."""

from __future__ import annotations

from datetime import date

from espace.attendance import notices
from espace.attendance.enums import Proof, ProofState
from espace.attendance.errors import (
    AlreadySigned,
    NothingToCheck,
    NotSigned,
    ProofAlreadyAccepted,
    ProofNotNeeded,
    RefusalNeedsReason,
)
from espace.attendance.models import AbsenceDeclaration
from espace.attendance.queries.absences import absence_for, declaration_for, views_of
from espace.attendance.queries.desk import declaration_at_desk_for
from espace.attendance.rules import HONOUR_VERSION
from espace.attendance.services.absences import asked, locked
from espace.audit import services as audit
from espace.bookings.services.places import lock_children
from espace.documents import services as documents
from espace.documents.enums import DocumentKind, ReviewState
from espace.documents.services import Subject, Upload
from espace.kernel import clock
from espace.kernel.actor import Actor
from espace.kernel.db import write_transaction

PURPOSE = "absence_proof"
SUBJECT = "absence"


def send_certificate(
    actor: Actor, *, declaration_id: int, upload: Upload, stamped_on: date | None = None
) -> AbsenceDeclaration:
    """Takes the certificate of an absence. Late, it is taken all the same: what it still changes is for the rules.

    A certificate not read yet is replaced, and counts from its own first deposit; after a refusal, from the new one.
    Raises `NotFound`, `ProofNotNeeded`, `ProofAlreadyAccepted`, `StampedTomorrow`, the documents' refusals.
    """
    received_at = asked(actor, stamped_on)
    declaration_for(actor, declaration_id)
    with write_transaction():
        declaration = locked(actor, declaration_id)
        if declaration.needed != Proof.CERTIFICATE:
            raise ProofNotNeeded
        if declaration.proof_state == ProofState.ACCEPTED:
            raise ProofAlreadyAccepted
        subject, before = Subject(SUBJECT, declaration.pk), declaration.document_id
        document = documents.deposit(
            actor,
            household_id=declaration.household_id,
            kind=DocumentKind.ABSENCE_PROOF,
            subject=subject,
            upload=upload,
        )
        documents.use(document, purpose=PURPOSE, subject=subject)
        if declaration.proof_state != ProofState.RECEIVED or declaration.received_at is None:
            declaration.received_at = received_at
        declaration.document_id, declaration.proof_state = document.pk, ProofState.RECEIVED
        declaration.refusal, declaration.checked_at, declaration.checked_by = "", None, ""
        declaration.save()
        if before is not None:
            documents.release(actor, document_id=before, purpose=PURPOSE, subject=subject)
        _record(actor, "attendance.send_proof", declaration)
        notices.tell_proof(absence_for(actor, declaration_id))
    return declaration


def sign(
    actor: Actor, *, declaration_id: int, agreed: bool, stamped_on: date | None = None
) -> AbsenceDeclaration:
    """Signs an absence on one's honour. Raises `NotFound`, `ProofNotNeeded`, `AlreadySigned`, `NotSigned`,
    `StampedTomorrow`."""
    signed_at = asked(actor, stamped_on)
    declaration_for(actor, declaration_id)
    with write_transaction():
        declaration = locked(actor, declaration_id)
        if declaration.signed_at is not None:
            raise AlreadySigned
        if not absence_for(actor, declaration_id).may_sign:
            raise ProofNotNeeded
        if not agreed:
            raise NotSigned
        declaration.signed_at, declaration.honour_version = signed_at, HONOUR_VERSION
        if declaration.needed == Proof.DECLARATION:
            declaration.proof_state = ProofState.ACCEPTED
        declaration.save()
        _record(actor, "attendance.sign_absence", declaration)
    return declaration


def check_proof(
    actor: Actor, *, declaration_id: int, document_id: int, accept: bool, reason: str = ""
) -> AbsenceDeclaration:
    """An agent of health accepts the certificate they read, or refuses it with a reason told to the family.

    `document_id` is the one they had before them: another one sent meanwhile waits. Raises `NotFound`,
    `NothingToCheck`, `RefusalNeedsReason`.
    """
    found = declaration_at_desk_for(actor, declaration_id)
    reason = reason.strip()
    if not accept and not reason:
        raise RefusalNeedsReason
    with write_transaction():
        lock_children([found.child_id])
        declaration = declaration_at_desk_for(actor, declaration_id)
        if declaration.proof_state != ProofState.RECEIVED or declaration.document_id != document_id:
            raise NothingToCheck
        declaration.proof_state = ProofState.ACCEPTED if accept else ProofState.REFUSED
        declaration.refusal = "" if accept else reason
        declaration.checked_at, declaration.checked_by = clock.now(), actor.label
        declaration.save()
        documents.set_review(document_id, ReviewState.ACCEPTED if accept else ReviewState.REFUSED)
        _record(actor, "attendance.accept_proof" if accept else "attendance.refuse_proof", declaration)
        notices.tell_proof(views_of([declaration])[0])
    return declaration


def _record(actor: Actor, action: str, declaration: AbsenceDeclaration) -> None:
    """Neither the document nor the reason is in the journal: one may be told in words of health."""
    audit.record(
        actor, action, object_kind="absence", object_id=declaration.pk, household_id=declaration.household_id
    )  # fmt: skip
