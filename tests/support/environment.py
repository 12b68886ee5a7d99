"""Where a test process lives: its own folder in memory, its own settings. Imported before Django reads anything."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_memory = Path("/dev/shm")
DATA = Path(
    tempfile.mkdtemp(prefix="espace-test-", dir=_memory if os.access(_memory, os.W_OK | os.X_OK) else None)
)
atexit.register(shutil.rmtree, DATA, ignore_errors=True)


def settle() -> None:
    """Points the settings at this process's folder. Whatever the caller's shell says, tests stay tests."""
    for name in (
        "ESPACE_NOW",
        "ESPACE_NOW_SINCE",
        "ESPACE_HTTPS",
        "ESPACE_SMTP_HOST",
        "ESPACE_DKIM_KEY_FILE",
        "ESPACE_PUBLIC_URL",
    ):
        os.environ.pop(name, None)
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    os.environ["ESPACE_ENV"] = "test"
    os.environ["ESPACE_DATA_DIR"] = str(DATA)
    # Playwright keeps an event loop in the thread of the tests, where the ORM would refuse to work.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    (DATA / "static").mkdir(exist_ok=True)
