"""What no source file of ours may hold."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.registries import ROOT, our_files, problems

MOST_LINES = 400
CLOCK = ROOT / "espace" / "kernel" / "clock.py"
# (object, attribute) that read the clock. A duration is measured with time.monotonic or time.perf_counter.
CLOCK_READS = {
    ("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"),
    ("timezone", "now"), ("time", "time"),
}  # fmt: skip
PHONE = re.compile(
    r"(?<![\w.-])(?:\+33|0033|0)(?:[\s.\-\u00a0\u202f]|&nbsp;)?[1-9](?:(?:[\s.\-\u00a0\u202f]|&nbsp;)?\d{2}){4}(?!\w)"
)
DIGITS = "0123456789"
# Reserved for fiction by the ARCEP: never anybody's, so it may serve as an example in a form.
FICTION = re.compile(r"^0639 ?98|^06[ .]39[ .]98")


def application(*suffixes: str) -> list[Path]:
    """Our application's own files, migrations left out."""
    return [
        path
        for path in our_files()
        if path.suffix in suffixes
        and path.relative_to(ROOT).parts[0] in ("espace", "config")
        and "migrations" not in path.parts
    ]


def test_no_file_is_longer_than_a_reader_can_hold() -> None:
    long = []
    for path in our_files():
        if path.suffix in (".py", ".html", ".css", ".js") and "migrations" not in path.parts:
            lines = path.read_text(encoding="utf-8").count("\n")
            if lines > MOST_LINES:
                long.append(f"{path.relative_to(ROOT)}: {lines}")
    assert long == []


# With a moment as argument they convert it; without one they read the clock.
CONVERTERS = {"localtime", "localdate", "gmtime"}


def clock_reads(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and words of each reading of the clock in one module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            owner = node.value
            name = (
                owner.id
                if isinstance(owner, ast.Name)
                else owner.attr
                if isinstance(owner, ast.Attribute)
                else ""
            )
            if (name, node.attr) in CLOCK_READS:
                yield node.lineno, f"{name}.{node.attr}"
        elif isinstance(node, ast.Call) and not node.args and not node.keywords:
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in CONVERTERS:
                yield node.lineno, f"{called}()"
        elif isinstance(node, ast.keyword) and node.arg in ("auto_now", "auto_now_add"):
            yield node.value.lineno, f"{node.arg}: the database's moment is not the clock's"
        elif isinstance(node, ast.ImportFrom) and node.module in ("django.utils.timezone", "time"):
            for alias in node.names:
                if (node.module.rpartition(".")[2], alias.name) in CLOCK_READS:
                    yield node.lineno, f"from {node.module} import {alias.name}"
        elif isinstance(node, ast.ImportFrom) and node.module == "django.db.models.functions":
            if any(alias.name == "Now" for alias in node.names):
                yield node.lineno, "Now()"


def test_only_the_clock_reads_the_clock() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}: {words}"
        for path in application(".py")
        if path != CLOCK
        for line, words in clock_reads(ast.parse(path.read_text(encoding="utf-8")))
    ]
    found += [
        f"{path.relative_to(ROOT)}: {{% now %}}"
        for path in application(".html", ".txt", ".typ")
        if re.search(r"{%\s*now\b|datetime\.today\(\)", path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_the_town_is_called_at_one_number() -> None:
    """A phone number is the town's identity, which is data: only the demonstration town and the tests hold some."""
    found = []
    for path in application(".py", ".html", ".txt", ".typ", ".js", ".toml", ".json"):
        if "demo" in path.relative_to(ROOT).parts[:2]:
            continue
        for match in PHONE.finditer(path.read_text(encoding="utf-8")):
            if match.group() != DIGITS and not FICTION.match(match.group()):
                found.append(f"{path.relative_to(ROOT)}: {match.group()}")
    assert found == []


@pytest.mark.parametrize("number", ["03 20 00 11 22", "0320001122", "+33 3 20 00 11 22", "03.20.00.11.22"])
def test_a_phone_number_would_be_seen(number: str) -> None:
    assert PHONE.search(f"Appelez le {number}.")


@pytest.mark.parametrize("words", ["0123456789abcdef", "2026-09-01", "1 900", "FR7630006000011234567890189"])
def test_other_digits_are_no_phone_number(words: str) -> None:
    assert not PHONE.search(words)


def test_no_file_names_a_package_registry() -> None:
    assert problems() == []


def test_no_admin_no_signals_no_utils() -> None:
    odd = {"admin.py", "signals.py", "utils.py", "helpers.py"}
    assert [str(p.relative_to(ROOT)) for p in application(".py") if p.name in odd] == []


def test_no_view_writes_style_or_script_inline() -> None:
    """Pages that no test renders are read, too: the strict content policy would drop what they hold."""
    inline = re.compile(
        r"<style\b|\sstyle=|<script(?![^>]*\bsrc=)(?![^>]*application/(?:ld\+)?json)|\son[a-z]+=\""
    )
    found = []
    for path in application(".html"):
        for match in inline.finditer(path.read_text(encoding="utf-8")):
            found.append(f"{path.relative_to(ROOT)}: {match.group().strip()}")
    assert found == []
