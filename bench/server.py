"""A production server on a database of its own."""

from __future__ import annotations

import json
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
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
NOW = "2026-11-24T10:00:00"


@dataclass(frozen=True)
class Server:
    """Where it listens, and the environment its commands share."""

    url: str
    env: dict[str, str]


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


def ask(env: dict[str, str], module: str, *arguments: str, given: object = None) -> Any:
    """What a module run in that environment prints, which is JSON; `given` is on its standard input, as JSON."""
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT, env=env, check=True, text=True, input=json.dumps(given), stdout=subprocess.PIPE,
    )  # fmt: skip
    return json.loads(done.stdout)


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
def serving(env: dict[str, str], *, workers: int = 1) -> Iterator[Server]:
    """The web server as production runs it, with one worker process so that its CPU is one number, unless told."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        str(Path(sys.executable).with_name("granian")),
        *("--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)),
        *("--workers", str(workers), "--blocking-threads", "4", "--no-ws", "config.wsgi:application"),
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
        yield Server(url, env)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=15)
