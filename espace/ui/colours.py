"""The town's single colour, as the small stylesheet that every page loads.

Recent browsers derive everything from `--town` (see tokens.css). Older ones get the same values
computed here: the colour is darkened until white text on it reaches 7:1, or kept with
dark text on it when it is a light one.
"""

from __future__ import annotations

import re

HEX = re.compile(r"#[0-9a-fA-F]{6}")
DEFAULT = "#00606e"
LIGHT = 0.5  # relative luminance above which a block keeps its colour and takes dark text

Rgb = tuple[int, int, int]


def luminance(colour: Rgb) -> float:
    """Relative luminance, 0 to 1 (WCAG 2.2, definition of "relative luminance")."""
    red, green, blue = (c / 255 / 12.92 if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Rgb, other: Rgb) -> float:
    """Contrast ratio, 1 to 21 (WCAG 2.2)."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def parse(colour: str) -> Rgb:
    """ "#rrggbb" as three bytes. ValueError for anything else: this text goes in a stylesheet."""
    if not HEX.fullmatch(colour):
        raise ValueError(f"expected #rrggbb, got {colour!r}")
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def mix(one: Rgb, other: Rgb, share: float) -> Rgb:
    """`share` of `other` in `one`."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def readable(colour: Rgb, against: Rgb, towards: Rgb, ratio: float) -> Rgb:
    """The colour, moved towards black or white just enough to reach that contrast."""
    for step in range(41):
        tried = mix(colour, towards, step / 40)
        if contrast(tried, against) >= ratio:
            return tried
    return towards


def _css(colour: Rgb) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)


def town_stylesheet(colour: str) -> str:
    """The body of the town's stylesheet. An unreadable colour gives the default one."""
    town = parse(colour) if HEX.fullmatch(colour) else parse(DEFAULT)
    white, black, night = (255, 255, 255), (0, 0, 0), (20, 27, 29)
    dark = readable(town, white, black, 7)
    clear = readable(town, night, white, 8)
    light = luminance(town) > LIGHT
    day = {
        "block": _css(town if light else dark),
        "on-block": _css(mix(dark, black, 0.7)) if light else "#fff",
        "on-block-2": _css(mix(dark, black, 0.5)) if light else _css(mix(town, white, 0.9)),
        "accent": _css(dark),
        "fill": _css(dark),
        "tint": _css(mix(town, white, 0.88)),
        "tint-2": _css(mix(town, white, 0.76)),
    }
    dusk = {
        "block": _css(mix(dark, black, 0.35)),
        "on-block": "#fff",
        "on-block-2": _css(mix(town, white, 0.88)),
        "accent": _css(clear),
        "fill": _css(clear),
        "on-fill": _css(mix(dark, black, 0.75)),
        "tint": _css(mix(night, town, 0.16)),
        "tint-2": _css(mix(night, town, 0.26)),
    }
    old = "@supports not (color:oklch(from red l c h))"
    return (
        f":root{{--town:{_css(town)}}}\n"
        f"{old}{{:root{{{_rules(day)}}}\n"
        f"@media (prefers-color-scheme:dark){{:root{{{_rules(dusk)}}}}}}}\n"
    )


def _rules(values: dict[str, str]) -> str:
    return ";".join(f"--{name}:{value}" for name, value in values.items())
