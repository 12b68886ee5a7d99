"""Runs a few programs together: restarts the one that dies, stops them all, leaves no orphan behind."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

STEADY_AFTER = 30.0  # seconds up after which a death is news again, not one more of a series
LONGEST_WAIT = 15.0
PATIENCE = 8.0  # seconds given to finish a request or a message before being killed
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


@dataclass(frozen=True)
class Task:
    """Something done once before the programs start; with a marker, not even that while the marker stands."""

    label: str
    command: tuple[str, ...]
    marker: Path | None = None


@dataclass
class Program:
    """A process that must live."""

    name: str
    command: tuple[str, ...]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    deaths: int = 0
    restart_at: float = 0.0


@dataclass
class Supervisor:
    """Owns the processes. SIGINT and SIGTERM ask it to stop; the caller then calls `stop`."""

    env: dict[str, str]
    directory: Path
    logs: Path
    programs: list[Program] = field(default_factory=list)
    stopping: bool = False

    def __post_init__(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask_to_stop)

    def work(self, tasks: Sequence[Task]) -> bool:
        """Runs the tasks in order, with a line for each that takes over two seconds; False at the first that fails."""
        for task in tasks:
            if task.marker is not None and task.marker.exists():
                continue
            process = subprocess.Popen(
                task.command,
                cwd=self.directory,
                env=self.env,
                start_new_session=True,
                preexec_fn=_die_with_parent,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
            )
            output, told, started = b"", False, time.monotonic()
            while True:
                with suppress(subprocess.TimeoutExpired):
                    output, _ = process.communicate(timeout=0.2)
                    break
                if self.stopping:
                    _end([process])
                    return False
                if not told and time.monotonic() - started > 1.5:
                    print(f"… {task.label}", flush=True)
                    told = True
            if process.returncode != 0:
                print(output.decode(errors="replace"), file=sys.stderr)
                print(f"Échec : {task.label}.", file=sys.stderr, flush=True)
                return False
            if told:
                print(f"  {task.label} : {time.monotonic() - started:.0f} s", flush=True)
            if task.marker is not None:
                task.marker.touch()
        return True

    def start(self, program: Program) -> None:
        """Starts a program and keeps it from then on; its output goes to a file of its name."""
        self.logs.mkdir(parents=True, exist_ok=True)
        with self._log(program).open("ab" if program in self.programs else "wb") as log:
            program.process = subprocess.Popen(
                program.command,
                cwd=self.directory,
                env=self.env,
                start_new_session=True,  # Ctrl-C reaches us alone, and we stop them in order
                preexec_fn=_die_with_parent,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        program.started = time.monotonic()
        if program not in self.programs:
            self.programs.append(program)

    def run_until(self, is_done: Callable[[], bool], limit: float) -> bool:
        """Keeps the programs until `is_done()` or, with False, until asked to stop or `limit` seconds passed."""
        deadline = time.monotonic() + limit
        while not self.stopping and time.monotonic() < deadline:
            self._tend()
            if is_done():
                return True
            time.sleep(0.1)
        return False

    def run(self) -> None:
        """Keeps the programs until asked to stop."""
        while not self.stopping:
            self._tend()
            time.sleep(0.2)

    def stop(self) -> int:
        """Ends every program and what it started itself; returns 0."""
        _end([p.process for p in self.programs if p.process is not None])
        return 0

    def last_words(self, lines: int = 15) -> str:
        """The end of each program's output."""
        parts = []
        for program in self.programs:
            text = self._log(program).read_text(encoding="utf-8", errors="replace").splitlines()[-lines:]
            parts.append("\n".join([f"--- {program.name}", *text]))
        return "\n".join(parts)

    def _tend(self) -> None:
        now = time.monotonic()
        for program in self.programs:
            if program.process is not None and program.process.poll() is not None:
                code = program.process.returncode
                _end([program.process])  # workers that outlived it would keep the port
                program.process = None
                program.deaths = 1 if now - program.started > STEADY_AFTER else program.deaths + 1
                wait = min(0.5 * 2 ** (program.deaths - 1), LONGEST_WAIT)
                program.restart_at = now + wait
                print(
                    f"{program.name} : arrêt inattendu (code {code}), reprise dans {wait:.1f} s", flush=True
                )
            elif program.process is None and now >= program.restart_at:
                self.start(program)

    def _log(self, program: Program) -> Path:
        return self.logs / f"{program.name}.log"

    def _ask_to_stop(self, number: int, _frame: object) -> None:
        self.stopping = True


def _die_with_parent() -> None:
    """Even a supervisor that was killed leaves no orphan (Linux)."""
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)


def _end(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    """Asks each process group to end, waits, then insists."""
    for process in processes:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
    deadline = time.monotonic() + PATIENCE
    for process in processes:
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=max(0.1, deadline - time.monotonic()))
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
