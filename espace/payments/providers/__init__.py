"""Providers of payment, one folder each, chosen by `settings.PAYMENT_PROVIDER`."""

from __future__ import annotations

from django.conf import settings

from espace.payments.providers.base import Provider
from espace.payments.providers.demo import DemoProvider


def provider(name: str = "") -> Provider:
    """The provider of that name, else the one of the settings. `LookupError` for one nobody wrote."""
    wanted = name or settings.PAYMENT_PROVIDER
    if wanted == DemoProvider.name:
        return DemoProvider(settings.BANK_URL)
    raise LookupError(f"no payment provider named {wanted}")
