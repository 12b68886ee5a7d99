"""Runs the checks side by side, prints one line each with its time, and what failed at the end."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
TYPED = [
    name for name in ("espace", "config", "tests", "bench", "bin/lib", "manage.py") if (ROOT / name).exists()
]
# A production as the settings want it: what `check --deploy` should be asked about.
PRODUCTION = {
    "ESPACE_ENV": "production",
    "ESPACE_SECRET_KEY": "only-for-the-check-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "ESPACE_HOSTS": "espace.example.org",
    "ESPACE_PUBLIC_URL": "https://espace.example.org",
    "ESPACE_SMTP_HOST": "smtp.example.org",
    "ESPACE_PAYMENT_PROVIDER": "none",
}


@dataclass(frozen=True)
class Step:
    """One check: a name for people, a command, what its environment adds."""

    name: str
    command: list[str]
    env: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """What a step said and how long it took (seconds)."""

    step: Step
    code: int
    output: str
    seconds: float


def steps(data: str) -> list[Step]:
    """Every check, the longest first: two run at a time."""
    tool = {name: str(BIN / name) for name in ("ruff", "mypy", "lint-imports", "djlint")}
    django = {"ESPACE_ENV": "test", "ESPACE_DATA_DIR": data}
    manage = [sys.executable, "manage.py"]
    deploy = [*manage, "check", "--deploy", "--fail-level", "WARNING"]
    return [
        Step("types", [tool["mypy"], "--no-error-summary", *TYPED], django),
        Step("templates", [tool["djlint"], "espace", "--extension=html", "--lint", "--quiet"]),
        Step("import contracts", [tool["lint-imports"], "--no-cache"]),
        Step("migrations", [*manage, "makemigrations", "--check", "--dry-run"], django),
        Step("production settings", deploy, PRODUCTION | {"ESPACE_DATA_DIR": data}),
        Step("format", [tool["ruff"], "format", "--check", "."]),
        Step("lint", [tool["ruff"], "check", "--quiet", "."]),
        Step("French spaces", [sys.executable, "bin/lib/typography.py"]),
        Step("no registry address", [sys.executable, "-m", "tests.support.registries"]),
    ]  # fmt: skip


def run(step: Step) -> Outcome:
    """Runs one step to its end."""
    started = time.monotonic()
    done = subprocess.run(
        step.command,
        cwd=ROOT,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings", "NO_COLOR": "1"} | step.env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    return Outcome(step, done.returncode, done.stdout + done.stderr, time.monotonic() - started)


def main() -> int:
    """Returns 0 when every step passes, else 1."""
    started = time.monotonic()
    failed: list[Outcome] = []
    with tempfile.TemporaryDirectory(prefix="espace-check-") as data, ThreadPoolExecutor(2) as pool:
        for future in as_completed([pool.submit(run, step) for step in steps(data)]):
            outcome = future.result()
            verdict = "ok    " if outcome.code == 0 else "FAILED"
            print(f"{verdict} {outcome.step.name:<22}{outcome.seconds:5.1f} s", flush=True)
            if outcome.code != 0:
                failed.append(outcome)
    for outcome in failed:
        print(f"\n--- {outcome.step.name}: {' '.join(outcome.step.command)}\n{outcome.output.strip()}")
    total = time.monotonic() - started
    print(f"\n{len(failed)} failed in {total:.1f} s" if failed else f"\nall good in {total:.1f} s")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
