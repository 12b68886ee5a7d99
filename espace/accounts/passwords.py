"""Passwords by CNIL 2022-100: 50 bits with throttled attempts, so 8 characters from 3 of 4 classes at least."""

from __future__ import annotations

import string

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from espace.accounts.errors import WeakPassword
from espace.accounts.models import User

MINIMUM_LENGTH = 8
PHRASE_LENGTH = 20


def classes_of(password: str) -> int:
    """How many of: lower case, upper case, digits, others."""
    return sum(
        (
            any(c.islower() for c in password),
            any(c.isupper() for c in password),
            any(c in string.digits for c in password),
            any(not c.isalnum() for c in password),
        )
    )


class CnilPasswordValidator:
    """8 characters from 3 classes, or a phrase of 20 characters; attempts are throttled elsewhere."""

    def validate(self, password: str, user: object | None = None) -> None:
        if len(password) >= PHRASE_LENGTH:
            return
        if len(password) < MINIMUM_LENGTH or classes_of(password) < 3:
            raise ValidationError(
                _("Ce mot de passe est trop simple. Ajoutez des caractères ou d’autres sortes de signes."),
                code="password_too_weak",
            )

    def get_help_text(self) -> str:
        return _(
            "Au moins 8 caractères, avec trois de ces quatre sortes : minuscules, majuscules, chiffres, "
            "autres signes. Ou une phrase d’au moins 20 caractères."
        )


LONGEST = 200  # beyond, hashing is a way to keep a server busy


def refuse_weak_password(
    password: str, *, username: str, email: str, first_name: str, last_name: str
) -> None:
    """Raises WeakPassword, with its reasons in French, for a password that our rules refuse for that person."""
    if len(password) > LONGEST:
        raise WeakPassword(reasons=[_("Un mot de passe a 200 caractères au plus.")])
    about = User(username=username, email=email, first_name=first_name, last_name=last_name)
    try:
        validate_password(password, about)
    except ValidationError as refused:
        raise WeakPassword(reasons=list(refused.messages)) from None
