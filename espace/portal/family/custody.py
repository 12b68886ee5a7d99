"""The calendar of a shared child, in words and as a month. The other home is never named."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.utils.translation import gettext as _

from espace.families.enums import HolidayRule
from espace.families.queries import FamilyFacts, family_facts
from espace.families.rules import Custody, CustodyDay, CustodyException, Rhythm, parity_jumps, rhythm_of
from espace.kernel.calendar import ONE_DAY, monday_of
from espace.kernel.text import format_date_long
from espace.ui.items import DayMark

AHEAD = timedelta(days=120)  # how far « jusqu’au » looks
A_YEAR = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class CustodyMonth:
    """A month of a shared child, and what is to be known of it."""

    words: list[str]
    now: str
    marks: list[DayMark]
    exceptions: list[str] = field(default_factory=list)
    jumps: list[str] = field(default_factory=list)


def custody_month(
    child_id: int, own: Collection[int], first: date, end: date, today: date
) -> CustodyMonth | None:
    """The custody of a child over a month, as their reader's homes see it; None for a child of one home. 2 queries."""
    facts = family_facts([child_id], min(monday_of(first), today), max(end, today + A_YEAR))
    custody = facts.custody_of(child_id)
    if len(custody.homes) < 2:
        return None
    current = next((c for c in custody.arrangements if c.covers(today)), None)
    jumps = parity_jumps(today, today + A_YEAR) if current and rhythm_of(current) is Rhythm.ISO_PARITY else ()
    return CustodyMonth(
        words=_all_words(custody.arrangements, own, today),
        now=custody_now(facts, child_id, own, today),
        marks=[_mark(d, own, today) for d in facts.days_of(child_id, first, end)],
        exceptions=[_excepted(e, own) for e in custody.exceptions if e.end > today],
        jumps=[format_date_long(day) for day in jumps],
    )


def _all_words(arrangements: Sequence[Custody], own: Collection[int], today: date) -> list[str]:
    """What holds today, then what is to come with its first day."""
    said: list[str] = []
    for custody in arrangements:
        words = custody_words(custody, own)
        if custody.valid_from is not None and custody.valid_from > today and words:
            since = {"day": format_date_long(custody.valid_from), "words": words[0]}
            words[0] = _("À partir du %(day)s : %(words)s") % since
        said += words
    return said


def custody_words(custody: Custody | None, own: Collection[int]) -> list[str]:
    """The rhythm and the holidays, without naming the other home; nothing for a child who has one home, the
    reader's."""
    if custody is None:
        return []
    rhythm, here = rhythm_of(custody), custody.owners[0] in own
    if len(custody.homes) == 1:
        return [] if here else [_("Habite dans l’autre foyer.")]
    said = [_rhythm(custody, rhythm, here, own)]
    if custody.holidays is not None:
        mine = custody.holidays.first in own
        said.append(_holidays(custody.holidays.rule, mine))
    return said


def custody_now(facts: FamilyFacts, child_id: int, own: Collection[int], today: date) -> str:
    """Where a shared child is today, and until when; nothing for a child of one home, or when nobody knows."""
    if len(facts.households_of(child_id)) < 2:
        return ""
    here, *later = facts.days_of(child_id, today, min(facts.end, today + AHEAD))
    if here.household is None:
        return ""
    mine = here.household in own
    change = next((d.day for d in later if d.household is None or (d.household in own) != mine), None)
    if change is None:
        return _("Chez vous.") if mine else _("Dans l’autre foyer.")
    last = {"day": format_date_long(change - ONE_DAY)}
    return (
        _("Chez vous jusqu’au %(day)s.") % last if mine else _("Dans l’autre foyer jusqu’au %(day)s.") % last
    )


def _rhythm(custody: Custody, rhythm: Rhythm, here: bool, own: Collection[int]) -> str:
    weekend = (Rhythm.WEEKENDS_FROM_FRIDAY, Rhythm.WEEKENDS_FROM_SATURDAY)
    said = {
        Rhythm.ONE_HOME: _("Vit chez vous.") if here else _("Vit dans l’autre foyer."),
        Rhythm.ALTERNATE_WEEKS: _("Garde alternée : une semaine sur deux."),
        Rhythm.TWO_TWO_THREE: _(
            "Garde alternée en 2-2-3 : deux jours, deux jours, puis le week-end de trois jours."
        ),
        Rhythm.TWO_TWO_FIVE_FIVE: _("Garde alternée en 2-2-5-5 : deux jours chacun, puis cinq jours chacun."),
        Rhythm.ISO_PARITY: _("Garde alternée : chez vous les semaines paires.")
        if here
        else _("Garde alternée : chez vous les semaines impaires."),
    }
    if rhythm in said:
        return said[rhythm]
    if rhythm in weekend:
        return _("Chez vous, sauf un week-end sur deux.") if here else _("Chez vous un week-end sur deux.")
    days = custody.days
    mine = sum(owner in own for owner in days)
    return _("Garde partagée : %(mine)d jours sur %(days)d chez vous.") % {"mine": mine, "days": len(days)}


def _holidays(rule: HolidayRule, mine: bool) -> str:
    if rule is HolidayRule.HALVES:
        return (
            _("Vacances par moitiés : la première chez vous les années paires.")
            if mine
            else _("Vacances par moitiés : la première chez vous les années impaires.")
        )
    return (
        _("Vacances par moitiés, l’été par quinzaines : la première part chez vous les années paires.")
        if mine
        else _("Vacances par moitiés, l’été par quinzaines : la première part chez vous les années impaires.")
    )


def _excepted(exception: CustodyException, own: Collection[int]) -> str:
    where = _("chez vous") if exception.household in own else _("dans l’autre foyer")
    first, last = format_date_long(exception.start), format_date_long(exception.end - ONE_DAY)
    if exception.end - exception.start == ONE_DAY:
        return _("Le %(day)s : %(where)s.") % {"day": first, "where": where}
    return _("Du %(first)s au %(last)s : %(where)s.") % {"first": first, "last": last, "where": where}


def _mark(d: CustodyDay, own: Collection[int], today: date) -> DayMark:
    if d.household is None:
        return DayMark(d.day, "?", _("pas encore connu"), "unknown")
    mine = d.household in own
    words = _("chez vous") if mine else _("autre foyer")
    if d.is_holiday:
        words += _(", vacances")
    if d.is_exception:
        words += _(", exception")
    sign, kind = (_("V"), "mine") if mine else (_("A"), "other")
    return DayMark(
        d.day,
        sign,
        words,
        "mine" if kind == "mine" else "other",
        "!" if d.is_exception else "",
        d.day == today,
    )
