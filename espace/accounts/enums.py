"""States of an account's life."""

from enum import StrEnum


class SignUpStep(StrEnum):
    """The steps of « Créer mon espace », in order; the Clé Enfance may wait."""

    EMAIL = "EMAIL"
    CODE = "CODE"
    IDENTITY = "IDENTITY"
    ADDRESS = "ADDRESS"
    CONTACT = "CONTACT"
    CREDENTIALS = "CREDENTIALS"


class AttemptKind(StrEnum):
    """What is throttled across workers, beside allauth's own sign-in limits."""

    SIGN_UP_CODE = "SIGN_UP_CODE"
    SIGN_UP_EMAIL = "SIGN_UP_EMAIL"
    FAMILY_KEY = "FAMILY_KEY"
    EMAIL_CHANGE = "EMAIL_CHANGE"
    EMAIL_CHANGE_CODE = "EMAIL_CHANGE_CODE"
    FORGOTTEN = "FORGOTTEN"
    IDENTITY_CHECK = "IDENTITY_CHECK"
    CALENDAR = "CALENDAR"
