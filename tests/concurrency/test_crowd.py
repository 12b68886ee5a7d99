"""Many families at once over HTTP, on the server that the demonstration runs: the quick form of `bin/bench bookings`.

Its first race is on a server without the guard, which must overbook: what holds afterwards is held by the guard.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_last_place_and_twenty_places_asked_by_sixty_families() -> None:
    command = [sys.executable, "-m", "bench.bookings", "--quick", "--json", "--database", connection.vendor]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=900)
    figures = json.loads(done.stdout) if done.stdout else []
    assert [f["metric"] for f in figures if not f["ok"]] == [], done.stderr[-2000:]
    assert done.returncode == 0, done.stderr[-2000:]
    by_name = {f["metric"]: f["value"] for f in figures}
    assert by_name["60 familles, 1 place, sans la garde : données en trop"] >= 1
    assert by_name["60 familles, 20 places : places données en trop"] == 0
    assert by_name["60 familles, 20 places : réponses 500"] == 0
