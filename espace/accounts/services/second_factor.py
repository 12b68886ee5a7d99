"""The agents' second factor: a TOTP secret on their telephone, ten recovery codes on paper. allauth does the sums."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, validate_totp_code

from espace.accounts import errors
from espace.accounts.enums import AttemptKind
from espace.accounts.services.attempts import count_attempt
from espace.accounts.services.users import locked_user
from espace.audit.services import record
from espace.kernel.actor import Actor
from espace.kernel.db import write_transaction

TRIES = 5
WITHIN = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class FactorGiven:
    """Which authenticator answered: what the session records."""

    authenticator_id: int
    kind: str


def set_up_second_factor(actor: Actor, *, secret: str, code: str) -> FactorGiven:
    """Keeps the secret once a code proves the telephone has it, and makes the recovery codes.

    Raises WrongFactorCode, TooManyAttempts, FactorAlreadySet.
    """
    _count(actor)
    if not validate_totp_code(secret, code):
        raise errors.WrongFactorCode
    with write_transaction():
        user = locked_user(actor)
        if Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists():
            raise errors.FactorAlreadySet
        totp = TOTP.activate(user, secret).instance
        RecoveryCodes.activate(user)
        record(actor, "accounts.set_up_second_factor", object_kind="user", object_id=user.pk)
    return FactorGiven(totp.pk, str(totp.type))


def give_second_factor(actor: Actor, *, code: str) -> FactorGiven:
    """Checks a code of the telephone, else a recovery code, which then is spent.

    Raises WrongFactorCode, TooManyAttempts.
    """
    _count(actor)
    with write_transaction():
        kinds = [Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES]
        for factor in Authenticator.objects.filter(user_id=actor.user_id, type__in=kinds).order_by(
            "-type", "id"
        ):
            if factor.wrap().validate_code(code):
                factor.record_usage()
                record(
                    actor,
                    "accounts.give_second_factor",
                    object_kind="user",
                    object_id=actor.user_id,
                    payload={"kind": str(factor.type)},
                )
                return FactorGiven(factor.pk, str(factor.type))
    raise errors.WrongFactorCode


def renew_recovery_codes(actor: Actor) -> None:
    """Replaces the recovery codes: the old ones no longer serve."""
    with write_transaction():
        user = locked_user(actor)
        Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).delete()
        RecoveryCodes.activate(user)
        record(actor, "accounts.renew_recovery_codes", object_kind="user", object_id=user.pk)


def _count(actor: Actor) -> None:
    subject = f"second-factor:{actor.user_id}"
    if not count_attempt(AttemptKind.IDENTITY_CHECK, subject, limit=TRIES, within=WITHIN):
        raise errors.TooManyAttempts
