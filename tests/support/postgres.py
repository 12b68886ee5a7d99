"""A throw-away PostgreSQL from whatever binaries are there, for the time of a test run or a bench."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

# A test database that a power cut may eat: four times faster. Never for a bench that counts what was lost.
CARELESS = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off"


class NoPostgres(RuntimeError):
    """No server could be started; the message says why, for people."""


@contextmanager
def private_server(*, durable: bool = False) -> Iterator[str]:
    """Starts a server in a temporary folder and gives its address: postgresql://…?host=<folder of the socket>.

    Binaries: `PG_BIN`, else the newest Debian installed. As root, runs as another user: PostgreSQL refuses root.
    No network port. `durable=True` keeps PostgreSQL's own defaults. Raises NoPostgres.
    """
    binaries = find_binaries()
    # Short on purpose: a socket's path may not pass 107 characters.
    root = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
    identity: dict[str, Any] = {}
    if os.geteuid() == 0:
        user = unprivileged_user()
        identity = {"user": user.pw_name, "group": user.pw_gid, "extra_groups": []}
        os.chown(root, user.pw_uid, user.pw_gid)
    env = {**os.environ, "LC_ALL": "C.UTF-8", "HOME": str(root)}
    data = root / "data"

    def call(program: str, *arguments: str) -> None:
        done = subprocess.run(
            [str(binaries / program), *arguments], cwd=root, env=env, check=False, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, **identity,
        )  # fmt: skip
        if done.returncode:
            raise NoPostgres(f"{program} failed: {done.stderr.strip()[-500:]}")

    options = f"-k {root} -c listen_addresses='' -c max_connections=200" + ("" if durable else f" {CARELESS}")
    try:
        unsynced = [] if durable else ["--no-sync"]
        call(
            "initdb",
            "-D",
            str(data),
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            *unsynced,
        )
        call("pg_ctl", "-D", str(data), "-w", "-s", "-l", str(root / "log"), "-o", options, "start")
        try:
            yield f"postgresql://postgres@localhost/postgres?host={root}"
        finally:
            call("pg_ctl", "-D", str(data), "-m", "immediate", "-w", "-s", "stop")
    finally:
        shutil.rmtree(root, ignore_errors=True)


def find_binaries() -> Path:
    """The folder of initdb and pg_ctl. Raises NoPostgres."""
    if given := os.environ.get("PG_BIN"):
        return Path(given)
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]))
    if not found:
        raise NoPostgres(
            "no server to be found. Run bin/setup --test, or set ESPACE_TEST_DATABASE_URL or PG_BIN."
        )
    return found[-1].parent


def unprivileged_user() -> pwd.struct_passwd:
    """The user that PostgreSQL runs as when we are root."""
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise NoPostgres("we are root, and there is neither a user postgres nor nobody to run as.")
