"""The root of every refusal the house can pronounce.

An app's `errors.py` declares one class per reason, with the French sentence (a gettext msgid) the person will
read; a view shows `_(error.message) % error.params`. A programming mistake is not a refusal: it stays a
`ValueError` and must never reach a screen.
"""

from __future__ import annotations

from typing import ClassVar


class Refusal(Exception):
    """Something asked for is not possible; `message` says why in plain French, `params` fill its %(name)s."""

    message: ClassVar[str] = ""

    def __init__(self, **params: object) -> None:
        super().__init__(self.message)
        self.params = params

    def __str__(self) -> str:
        return self.message % self.params if self.params else self.message


class NotFound(LookupError):
    """What is asked for does not exist, or is not this actor's to see: the same answer, a 404, for both."""
