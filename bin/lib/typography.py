"""French spaces in what people read: « » hold no-break ones, so do : ; ! ? before them, and a number with its unit.

bin/lib/typography.py          lists what a line could break; `--fix` mends it where it stands
"""

from __future__ import annotations

import io
import re
import sys
import tokenize
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NBSP = "\u00a0"
# A plain space before one of ; : ! ? » when a space, a quote, a tag or the end follows: not "12:30", not "?mois=".
BEFORE = re.compile(r" (?=[:;!?»](?:[\s\"'<{)\\\].,]|$))")
AFTER = re.compile(r"(?<=«) ")
UNIT = re.compile(r"(?<=\d) (?=(?:h|min|%|€)(?![\w.(}]))")
MINUTES = re.compile(r"(?<=\d[ \u00a0]h) (?=\d\d\b)")
# A string that follows one of these is a statement by itself: a docstring. Line ends within brackets say nothing.
DOCSTRING_AFTER = {tokenize.INDENT, tokenize.DEDENT, tokenize.NEWLINE, tokenize.ENCODING}
SILENT = {tokenize.NL, tokenize.COMMENT}


def mended(text: str) -> str:
    """The same words with no-break spaces where French wants them."""
    for rule in (MINUTES, UNIT, BEFORE, AFTER):
        text = rule.sub(NBSP, text)
    return text


def mended_python(source: str) -> str:
    """Only the French strings of a module: neither its docstrings, nor its comments, nor its code."""
    lines = source.splitlines(keepends=True)
    before = tokenize.ENCODING
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.STRING and before not in DOCSTRING_AFTER:
            (row, start), (last, end) = token.start, token.end
            if row == last:
                line = lines[row - 1]
                lines[row - 1] = line[:start] + mended(token.string) + line[end:]
        if token.type not in SILENT:
            before = token.type
    return "".join(lines)


def mended_file(path: Path) -> str:
    """A source as it should be."""
    source = path.read_text(encoding="utf-8")
    return mended_python(source) if path.suffix == ".py" else "\n".join(map(mended, source.split("\n")))


def files() -> Iterator[Path]:
    """What people read: templates, messages, letters, and the strings of the application, a terminal's left out."""
    for suffix in ("html", "txt", "typ", "py"):
        yield from (
            path
            for path in sorted((ROOT / "espace").rglob(f"*.{suffix}"))
            if not {"migrations", "management"} & set(path.parts)
        )


def main() -> int:
    """Returns 1 when a space is wrong and nobody asked to mend it."""
    wrong = 0
    for path in files():
        source, good = path.read_text(encoding="utf-8"), mended_file(path)
        if source == good:
            continue
        if "--fix" in sys.argv:
            path.write_text(good, encoding="utf-8")
            continue
        for number, (old, new) in enumerate(zip(source.split("\n"), good.split("\n"), strict=True), start=1):
            if old != new:
                wrong += 1
                print(f"{path.relative_to(ROOT)}:{number}: {old.strip()[:110]}")
    if wrong:
        print(f"{wrong} line(s) where French wants a no-break space: bin/lib/typography.py --fix")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
