"""A production server on a database of its own, and the CPU it uses."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NOW = "2026-11-24T10:00:00"
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Server:
    """Where it listens, its process, and the environment its commands share."""

    url: str
    pid: int
    env: dict[str, str]

    def cpu_seconds(self) -> float:
        """User and system time of the server and its workers since they started."""
        total = 0.0
        for pid in (self.pid, *children_of(self.pid)):
            try:
                fields = Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].split()
            except FileNotFoundError:
                continue
            total += (int(fields[11]) + int(fields[12])) / TICKS
        return total


def children_of(pid: int) -> list[int]:
    """The processes started by `pid`, and theirs."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            found += [int(child), *children_of(int(child))]
    return found


def environment(data: Path, database_url: str) -> dict[str, str]:
    """What a bench's processes read: production-like, with the demonstration's clock."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("ESPACE_")}
    return kept | {
        "ESPACE_ENV": "development",
        "ESPACE_DATA_DIR": str(data),
        "ESPACE_DATABASE_URL": database_url,
        "ESPACE_NOW": NOW,
        "ESPACE_NOW_SINCE": str(int(time.time())),
        "DJANGO_SETTINGS_MODULE": "bench.settings",
        "PYTHONPATH": str(ROOT),
    }


def manage(env: dict[str, str], *arguments: str) -> None:
    """Runs a management command, its words on standard error only when it fails."""
    subprocess.run([sys.executable, *arguments], cwd=ROOT, env=env, check=True, stdout=subprocess.DEVNULL)


@contextmanager
def database(kind: str) -> Iterator[tuple[Path, str]]:
    """A folder and the address of an empty database of that kind, both gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="espace-bench-") as folder:
        if kind == "sqlite":
            yield Path(folder), f"sqlite:///{Path(folder) / 'bench.sqlite3'}"
            return
        from tests.support.postgres import private_server

        with private_server(durable=True) as url:
            yield Path(folder), re.sub(r"^(postgresql://[^/]*/)[^?]*", r"\g<1>postgres", url)


@contextmanager
def serving(env: dict[str, str]) -> Iterator[Server]:
    """The web server as production runs it, with one worker process so that its CPU is one number."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        str(Path(sys.executable).with_name("granian")),
        *("--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)),
        *("--workers", "1", "--blocking-threads", "4", "--no-ws", "config.wsgi:application"),
    ]
    env = env | {"ESPACE_PUBLIC_URL": f"http://127.0.0.1:{port}"}
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        url = f"http://127.0.0.1:{port}"
        for _ in range(300):
            try:
                with urllib.request.urlopen(f"{url}/sante", timeout=1):
                    break
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        yield Server(url, process.pid, env)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=15)
