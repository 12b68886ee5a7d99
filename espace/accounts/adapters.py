"""Where allauth meets us: no sign-up of its own, mail only through the outbox, sign-ins journaled."""

from __future__ import annotations

from typing import Any, cast

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from espace.accounts.models import User
from espace.accounts.queries import has_grants, username_of
from espace.audit.services import record
from espace.kernel.actor import VISITOR, Actor, Channel
from espace.kernel.crypto import keyed_hash, seal, unseal
from espace.kernel.db import write_transaction
from espace.notifications.services import enqueue

TOTP_SECRET = "second-factor"  # noqa: S105 - the purpose of a key, not a secret
_MISMATCH = _("Ce nom d’utilisateur et ce mot de passe ne vont pas ensemble. Vérifiez les deux.")
_TOO_MANY = _("Trop d’essais. Attendez quelques minutes, puis réessayez.")


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Sign-up is ours (`accounts.services`), so allauth's is closed."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": _MISMATCH,
        "email_password_mismatch": _MISMATCH,
        "account_inactive": _MISMATCH,
        "too_many_login_attempts": _TOO_MANY,
        "rate_limited": _TOO_MANY,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Whatever allauth has to say goes in the outbox, as everything else."""
        message = self.render_mail(template_prefix, email, context)
        with write_transaction():
            enqueue(
                recipient=email,
                kind=f"accounts.{template_prefix.rpartition('/')[2]}"[:60],
                subject=str(message.subject),
                body=str(message.body),
            )

    def format_email_subject(self, subject: str) -> str:
        return str(subject)

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """allauth's own remarks are not ours: our views say what they did."""

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Our own forms ask for the current password where it matters, in the page itself."""
        return False

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """One count an account, whether its user name or its address is typed."""
        typed = str(credentials.get("username") or "")
        key = super()._get_login_attempts_cache_key(request, **credentials | {"username": username_of(typed)})
        return str(key)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Journals a failed sign-in; what was typed may be a password, so only its keyed hash stays."""
        typed = str(credentials.get("username") or "").lower()
        with write_transaction():
            record(
                VISITOR,
                "accounts.sign_in_failed",
                object_kind="user",
                payload={"typed": keyed_hash("sign-in", typed)},
            )

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """Journals the sign-in."""
        with write_transaction():
            actor = Actor(user.pk, str(user), Channel.PORTAL)
            record(actor, "accounts.sign_in", object_kind="user", object_id=user.pk)
        return cast(HttpResponse, super().post_login(request, user, **kwargs))

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        """A closed account reads the sentence of a wrong password: nothing tells it exists."""
        messages.error(request, str(_MISMATCH))
        return redirect("sign_in")

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Agents go to their own face, families to theirs."""
        user_id = request.user.pk
        if user_id is not None and has_grants(user_id):
            return "/agents/"
        return str(super().get_login_redirect_url(request))


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets sealed at rest; our words; the user name rather than the address on the agent's telephone."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("Ce code n’est pas le bon. Attendez le suivant, puis réessayez."),
    }

    def encrypt(self, text: str) -> str:
        return seal(TOTP_SECRET, text).hex()

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(TOTP_SECRET, bytes.fromhex(encrypted_text))

    def get_totp_label(self, user: User) -> str:
        return user.username
