"""Passwords by CNIL 2022-100: 50 bits with throttled attempts.

So 8 characters from 3 of 4 classes at least, or a phrase: the CNIL counts 80 bits for seven words, 50 for five. Runs
and repeats, of which its formula knows nothing, are refused in both.
"""

from __future__ import annotations

import string

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from espace.accounts.errors import WeakPassword
from espace.accounts.models import User
from espace.accounts.rules import changes_in, distinct_words

MINIMUM_LENGTH = 8
PHRASE_LENGTH = 20
PHRASE_WORDS = 5
LEAST_CHANGES = 4


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
    """8 characters from 3 classes, or a phrase of 20 characters and five words; attempts are throttled elsewhere."""

    def validate(self, password: str, user: object | None = None) -> None:
        is_varied = len(password) >= MINIMUM_LENGTH and classes_of(password) >= 3
        is_phrase = len(password) >= PHRASE_LENGTH and distinct_words(password) >= PHRASE_WORDS
        if (is_varied or is_phrase) and changes_in(password) >= LEAST_CHANGES:
            return
        if is_varied:
            message = _("Ce mot de passe est une suite ou une répétition, facile à deviner. Changez-le.")
        elif len(password) >= PHRASE_LENGTH:
            message = _("Cette phrase est trop simple. Écrivez au moins cinq mots différents.")
        else:
            message = _(
                "Ce mot de passe est trop simple. Ajoutez des caractères ou d’autres sortes de signes."
            )
        raise ValidationError(message, code="password_too_weak")

    def get_help_text(self) -> str:
        return _(
            "Au moins 8 caractères, avec trois de ces quatre sortes : minuscules, majuscules, chiffres, "
            "autres signes. Ou une phrase d’au moins cinq mots différents et 20 caractères."
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
