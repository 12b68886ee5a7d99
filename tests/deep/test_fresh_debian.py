"""The README's promise: on an empty Debian, `bin/demo` shows its first page within two minutes."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.empty_debian import copy_of_head, empty_debian, inside

FIRST_START, SECOND_START = 120.0, 5.0


@pytest.fixture
def debian(tmp_path: Path) -> Iterator[Path]:
    """The folder of an empty Debian with a fresh clone in /srv/espace."""
    if os.geteuid() != 0:
        pytest.skip("only root may build an empty Debian and enter it (chroot)")
    root = tmp_path / "debian"
    with empty_debian(root):
        copy_of_head(root / "srv" / "espace")
        yield root


@contextmanager
def demonstration(root: Path, port: int, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`bin/demo` in the empty Debian; stopped as Ctrl-C stops it, and nothing is left running."""
    command = inside(root, "/srv/espace", "bin/demo", "--port", str(port))
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()


def first_page(port: int, process: subprocess.Popen[bytes], log: Path, limit: float) -> tuple[float, str]:
    """Seconds until the home page is served, and its text."""
    started = time.monotonic()
    while time.monotonic() - started < limit:
        assert process.poll() is None, log.read_text(encoding="utf-8")[-4000:]
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/sante/pret", timeout=2):
                pass
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as page:
                return time.monotonic() - started, page.read().decode()
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise AssertionError(f"no page within {limit:.0f} s\n{log.read_text(encoding='utf-8')[-4000:]}")


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_the_demonstration_starts_on_an_empty_debian(debian: Path, tmp_path: Path) -> None:
    port, log = free_port(), tmp_path / "demo.log"
    with demonstration(debian, port, log) as process:
        seconds, page = first_page(port, process, log, FIRST_START * 2)
        print(f"first start: {seconds:.1f} s")
        assert "<html" in page
        assert seconds <= FIRST_START
    assert process.returncode == 0, log.read_text(encoding="utf-8")[-4000:]

    with demonstration(debian, port, log) as process:
        seconds, page = first_page(port, process, log, SECOND_START * 4)
        print(f"second start: {seconds:.1f} s")
        assert "<html" in page
        assert seconds <= SECOND_START
    left = [entry for entry in Path("/proc").glob("[0-9]*") if runs_in(entry, debian)]
    assert left == []


def runs_in(process: Path, root: Path) -> bool:
    """Whether a process lives in the empty Debian."""
    try:
        return (process / "root").readlink() == root
    except OSError:
        return False
