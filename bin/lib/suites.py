"""Runs the tests on SQLite, then those that a database can change on PostgreSQL; the last line is the sum."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.support.postgres import NoPostgres, private_server  # noqa: E402 - after the path

REPORTS = ROOT / "var" / "test"
NO_TESTS = 5  # pytest's exit code when nothing was collected
# What reads no database says the same thing on both; a browser journey is long: twice only for
# the main path, and all of them with --deep.
ONCE = "not pure and not architecture and not deep"


@dataclass
class Counts:
    """What one or more legs saw."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    reasons: list[str] = field(default_factory=list)

    def add(self, other: Counts) -> None:
        """Adds another leg's counts to these."""
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped
        self.reasons += other.reasons


def leg(title: str, database_url: str | None, arguments: list[str], *, deep: bool) -> Counts:
    """Runs pytest once. An interruption or a crash without a report counts as one failure."""
    REPORTS.mkdir(parents=True, exist_ok=True)
    report = REPORTS / f"{title.lower()}.xml"
    report.unlink(missing_ok=True)
    env = os.environ | {"ESPACE_ENV": "test", "HYPOTHESIS_PROFILE": "deep" if deep else "default"}
    env.pop("ESPACE_DATABASE_URL", None)
    if database_url is not None:
        env["ESPACE_DATABASE_URL"] = database_url
    print(f"\n=== {title}", flush=True)
    started = time.monotonic()
    code = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--dist", "worksteal", "-n", os.environ.get("ESPACE_TEST_WORKERS", "2"),
         "--reruns", "2", "--only-rerun", "playwright",  # a browser that hiccups, never a broken promise
         f"--junitxml={report}", *(["--deep"] if deep else []), *arguments],
        cwd=ROOT, env=env, stdin=subprocess.DEVNULL, check=False,
    ).returncode  # fmt: skip
    counts = read(report)
    if code not in (0, NO_TESTS) and counts.failed == 0:
        counts.failed = 1
    print(f"=== {title}: {time.monotonic() - started:.0f} s", flush=True)
    return counts


def read(report: Path) -> Counts:
    """The counts of one JUnit report; none when there is no report."""
    counts = Counts()
    if not report.exists():
        return counts
    for case in ElementTree.parse(report).getroot().iter("testcase"):  # noqa: S314 - we wrote it
        skip = case.find("skipped")
        if case.find("failure") is not None or case.find("error") is not None:
            counts.failed += 1
        elif skip is not None:
            counts.skipped += 1
            counts.reasons.append(f"{case.get('classname')}::{case.get('name')}: {skip.get('message')}")
        else:
            counts.passed += 1
    return counts


def second_database() -> AbstractContextManager[str]:
    """The address of a PostgreSQL: the one we are told of, else a private server for the time of the run."""
    if given := os.environ.get("ESPACE_TEST_DATABASE_URL"):
        return nullcontext(given)
    return private_server()


def main(arguments: list[str]) -> int:
    """Returns 0 when at least one test ran and none failed."""
    deep = "--deep" in arguments
    arguments = [a for a in arguments if a != "--deep"]
    total = Counts()
    total.add(leg("SQLite", None, arguments, deep=deep))
    try:
        with second_database() as url:
            chosen = ONCE if deep else f"{ONCE} and (not e2e or main_path)"
            total.add(leg("PostgreSQL", url, with_marker(arguments, chosen), deep=deep))
    except NoPostgres as problem:
        # Half of the proof is missing: that is a failure, never a silent skip.
        print(f"PostgreSQL: {problem}", file=sys.stderr)
        total.failed += 1
    if total.reasons:
        print("\nSkipped:")
        for reason in sorted(set(total.reasons)):
            print(f"- {reason}")
    print(f"\n{total.passed} passed, {total.failed} failed, {total.skipped} skipped", flush=True)
    return 0 if total.failed == 0 and total.passed + total.skipped > 0 else 1


def with_marker(arguments: list[str], chosen: str) -> list[str]:
    """The arguments with `-m chosen`, joined to the caller's own `-m` if there is one."""
    if "-m" in arguments[:-1]:
        place = arguments.index("-m") + 1
        return [*arguments[:place], f"({arguments[place]}) and {chosen}", *arguments[place + 1 :]]
    return [*arguments, "-m", chosen]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
