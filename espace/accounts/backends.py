"""Signing in by user name, or by an e-mail address that a single account holds."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.http import HttpRequest

from espace.accounts.models import User
from espace.accounts.queries import username_of


class UsernameOrEmailBackend(AuthenticationBackend):  # type: ignore[misc]
    """Two adults of a household may share a mailbox: the address then opens neither, the user name opens one.

    allauth refuses sign-in by e-mail when addresses are not unique, so the address is turned into the user
    name here; the password is checked once whatever was typed, so the time taken tells nothing.
    """

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> User | None:
        credentials["username"] = username_of(str(credentials.get("username") or ""))
        user: User | None = super().authenticate(request, **credentials)
        return user
