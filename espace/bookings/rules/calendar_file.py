"""The calendar file of an acknowledgement (RFC 5545). Pure: bytes from dates; the moment of writing is given."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from espace.kernel.calendar import at

LINE = 75  # bytes, without the end of the line


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """One day of one child. `key` is stable: the same day booked, cancelled and booked again is one event."""

    key: str
    title: str
    day: date
    starts_at: time
    ends_at: time
    place: str
    is_cancelled: bool


def calendar_file(events: Iterable[CalendarEvent], written_at: datetime, domain: str) -> bytes:
    """An iCalendar file; times are given in UTC, so that no time zone table is needed and both changes of hour hold.

    Written line by line: a year of three children is 840 events, for which a library of components took two thirds of
    the whole submission. `tests/bookings/test_rules.py` reads it back with one.
    """
    written = _utc(written_at)
    sequence = int(written_at.timestamp()) // 60
    about_all = (f"DTSTAMP:{written}", f"LAST-MODIFIED:{written}", f"SEQUENCE:{sequence}")
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Espace Citoyens//Reservations//FR",
        "METHOD:PUBLISH",
    ]
    for event in events:
        lines += (
            "BEGIN:VEVENT",
            f"UID:{_text(f'{event.key}@{domain}')}",
            *about_all,
            f"DTSTART:{_utc(at(event.day, event.starts_at))}",
            f"DTEND:{_utc(at(event.day, event.ends_at))}",
            f"SUMMARY:{_text(event.title)}",
        )
        if event.place:
            lines.append(f"LOCATION:{_text(event.place)}")
        lines += (
            f"STATUS:{'CANCELLED' if event.is_cancelled else 'CONFIRMED'}",
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
        )
    lines.append("END:VCALENDAR")
    return b"".join(_folded(line) for line in lines)


def _utc(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(value: str) -> str:
    """A value of type TEXT (RFC 5545, 3.3.11)."""
    escaped = value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return escaped.replace("\r\n", "\n").replace("\n", "\\n")


def _folded(line: str) -> bytes:
    """The line in bytes, cut every 75 of them at most, never within a character (3.1)."""
    rest, cut = line.encode(), []
    most = LINE
    while len(rest) > most:
        end = most
        while rest[end] & 0xC0 == 0x80:  # in the middle of a character
            end -= 1
        cut.append(rest[:end])
        rest, most = rest[end:], LINE - 1  # a continuation begins with a space
    return b"\r\n ".join([*cut, rest]) + b"\r\n"
