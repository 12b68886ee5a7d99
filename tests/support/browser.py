"""Debian's own Chromium, which asks nothing of the network by itself."""

from __future__ import annotations

import os

CHROMIUM_PATH = os.environ.get("ESPACE_CHROMIUM", "/usr/bin/chromium")
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",  # the tests may run as root
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
]
