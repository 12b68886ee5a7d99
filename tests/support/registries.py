"""Finds addresses of package registries in our files: a lock or a script that names one breaks elsewhere, or leaks."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SKIPPED = {
    ".git",
    ".venv",
    "var",
    "node_modules",
    "__pycache__",
    ".mypy_cache",
    ".ruff_cache",
    ".pytest_cache",
}
ADDRESS = re.compile(
    rb"https?://[^\s\"'<>)]*(?:pypi|pythonhosted|npmjs|yarnpkg|registry\.|artifact|/simple/|crates\.io|proxy\.golang"
    rb"|(?:deb|snapshot|security|ftp)[\w.]*\.debian\.org|/debian/?\b|pkg\.dev)"
    rb"|(?:--(?:extra-)?index-url|--find-links|index-url\s*=|find-links\s*=)[ =]+\S*(?:://|/)",
    re.IGNORECASE,
)
FORBIDDEN_FILES = {"uv.lock", "pylock.toml"}  # both write the registry's address on every line


def our_files() -> list[Path]:
    """The files that are or may become part of the project: git's list, else all but what is generated."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT, capture_output=True, check=True,
        ).stdout.decode()  # fmt: skip
        paths = [ROOT / name for name in listed.split("\0") if name]
    except (OSError, subprocess.CalledProcessError):
        paths = [p for p in ROOT.rglob("*") if not SKIPPED & set(p.relative_to(ROOT).parts)]
    return sorted(p for p in paths if p.is_file())


def addresses_in(path: Path) -> list[str]:
    """`path:line: what was found` for each address in one file; none in a file that is not text."""
    content = path.read_bytes()
    if b"\0" in content[:4096]:
        return []
    return [
        f"{path.relative_to(ROOT)}:{content.count(10, 0, match.start()) + 1}: {match.group().decode(errors='replace')}"
        for match in ADDRESS.finditer(content)
    ]


def problems() -> list[str]:
    """Every address and every lock that would hold some."""
    files = our_files()
    found = [f"{p.relative_to(ROOT)}: not to be committed" for p in files if p.name in FORBIDDEN_FILES]
    for path in files:
        found += addresses_in(path)
    return found


if __name__ == "__main__":
    found = problems()
    print("\n".join(found))
    sys.exit(1 if found else 0)
