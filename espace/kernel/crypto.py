"""Keyed hashes and encryption at rest, from keys derived from the secret of the installation.

`keyed_hash` finds a secret without storing it (Clé Enfance, codes); `seal`/`unseal` hold what must be read
again (AES-GCM, bound to the name of its purpose so that a value cannot be moved to another column).
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings


class Unreadable(ValueError):
    """A sealed value does not open with this installation's key for that purpose."""


def _key(purpose: str) -> bytes:
    return hashlib.blake2b(purpose.encode(), key=settings.SECRET_KEY.encode()[:64], digest_size=32).digest()


def keyed_hash(purpose: str, value: str) -> str:
    """64 hex digits; the same for the same purpose and value, useless without the installation's key."""
    return hmac.new(_key(purpose), value.encode(), hashlib.sha256).hexdigest()


def seal(purpose: str, text: str) -> bytes:
    """Encrypts `text`; two calls never give the same bytes."""
    return seal_bytes(purpose, text.encode(), bound_to=purpose)


def unseal(purpose: str, sealed: bytes) -> str:
    """The text sealed for that purpose, or `Unreadable`."""
    return unseal_bytes(purpose, sealed, bound_to=purpose).decode()


def seal_bytes(purpose: str, content: bytes, *, bound_to: str) -> bytes:
    """Encrypts a file's content; it opens only under the same `bound_to` (the id of its row), so that a file put in
    another's place is noticed."""
    nonce = secrets.token_bytes(12)
    return nonce + AESGCM(_key(purpose)).encrypt(nonce, content, bound_to.encode())


def unseal_bytes(purpose: str, sealed: bytes, *, bound_to: str) -> bytes:
    """What was sealed for that purpose and that row, or `Unreadable`."""
    data = bytes(sealed)
    try:
        return AESGCM(_key(purpose)).decrypt(data[:12], data[12:], bound_to.encode())
    except (InvalidTag, ValueError):  # a truncated file has no whole nonce
        raise Unreadable(purpose) from None
