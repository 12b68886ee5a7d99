"""What keeps the demonstration alive: it brings back the dead, and takes everybody along when it leaves."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

from tests.support.registries import ROOT

# Started as people start it: signals and orphans are the point, so it is a process of its own.
SCRIPT = """
    import os, sys
    from pathlib import Path
    sys.path.insert(0, {library!r})
    from supervisor import Program, Supervisor, Task
    here = Path({here!r})
    supervisor = Supervisor(dict(os.environ), here, here / "logs")
    if not supervisor.work([Task("préparation", (sys.executable, "-c", {task!r}))]):
        sys.exit(3)
    supervisor.start(Program("serveur", ("/bin/sh", "-c", "echo $$ >> lives; sleep 600 & echo $! >> children; wait")))
    supervisor.run()
    sys.exit(supervisor.stop())
"""


def supervisor(here: Path, task: str = "pass") -> subprocess.Popen[str]:
    script = textwrap.dedent(SCRIPT).format(library=str(ROOT / "bin" / "lib"), here=str(here), task=task)
    return subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def numbers(path: Path) -> list[int]:
    return [int(line) for line in path.read_text().split()] if path.exists() else []


def wait_for(condition: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def lives(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


def test_a_program_that_dies_is_started_again_and_all_stop_together(tmp_path: Path) -> None:
    process = supervisor(tmp_path)
    wait_for(lambda: len(numbers(tmp_path / "children")) == 1)
    os.kill(numbers(tmp_path / "lives")[0], signal.SIGKILL)
    wait_for(lambda: len(numbers(tmp_path / "children")) == 2)
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=20)
    assert process.returncode == 0
    assert "serveur : arrêt inattendu" in output
    wait_for(lambda: not any(map(lives, numbers(tmp_path / "lives") + numbers(tmp_path / "children"))))


def test_a_preparation_that_fails_starts_nothing_and_shows_its_words(tmp_path: Path) -> None:
    process = supervisor(tmp_path, task="import sys; sys.exit('disque plein')")
    _, errors = process.communicate(timeout=20)
    assert process.returncode == 3
    assert "disque plein" in errors
    assert "Échec : préparation." in errors
    assert not (tmp_path / "lives").exists()
