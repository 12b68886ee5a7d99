"""French as the town writes it: amounts, dates, lists, names. Pure: no Django, no locale of the machine."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime, time

NBSP = "\u00a0"
NARROW_NBSP = "\u202f"
MINUS = "\u2212"

DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip
SHORT_MONTHS = (
    "janv.", "févr.", "mars", "avr.", "mai", "juin",
    "juil.", "août", "sept.", "oct.", "nov.", "déc.",
)  # fmt: skip

# Marks that look the same to a reader and must be the same to a search.
_HYPHENS = "-\u2010\u2011\u2012\u2013\u2014\u2212\u00ad"
_APOSTROPHES = "'\u2019\u2018\u02bc\u00b4`"
_SEPARATORS = re.compile(f"[{re.escape(_HYPHENS + _APOSTROPHES)}\\s]+")
_SPACES = re.compile(r"\s+")
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "Œ": "oe", "Æ": "ae"})


def N_(message: str) -> str:
    """Mark a msgid for extraction; it is translated where it is shown, by the view."""
    return message


# Numbers --------------------------------------------------------------------------------------------------------


def format_number(value: int) -> str:
    """1234567 -> "1 234 567", with narrow no-break spaces and a true minus sign."""
    digits = f"{abs(value):,}".replace(",", NARROW_NBSP)
    return f"{MINUS}{digits}" if value < 0 else digits


def format_hundredths(value: int) -> str:
    """A quantity in hundredths: 200 -> "2", 150 -> "1,5"."""
    whole, rest = divmod(abs(value), 100)
    text = format_number(whole)
    if rest:
        text = f"{text},{rest:02d}".rstrip("0")
    return f"{MINUS}{text}" if value < 0 else text


def format_quotient(value: int) -> str:
    """A quotient in hundredths, as on the Caf's letter: 81200 -> "812", 81250 -> "812,50"."""
    whole, rest = divmod(value, 100)
    return f"{format_number(whole)},{rest:02d}" if rest else format_number(whole)


def format_money(cents: int) -> str:
    """Cents to "1 234,56 €": narrow no-break thousands, a no-break space before €, a true minus sign."""
    euros, rest = divmod(abs(cents), 100)
    whole = f"{euros:,}".replace(",", NARROW_NBSP) if euros > 999 else str(euros)
    return f"{MINUS if cents < 0 else ''}{whole},{rest:02d}{NBSP}€"


def format_unit_price(tenthousandths: int) -> str:
    """A unit price: cents as usual ("3,05 €"), more decimals only when it has them ("1,525 €")."""
    cents, rest = divmod(abs(tenthousandths), 100)
    amount = format_money(cents)
    if rest:
        amount = amount.replace(f"{NBSP}€", f"{rest:02d}".rstrip("0") + f"{NBSP}€")
    return f"{MINUS}{amount}" if tenthousandths < 0 else amount


# Dates ----------------------------------------------------------------------------------------------------------


def _day_number(day: int) -> str:
    return "1er" if day == 1 else str(day)


def format_date_long(day: date) -> str:
    """A day in full: "lundi 12 octobre 2026", "jeudi 1er octobre 2026"."""
    return f"{DAYS[day.weekday()]} {_day_number(day.day)} {MONTHS[day.month - 1]} {day.year}"


def format_day_month(day: date) -> str:
    """A day where its week does not matter: "12 oct.", in one piece."""
    return f"{_day_number(day.day)}{NBSP}{SHORT_MONTHS[day.month - 1]}"


def format_date_short(day: date) -> str:
    """A day for a table: "lun. 12 oct."."""
    return f"{DAYS[day.weekday()][:3]}. {format_day_month(day)}"


def format_time(moment: time | datetime) -> str:
    """A local time: "23 h 59", "12 h", with no-break spaces."""
    if moment.minute:
        return f"{moment.hour}{NBSP}h{NBSP}{moment.minute:02d}"
    return f"{moment.hour}{NBSP}h"


def format_datetime_long(moment: datetime) -> str:
    """An instant: "lundi 12 octobre 2026 à 23 h 59", in the zone the instant carries (the caller gives Paris)."""
    return f"{format_date_long(moment)} à {format_time(moment)}"


def format_month(day: date) -> str:
    """A month: "octobre 2026"."""
    return f"{MONTHS[day.month - 1]} {day.year}"


def of_month(day: date) -> str:
    """A month after a noun: "de septembre 2026", "d’octobre 2026"."""
    month = format_month(day)
    return f"d’{month}" if month[0] in "ao" else f"de {month}"


# First names whose h is mute, as the civil registers of France hold them; any other keeps its « de » (Hassan, Harry).
_MUTE_H = frozenset({
    "hadrien", "hector", "hedwige", "helena", "helene", "heloise", "henri", "henriette", "hermance", "hermine",
    "hilaire", "hippolyte", "honore", "honorine", "horace", "hortense", "hubert", "hugo", "hugues", "huguette",
    "hyacinthe",
})  # fmt: skip


def de_nom(name: str) -> str:
    """A name after a noun: "de Léo", "d’Ilyès", "d’Hélène", "d’Yves", "de Yanis"."""
    first = normalise(name).partition(" ")[0]
    elides = first[:1] in set("aeiou") or first in _MUTE_H
    elides = elides or (first[:1] == "y" and first[1:2] not in set("aeiou"))
    return f"d’{name}" if first and elides else f"de {name}"


# Names and free text --------------------------------------------------------------------------------------------


def normalise(text: str) -> str:
    """What two spellings of one name share: "  Éloïse D’ARC-Noël " -> "eloise d arc noel"."""
    decomposed = unicodedata.normalize("NFKD", text.translate(_LIGATURES).casefold())
    bare = "".join(c for c in decomposed if not unicodedata.combining(c))
    return _SEPARATORS.sub(" ", bare).strip()


# Cc controls, Cs lone surrogates, Co private use, Cn unassigned, Zl/Zp line and paragraph separators; of Cf, only
# the joiners are kept (they make some emoji and some scripts); bidi overrides and marks are refused: they make a
# name read otherwise than it is.
_FORBIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_KEPT = frozenset("\u200c\u200d\u00ad")


def has_forbidden_characters(text: str, *, multiline: bool = False) -> bool:
    """Whether text holds a control character, a bidi mark, a lone surrogate or an unassigned code point.

    `multiline` allows the line feed, the carriage return and the tab of a free-text area.
    """
    if text.isascii() and text.isprintable():
        return False
    allowed = _KEPT | frozenset("\n\r\t") if multiline else _KEPT
    return any(unicodedata.category(c) in _FORBIDDEN_CATEGORIES and c not in allowed for c in text)


def clean_line(text: str) -> str:
    """One line as typed, in NFC, its runs of spaces made one and its ends trimmed; nothing else is changed.

    Accents, apostrophes, hyphens and one-letter names are kept. Forbidden characters are not removed silently:
    ask `has_forbidden_characters` first and tell the person.
    """
    return _SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip()


def join_fr(items: Iterable[str]) -> str:
    """A list as a sentence says it: "a, b et c"; empty for none."""
    *head, last = list(items) or [""]
    return f"{', '.join(head)} et {last}" if head else last


def plural_fr(n: int, singular: str, plural: str) -> str:
    """The form French uses for n: zero and one are singular ("0 jour", "1 jour", "2 jours")."""
    return singular if abs(n) < 2 else plural


def initials(*names: str) -> str:
    """The first letter of each name: initials("Jean-Paul", "d’Arc") -> "JD"."""
    letters = (next((c for c in name if c.isalpha()), "") for name in names)
    return "".join(letters).upper()
