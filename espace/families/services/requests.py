"""« Je n’ai pas de clé »: an account asks, the guichet finds the family, a letter goes to the address on file."""

from __future__ import annotations

from datetime import date

from django.db import IntegrityError, transaction

from espace.accounts.models import User
from espace.audit.services import record
from espace.families import errors, notices
from espace.families.enums import KeyRequestState
from espace.families.models import FamilyKey, Household, KeyRequest, Person
from espace.families.services.common import require
from espace.families.services.keys import issue_key
from espace.kernel import clock
from espace.kernel.actor import Actor, Permission
from espace.kernel.db import write_transaction
from espace.kernel.errors import NotFound


def request_key(
    actor: Actor,
    *,
    already_known: bool,
    child_first_name: str,
    child_last_name: str,
    child_birth_date: date,
    message: str = "",
) -> KeyRequest:
    """Asks the guichet for a key (or, `already_known` False, to open a file). One open request per account.

    `AlreadyLinked`, `RequestAlreadyOpen`, `NotBornYet`.
    """
    if actor.user_id is None or actor.on_behalf_of is not None:
        raise NotFound
    if Person.objects.filter(user_id=actor.user_id).exists():
        raise errors.AlreadyLinked
    if child_birth_date > clock.today():
        raise errors.NotBornYet
    with write_transaction():
        user = User.objects.get(pk=actor.user_id)
        try:
            with transaction.atomic():
                row = KeyRequest.objects.create(
                    user=user,
                    already_known=already_known,
                    child_first_name=child_first_name,
                    child_last_name=child_last_name,
                    child_birth_date=child_birth_date,
                    message=message,
                    created_at=clock.now(),
                )
        except IntegrityError:
            raise errors.RequestAlreadyOpen from None
        record(
            actor, "families.request_key", object_kind="key_request", object_id=row.pk,
            payload={"already_known": already_known},
        )  # fmt: skip
        notices.key_request_received(user)
    return row


def answer_key_request(
    actor: Actor,
    *,
    request_id: int,
    outcome: KeyRequestState,
    household: Household | None = None,
    adult: Person | None = None,
    answer: str = "",
) -> FamilyKey | None:
    """Answers a request: LETTER_SENT makes a key for that adult, at that household's address on file (its letter
    is then printed); NEW_FAMILY and REFUSED need an answer the person will read. The account is told by e-mail.

    `RequestAlreadyAnswered`, `ReasonRequired`, and what `issue_key` raises.
    """
    require(actor, Permission.KEYS)
    if outcome is KeyRequestState.OPEN or (outcome is KeyRequestState.LETTER_SENT) != (household is not None):
        raise ValueError("a letter goes to a household, and nothing else does")
    if outcome is not KeyRequestState.LETTER_SENT and not answer:
        raise errors.ReasonRequired
    with write_transaction():
        row = (
            KeyRequest.objects.select_for_update(of=("self",))
            .select_related("user")
            .filter(pk=request_id)
            .order_by("id")
            .first()
        )
        if row is None:
            raise NotFound
        if row.state != KeyRequestState.OPEN:
            raise errors.RequestAlreadyAnswered
        key = None
        if household is not None:
            if adult is None:
                raise errors.NotAnAdultHere
            key = issue_key(actor, household=household, adult=adult)
        row.state, row.answered_at, row.answer = outcome, clock.now(), answer[:500]
        row.save(update_fields=["state", "answered_at", "answer"])
        record(
            actor, "families.answer_key_request", object_kind="key_request", object_id=row.pk,
            household_id=household.pk if household else None, payload={"outcome": outcome.value}, reason=answer,
        )  # fmt: skip
        notices.key_request_answered(row)
    return key
