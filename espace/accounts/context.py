"""Gives every template the person who looks at it."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from espace.kernel.actor import VISITOR, Actor
from espace.ui.items import Viewer


def viewer(request: HttpRequest) -> dict[str, object]:
    """`viewer`: who looks, and where they sign in, out, or see their account. No query.

    The name of the family an agent acts for is known above us: a face that shows it replaces `acting_for`.
    """
    actor: Actor = getattr(request, "actor", VISITOR)
    return {
        "viewer": Viewer(
            signed_in=actor.user_id is not None,
            name=actor.label if actor.user_id is not None else "",
            is_agent=actor.is_agent,
            acting_for=_("cette famille") if actor.on_behalf_of is not None else None,
            acting_url=reverse("agent_stop_acting") if actor.on_behalf_of is not None else "",
            account_url=reverse("account"),
            login_url=reverse("sign_in"),
            logout_url=reverse("sign_out"),
        )
    }
