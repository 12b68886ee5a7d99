"""The private calendar of an adult, line by line, in the words a telephone shows."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from espace.accounts.queries import CalendarHolder
from espace.attendance.queries import AbsentEntry, absent_later
from espace.audit.queries import last_noted
from espace.bookings.enums import BookingState
from espace.bookings.queries import FeedDay, FeedLimit, feed_for, line_key_of, sender_domain
from espace.bookings.rules import CalendarEvent, calendar_file, first_day, limit_hour, rings_at
from espace.families.queries import children_for, households_for
from espace.kernel import clock
from espace.kernel.text import format_date_long, format_date_short, join_fr
from espace.town.queries import identity

AGAIN_AFTER = timedelta(hours=4)
MOST_NAMED = 2  # days named in the title of a last moment; beyond, they are counted


@dataclass(frozen=True, slots=True)
class OwnCalendar:
    """The lines of a calendar, and when something last changed. `etag` is the same for the same lines."""

    events: Sequence[CalendarEvent]
    written_at: datetime

    @property
    def etag(self) -> str:
        return f'"{hashlib.sha256(repr((self.events, self.written_at)).encode()).hexdigest()[:32]}"'

    def as_file(self) -> bytes:
        """2 queries at most."""
        name = _("Espace Citoyens, %(town)s") % {"town": identity().city}
        return calendar_file(
            self.events, self.written_at, sender_domain(), name=name, again_after=AGAIN_AFTER
        )


def calendar_of(holder: CalendarHolder) -> OwnCalendar:
    """What this adult's telephone reads: nothing once they belong to no home, or answer for no child."""
    actor = holder.actor
    feed = feed_for(actor, with_limits=holder.with_limits)
    end = max((day.day for day in feed.days), default=clock.today()) + timedelta(days=60)
    absent = absent_later(actor, [c.pk for c in children_for(actor)], first_day(clock.today()), end).answer
    noted = last_noted([h.pk for h in households_for(actor)], ("bookings", "attendance"))
    asked = [day.asked_at for day in feed.days]
    written_at = max([*asked, noted] if noted else asked, default=datetime(2000, 1, 1, tzinfo=UTC))
    events = [*_days(feed.days, absent), *(_limit(limit, holder) for limit in feed.limits)]
    return OwnCalendar(sorted(events, key=lambda e: (e.day, e.starts_at, e.key)), written_at.astimezone(UTC))


# The days -------------------------------------------------------------------------------------------------------


def _days(days: Iterable[FeedDay], absent: Iterable[AbsentEntry]) -> list[CalendarEvent]:
    """A line for each child and slot. An absence whose place was given back is a line too, unless it is booked again."""
    away = {line_key_of(entry.child_id, entry.slot_id): entry for entry in absent}
    events = {}
    for day in days:
        key = line_key_of(day.child_id, day.slot_id)
        is_away = not day.is_taken and key in away and away[key].is_kept
        events[key] = _day(day, key, is_away=is_away)
    for key, entry in away.items():
        if not entry.is_kept and key not in events:
            events[key] = _absence(entry, key)
    return list(events.values())


def _day(day: FeedDay, key: str, *, is_away: bool) -> CalendarEvent:
    words = {"child": day.child, "formula": day.formula, "activity": day.activity}
    if day.is_taken:
        title = _("Annulé : %(child)s, %(formula)s (%(activity)s)") % words
    elif is_away:
        title = _absent_title(words)
    else:
        title = _("%(child)s : %(formula)s (%(activity)s)") % words
        if day.notices:
            title = f"{title} – {day.notices[0]}"
    is_pending = day.state is BookingState.PENDING_ENROLMENT
    note = [*day.notices, *([_("Inscription à confirmer par le service.")] if is_pending else [])]
    return CalendarEvent(
        key, title, day.day, day.starts_at, day.ends_at, day.venue, False,
        is_tentative=is_pending, note="\n".join(note),
    )  # fmt: skip


def _absence(entry: AbsentEntry, key: str) -> CalendarEvent:
    words = {"child": entry.child, "formula": entry.formula, "activity": entry.activity}
    return CalendarEvent(
        key, _absent_title(words), entry.day, entry.starts_at, entry.ends_at, entry.venue, False
    )


def _absent_title(words: dict[str, str]) -> str:
    return _("Absence annoncée : %(child)s, %(formula)s (%(activity)s)") % words


# The last moments -----------------------------------------------------------------------------------------------


def _limit(limit: FeedLimit, holder: CalendarHolder) -> CalendarEvent:
    """One line a limit, whatever the children and the days that it closes; its alarm rings the evening before."""
    hour = limit_hour(limit.at)
    title = _("Dernier moment pour annuler sans frais : %(what)s") % {"what": _what(limit.days)}
    rows = [f"{d.child} : {d.formula} ({d.activity}), {format_date_long(d.day)}" for d in limit.days]
    link = f"{settings.PUBLIC_URL}{reverse('book')}"
    note = "\n".join([*rows, "", _("Pour annuler : %(url)s") % {"url": link}])
    key = f"limite-{holder.actor.user_id}-{limit.at.astimezone(UTC):%Y%m%dT%H%M%S}"
    return CalendarEvent(
        key, title, hour.day, hour.starts_at, hour.ends_at, "", False, note=note, rings_at=rings_at(limit.at)
    )


def _what(days: Sequence[FeedDay]) -> str:
    """« Zoé et Tom, mer. 2 déc. », or « Zoé, 5 jours »."""
    children = join_fr(dict.fromkeys(day.child for day in days))
    dates: list[date] = sorted({day.day for day in days})
    if len(dates) <= MOST_NAMED:
        return f"{children}, {join_fr(format_date_short(day) for day in dates)}"
    counted = ngettext("%(count)d jour", "%(count)d jours", len(dates)) % {"count": len(dates)}
    return f"{children}, {counted}"
