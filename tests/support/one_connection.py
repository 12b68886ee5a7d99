"""One database connection a thread, whether or not Playwright keeps an event loop running in it.

Django keeps its connections in asgiref's `Local`, which changes store when a loop runs in the thread: after the first
journey, the tests would go on with a second connection, and the first, still open, would hold the test database back
when it is dropped ("is being accessed by other users").
"""

from __future__ import annotations

import threading
from typing import Any

from django.db import connections


def install() -> None:
    """Before any connection is opened."""
    handler: Any = connections
    handler._connections = threading.local()
