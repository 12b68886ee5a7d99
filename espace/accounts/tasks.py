"""What the worker does for accounts."""

from espace.accounts.services import attempts, sign_up


def purge_drafts() -> int:
    """Forgets the sign-ups left for seven days and the tries too old to matter; returns how many drafts."""
    attempts.purge_attempts()
    return sign_up.purge_drafts()
