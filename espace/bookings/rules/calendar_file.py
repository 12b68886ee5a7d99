"""The calendar file of an acknowledgement (RFC 5545). Pure: bytes from dates; the moment of writing is given."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from icalendar import Calendar, Event

from espace.kernel.calendar import at


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
    """An iCalendar file; times are given in UTC, so that no time zone table is needed and both changes of hour hold."""
    calendar = Calendar()
    calendar.add("prodid", "-//Espace Citoyens//Reservations//FR")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    for event in events:
        entry = Event()
        entry.add("uid", f"{event.key}@{domain}")
        entry.add("dtstamp", written_at.astimezone(UTC))
        entry.add("last-modified", written_at.astimezone(UTC))
        entry.add("sequence", int(written_at.timestamp()) // 60 % 2_000_000_000)
        entry.add("dtstart", at(event.day, event.starts_at).astimezone(UTC))
        entry.add("dtend", at(event.day, event.ends_at).astimezone(UTC))
        entry.add("summary", event.title)
        if event.place:
            entry.add("location", event.place)
        entry.add("status", "CANCELLED" if event.is_cancelled else "CONFIRMED")
        entry.add("transp", "TRANSPARENT")
        calendar.add_component(entry)
    return bytes(calendar.to_ical())
