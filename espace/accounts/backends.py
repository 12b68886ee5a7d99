"""Signing in by user name, or by an e-mail address that a single account holds."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.http import HttpRequest

from espace.accounts.models import User


class UsernameOrEmailBackend(AuthenticationBackend):  # type: ignore[misc]
    """Two adults of a household may share a mailbox: the address then opens neither, the user name opens one.

    allauth refuses sign-in by e-mail when addresses are not unique, so the address is turned into the user
    name here; the password is checked once whatever was typed, so the time taken tells nothing.
    """

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> User | None:
        typed = str(credentials.get("username") or "")
        if "@" in typed:
            names = list(
                User.objects.filter(email__iexact=typed, is_active=True)
                .order_by("id")
                .values_list("username", flat=True)[:2]
            )
            credentials["username"] = names[0] if len(names) == 1 else typed
        user: User | None = super().authenticate(request, **credentials)
        return user
