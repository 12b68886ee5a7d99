"""How a secret address is shown, the only time it is."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse

SCHEMES = ("https://", "http://")


def addresses_of(secret: str) -> dict[str, str]:
    """`address`: what is copied; `subscribe`: what a telephone opens by itself (webcal)."""
    address = f"{settings.PUBLIC_URL}{reverse('calendar_feed', args=[secret])}"
    subscribe = address
    for scheme in SCHEMES:
        subscribe = subscribe.replace(scheme, "webcal://", 1) if subscribe.startswith(scheme) else subscribe
    return {"address": address, "subscribe": subscribe}
