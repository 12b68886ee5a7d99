"""Calendar files (RFC 5545): an acknowledgement's, and an adult's own. Pure: bytes from dates; the moment of writing is
given."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from espace.kernel.calendar import at

LINE = 75  # bytes, without the end of the line


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """One day of one child. `key` is stable: the same day booked, cancelled and booked again is one event.

    `note` says more, a line each; `rings_at` is when a telephone says it aloud.
    """

    key: str
    title: str
    day: date
    starts_at: time
    ends_at: time
    place: str
    is_cancelled: bool
    is_tentative: bool = False
    note: str = ""
    rings_at: datetime | None = None

    @property
    def status(self) -> str:
        if self.is_cancelled:
            return "CANCELLED"
        return "TENTATIVE" if self.is_tentative else "CONFIRMED"


def calendar_file(
    events: Iterable[CalendarEvent],
    written_at: datetime,
    domain: str,
    *,
    name: str = "",
    again_after: timedelta | None = None,
) -> bytes:
    """An iCalendar file; times are given in UTC, so that no time zone table is needed and both changes of hour hold.

    `name` and `again_after`, of a calendar that is read again and again: what it is called, and how soon to come back.
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
    if name:
        lines += (f"NAME:{_text(name)}", f"X-WR-CALNAME:{_text(name)}")
    if again_after:
        span = _duration(again_after)
        lines += (f"REFRESH-INTERVAL;VALUE=DURATION:{span}", f"X-PUBLISHED-TTL:{span}")
    for event in events:
        lines += _entry(event, about_all, domain)
    lines.append("END:VCALENDAR")
    return b"".join(_folded(line) for line in lines)


def _entry(event: CalendarEvent, about_all: Iterable[str], domain: str) -> Iterator[str]:
    starts = at(event.day, event.starts_at)
    yield "BEGIN:VEVENT"
    yield f"UID:{_text(f'{event.key}@{domain}')}"
    yield from about_all
    yield f"DTSTART:{_utc(starts)}"
    yield f"DTEND:{_utc(at(event.day, event.ends_at))}"
    yield f"SUMMARY:{_text(event.title)}"
    if event.note:
        yield f"DESCRIPTION:{_text(event.note)}"
    if event.place:
        yield f"LOCATION:{_text(event.place)}"
    yield f"STATUS:{event.status}"
    yield "TRANSP:TRANSPARENT"
    if event.rings_at is not None:
        # counted from the start, and in true time: what every telephone understands, a change of hour between or not
        before = event.rings_at.astimezone(UTC) - starts.astimezone(UTC)
        yield "BEGIN:VALARM"
        yield "ACTION:DISPLAY"
        yield f"DESCRIPTION:{_text(event.title)}"
        yield f"TRIGGER:{_duration(before)}"
        yield "END:VALARM"
    yield "END:VEVENT"


def _duration(span: timedelta) -> str:
    """A value of type DURATION (3.3.6) in minutes and seconds: a day of these is 24 hours, whatever the clocks do."""
    minutes, seconds = divmod(abs(int(span.total_seconds())), 60)
    return f"{'-' if span < timedelta() else ''}PT{minutes}M{f'{seconds}S' if seconds else ''}"


def _utc(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(value: str) -> str:
    """A value of type TEXT (RFC 5545, 3.3.11)."""
    escaped = value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return escaped.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\\n")


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
