"""The whole town running for the journeys: real web server, worker and bank, on a copy of the demonstration.

Built once a test session (the demonstration's own command), then copied for each worker of pytest: journeys of
one worker share their town, so each uses a family of its own or undoes nothing another relies on.
"""

from __future__ import annotations

import email
import fcntl
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from pathlib import Path

import psycopg
from psycopg import sql

ROOT = Path(__file__).resolve().parents[2]
NOW = "2026-11-24T10:00:00"
READY_WITHIN = 60.0
TOWN = "journeys_town"  # on PostgreSQL, the database that each worker's is a copy of
LATE = "6"  # seconds before the bank's late answer: long enough to see the page that waits


@dataclass
class Stack:
    """A running town: its address, and what a test may look at besides the browser."""

    url: str
    data: Path
    env: dict[str, str]
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def manage(self, *arguments: str) -> str:
        """Runs a management command on the town's database and returns what it printed."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.env,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    def mails_to(self, address: str) -> list[EmailMessage]:
        """The messages the worker has sent to that address, oldest first."""
        found = []
        for path in sorted((self.data / "courriels").glob("*.eml"), key=lambda p: p.stat().st_mtime_ns):
            message = email.message_from_bytes(path.read_bytes(), policy=policy.default)
            if address.lower() in str(message["To"]).lower():
                found.append(message)
        return found

    def wait_for_mail(self, address: str, *, after: int = 0, within: float = 10.0) -> EmailMessage:
        """The message number `after` (0 = the first) to that address, waited for; AssertionError when none comes."""
        until = time.monotonic() + within
        while time.monotonic() < until:
            mails = self.mails_to(address)
            if len(mails) > after:
                return mails[-1]
            time.sleep(0.1)
        raise AssertionError(f"aucun e-mail n’est parti en {within:.0f} s")

    def code_sent_to(self, address: str, *, after: int = 0) -> str:
        """The six digits of the last message to that address."""
        message = self.wait_for_mail(address, after=after)
        body = message.get_body(("plain",))
        assert body is not None
        found = re.search(r"\b(\d{3})\s?(\d{3})\b", str(body.get_content()))
        assert found, "le courriel ne contient pas de code"
        return found.group(1) + found.group(2)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def environment(data: Path, database: str, port: int, bank_port: int) -> dict[str, str]:
    """What the processes of a stack read."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("ESPACE_")}
    return kept | {
        "ESPACE_ENV": "development",
        "ESPACE_DATA_DIR": str(data),
        "ESPACE_DATABASE_URL": database,
        "ESPACE_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "ESPACE_BANK_URL": f"http://127.0.0.1:{bank_port}",
        "ESPACE_NOW": NOW,
        "ESPACE_NOW_SINCE": str(int(time.time())),
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }


def built_town(shared: Path) -> Path:
    """The folder of the demonstration, built by the first who asks; the others wait for it.

    Its database is in it, or on PostgreSQL is `TOWN`, which the next run makes again.
    """
    town = shared / "town"
    with (shared / "town.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (town / "ready").exists():
            shutil.rmtree(town, ignore_errors=True)
            town.mkdir(parents=True)
            fill(environment(town, new_database(town, TOWN), 8000, 8001))
            (town / "ready").touch()
    return town


def fill(env: dict[str, str]) -> None:
    """Migrates an empty database, collects the static files and loads the demonstration town."""
    for command in (
        ["bin/lib/prepare.py"],
        ["manage.py", "collectstatic", "--noinput", "-v0"],
        ["manage.py", "demo", "--bulk", "--quiet"],
    ):
        subprocess.run([sys.executable, *command], cwd=ROOT, env=env, check=True, capture_output=True)


def new_database(data: Path, name: str, *, like: str = "template1") -> str:
    """The address of a database: of that name, a copy of `like`, when the tests run on PostgreSQL; else the file of
    the folder, which was copied with it."""
    server = os.environ.get("ESPACE_DATABASE_URL", "")
    if not server.startswith("postgresql"):
        return f"sqlite:///{data / 'espace.sqlite3'}"
    new, model = sql.Identifier(name), sql.Identifier(like)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(new))
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(new, model))
    return re.sub(r"^(postgresql://[^/]*/)[^?]*", rf"\g<1>{name}", server)


@contextmanager
def own_database(data: Path, name: str) -> Iterator[str]:
    """A database for this worker, a copy of the town's: filling another would take as long as all its journeys."""
    address = new_database(data, name, like=TOWN)
    yield address
    if address.startswith("postgresql"):
        with psycopg.connect(os.environ["ESPACE_DATABASE_URL"], autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def running(shared: Path, worker: str, *, now: str = NOW) -> Iterator[Stack]:
    """Starts a town of its own for one worker of pytest and stops it at the end.

    `now`: the town is built as of `NOW`, then lives from that later moment on.
    """
    data = shared / f"stack-{worker}"
    shutil.rmtree(data, ignore_errors=True)
    port, bank_port = free_port(), free_port()
    shutil.copytree(built_town(shared), data)
    with own_database(data, f"journeys_{worker}") as database:
        stack = Stack(f"http://127.0.0.1:{port}", data, environment(data, database, port, bank_port))
        stack.env |= {"ESPACE_NOW": now, "ESPACE_NOW_SINCE": str(int(time.time()))}
        commands = (
            [
                str(Path(sys.executable).with_name("granian")),
                *("--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)),
                *("--workers", "1", "--blocking-threads", "4", "--no-ws", "config.wsgi:application"),
            ],
            [sys.executable, "manage.py", "worker"],
            [sys.executable, "manage.py", "banque", "--port", str(bank_port), "--late", LATE],
        )
        log = (data / "journal.log").open("wb")
        try:
            for command in commands:
                stack.processes.append(
                    subprocess.Popen(
                        command, cwd=ROOT, env=stack.env, stdout=log, stderr=log, start_new_session=True
                    )
                )
            wait_until_ready(stack)
            yield stack
        finally:
            for process in stack.processes:
                os.killpg(process.pid, signal.SIGTERM)
            for process in stack.processes:
                try:
                    process.wait(timeout=10)
                except subprocess.TimeoutExpired:
                    os.killpg(process.pid, signal.SIGKILL)
            log.close()


def wait_until_ready(stack: Stack) -> None:
    """Returns once `/sante/pret` answers 200; AssertionError with the processes' last words otherwise."""
    until = time.monotonic() + READY_WITHIN
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"{stack.url}/sante/pret", timeout=1) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            pass
        time.sleep(0.2)
    raise AssertionError((stack.data / "journal.log").read_text(encoding="utf-8", errors="replace")[-3000:])
