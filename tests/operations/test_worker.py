"""The worker: one failing job stops nothing, SIGTERM ends it at once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection

from espace.audit.models import AuditEvent
from espace.demo.town import Reference
from espace.notifications.enums import Lane, MessageState
from espace.notifications.models import OutboxMessage
from espace.notifications.services import enqueue
from espace.operations import tasks
from espace.operations.models import Heartbeat
from tests.support.cast import Character

ROOT = Path(__file__).resolve().parents[2]


def test_one_round_does_everything(town: Reference, settings: object, tmp_path: Path) -> None:
    settings.MAIL_DIR = tmp_path  # type: ignore[attr-defined]
    enqueue(recipient="a@exemple.fr", kind="test", subject="Code", body="123456", lane=Lane.CODE)
    tasks.work_once()
    assert Heartbeat.objects.count() == 1
    assert OutboxMessage.objects.get().state == MessageState.SENT


def test_ended_sessions_and_limits_are_forgotten_each_day(
    alice: Character, charlie: Character, frozen: time_machine.Traveller
) -> None:
    """Whether or not their person comes back; those that still hold are kept."""
    cache.set("essais:old", 3, timeout=60)
    frozen.shift(timedelta(hours=11))
    charlie.client.force_login(charlie.user, backend="espace.accounts.backends.UsernameOrEmailBackend")
    cache.set("essais:new", 3, timeout=24 * 60 * 60)
    frozen.shift(timedelta(hours=2))  # a session lasts twelve
    tasks.work_once()
    assert {row.get_decoded()["_auth_user_id"] for row in Session.objects.order_by("pk")} == {
        str(charlie.user.pk)
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key FROM django_cache WHERE cache_key LIKE %s", ["%essais%"])
        assert [row[0] for row in cursor.fetchall()] == [":1:essais:new"]
    (job,) = (job for job in tasks.jobs() if job.name == "ended sessions")
    assert job.every == 24 * 60 * 60


def test_four_hundred_people_at_once_keep_their_counted_tries(db: None) -> None:
    """Django's own limit is 300 entries, a third of which it then throws away."""
    for number in range(400):
        cache.set(f"essais:{number}", number, timeout=600)
    assert cache.get_many(f"essais:{n}" for n in range(400)) == {f"essais:{n}": n for n in range(400)}


def test_a_job_that_fails_does_not_stop_the_round(caplog: pytest.LogCaptureFixture) -> None:
    def broken() -> None:
        raise DatabaseError("gone")

    tasks.attempt(tasks.Job("broken", 1, broken))
    assert "job failed" in caplog.text


def test_the_proof_of_each_night_has_a_lane_of_its_own() -> None:
    """Its minutes of reading never hold the heartbeat back, nor the codes."""
    assert [job.name for job in tasks.own_lanes()] == ["codes", "proof"]
    assert not {job.name for job in tasks.jobs()} & {"codes", "proof"}


def test_the_worker_sends_a_code_within_two_seconds_and_stops_on_sigterm(tmp_path: Path) -> None:
    """A process of its own, on a database of its own."""
    env = {
        **os.environ,
        "ESPACE_ENV": "development",
        "ESPACE_DATA_DIR": str(tmp_path),
        "ESPACE_DATABASE_URL": "",
    }
    del env["ESPACE_DATABASE_URL"]
    env.pop("ESPACE_NOW", None)

    def manage(*args: str) -> str:
        return subprocess.run(
            [sys.executable, "manage.py", *args],
            cwd=ROOT,
            env=env,
            check=True,
            capture_output=True,
            text=True,
        ).stdout

    manage("migrate", "-v0")
    write = (
        "from espace.demo.offer import TOWN; from espace.town.models import Municipality;"
        "from espace.notifications.services import enqueue; from espace.notifications.enums import Lane;"
        "Municipality.objects.get_or_create(id=1, defaults=TOWN);"
        "enqueue(recipient='a@exemple.fr', kind='t', subject='Code', body='123456', lane=Lane.CODE)"
    )
    worker = subprocess.Popen(
        [sys.executable, "manage.py", "worker"],
        cwd=ROOT,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        assert worker.stdout is not None
        assert "lancé" in worker.stdout.readline().decode()  # a busy machine takes its time to start it
        manage("shell", "-v0", "-c", write)
        written = time.monotonic()
        letters = tmp_path / "courriels"
        while not list(letters.glob("*.eml")) and time.monotonic() < written + 10:
            time.sleep(0.05)
        assert time.monotonic() - written < 2
        worker.send_signal(signal.SIGTERM)
        asked = time.monotonic()
        assert worker.wait(timeout=10) == 0
        assert time.monotonic() - asked < 2
    finally:
        worker.kill()
        worker.communicate()


def test_the_journal_is_proved_from_the_command_line(town: Reference) -> None:
    call_command("preuve_journal")
    event = AuditEvent.objects.order_by("id").first()
    assert event is not None
    AuditEvent.objects.filter(pk=event.pk).update(payload={"other": True})
    with pytest.raises(CommandError, match="a été modifié"):
        call_command("preuve_journal")
