"""Figures: a value, the reference it is a ratio of, the limit it must hold; printed for people or as JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """`value` in `unit`; `ratio` is value over reference when there is one; `ok` tells whether `limit` holds: not more,
    or with `at_least` not less."""

    bench: str
    metric: str
    database: str
    value: float
    unit: str
    reference: float | None
    ratio: float | None
    limit: float | None
    ok: bool
    at_least: bool = False


def figure(
    bench: str,
    metric: str,
    database: str,
    value: float,
    unit: str,
    *,
    reference: float | None = None,
    limit: float | None = None,
    at_least: bool = False,
) -> Figure:
    """A figure whose limit is on the ratio when there is a reference, else on the value itself."""
    ratio = None if not reference else round(value / reference, 3)
    judged = value if ratio is None else ratio
    return Figure(
        bench,
        metric,
        database,
        round(value, 3),
        unit,
        reference,
        ratio,
        limit,
        limit is None or (judged >= limit if at_least else judged <= limit),
        at_least,
    )


def publish(figures: Iterable[Figure], *, as_json: bool) -> int:
    """Prints the figures, for people as they come; returns 1 when one is over its limit."""
    seen = []
    for f in figures:
        seen.append(f)
        if as_json:
            continue
        ratio = "" if f.ratio is None else f"= {f.ratio:.2f} × {f.reference:.2f}"
        limit = "" if f.limit is None else f"limit {'≥ ' if f.at_least else ''}{f.limit:g}"
        verdict = "ok    " if f.ok else "FAILED"
        print(
            f"{verdict} {f.database:<11}{f.metric:<66}{f.value:>10.2f} {f.unit:<8}{ratio:<20}{limit}",
            flush=True,
        )
    if as_json:
        print(json.dumps([_as_json(f) for f in seen], ensure_ascii=False))
    return 0 if all(f.ok for f in seen) else 1


def _as_json(f: Figure) -> dict[str, object]:
    return {name: value for name, value in asdict(f).items() if name != "at_least"}


def progress(text: str) -> None:
    """Says on standard error what is being done."""
    print(text, file=sys.stderr, flush=True)
