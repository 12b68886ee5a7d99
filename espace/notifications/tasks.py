"""What the worker runs."""

from __future__ import annotations

from django.conf import settings

from espace.notifications import services
from espace.notifications.enums import Lane
from espace.notifications.transport import Carrier, FolderCarrier, SmtpCarrier, domain_of
from espace.town.queries import identity


def send_pending(*, lane: Lane | None = None, limit: int = 50) -> int:
    """Sends what is due (only the codes with `lane=Lane.CODE`); returns how many messages were tried."""
    with default_carrier() as carrier:
        return services.send_batch(carrier, lane=lane, limit=limit)


def release_stale() -> int:
    """Gives back what a dead worker held."""
    return services.release_stale()


def default_carrier() -> Carrier:
    """The town's server, or a folder of files when the installation has none."""
    if settings.SMTP_HOST:
        return SmtpCarrier(
            settings.SMTP_HOST, settings.SMTP_PORT, domain_of(identity().mail_from) or "localhost"
        )
    return FolderCarrier(settings.MAIL_DIR)
