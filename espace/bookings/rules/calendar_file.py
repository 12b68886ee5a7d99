"""Calendar files (RFC 5545): an acknowledgement's, and an adult's own. Pure: bytes from dates; the moment of writing is
given."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from icalendar import Alarm, Calendar, Event

from espace.kernel.calendar import at


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
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Espace Citoyens//Reservations//FR")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    if name:
        calendar.add("name", name)
        calendar.add("x-wr-calname", name)
    if again_after:
        calendar.add("refresh-interval", again_after, parameters={"value": "DURATION"})
        calendar.add("x-published-ttl", _duration(again_after))
    for event in events:
        calendar.add_component(_entry(event, written_at.astimezone(UTC), domain))
    return bytes(calendar.to_ical())


def _entry(event: CalendarEvent, written_at: datetime, domain: str) -> Event:
    starts = at(event.day, event.starts_at).astimezone(UTC)
    entry = Event()
    entry.add("uid", f"{event.key}@{domain}")
    entry.add("dtstamp", written_at)
    entry.add("last-modified", written_at)
    entry.add("sequence", int(written_at.timestamp()) // 60 % 2_000_000_000)
    entry.add("dtstart", starts)
    entry.add("dtend", at(event.day, event.ends_at).astimezone(UTC))
    entry.add("summary", event.title)
    if event.note:
        entry.add("description", event.note)
    if event.place:
        entry.add("location", event.place)
    entry.add("status", event.status)
    entry.add("transp", "TRANSPARENT")
    if event.rings_at is not None:
        # counted from the start, and in true time: what every telephone understands, a change of hour between or not
        entry.add_component(_alarm(event.title, event.rings_at.astimezone(UTC) - starts))
    return entry


def _alarm(title: str, trigger: timedelta) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", title)
    alarm.add("trigger", trigger)
    return alarm


def _duration(span: timedelta) -> str:
    return f"PT{int(span.total_seconds()) // 3600}H"
