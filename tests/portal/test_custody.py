"""A parent reads the calendar of a shared child, in words and as a month, and nothing of the other home."""

from __future__ import annotations

from datetime import date

import pytest

from espace.families.enums import CustodyKind, HolidayRule
from espace.families.rules import Custody, HolidaySharing, Rhythm, cycle_of
from espace.families.services import add_custody_exception, set_custody
from espace.kernel.actor import SYSTEM
from tests.portal.test_booking_month import text
from tests.support.cast import Character
from tests.support.town import TODAY

MONDAY = date(2026, 11, 23)


def share(alice: Character, bob: Character, rhythm: Rhythm, rule: HolidayRule = HolidayRule.NONE) -> None:
    homes = alice.household.pk, bob.household.pk
    sharing = HolidaySharing(rule, *homes) if rule is not HolidayRule.NONE else None
    custody = (
        Custody(CustodyKind.ISO_PARITY, homes, holidays=sharing)
        if rhythm is Rhythm.ISO_PARITY
        else Custody(CustodyKind.CYCLE, cycle_of(rhythm, *homes), MONDAY, holidays=sharing)
    )
    set_custody(SYSTEM, child=alice.children[1], custody=custody)


def page_of(who: Character, alice: Character, month: str = "2026-11") -> str:
    return text(who.client.get(f"/ma-famille/{alice.children[1].pk}/", {"mois": month}))


def test_each_parent_reads_their_own_side(alice: Character, bob: Character) -> None:
    share(alice, bob, Rhythm.ALTERNATE_WEEKS, HolidayRule.HALVES)
    hers, his = page_of(alice, alice), page_of(bob, alice)
    assert "Garde alternée : une semaine sur deux." in hers
    assert "la première chez vous les années paires" in hers
    assert "la première chez vous les années impaires" in his
    assert "Chez vous jusqu’au dimanche 29 novembre 2026." in hers
    assert "Dans l’autre foyer jusqu’au dimanche 29 novembre 2026." in his
    assert "Famille Lefèvre" not in hers
    assert "Famille Moreau" not in his


def test_the_month_is_shown_day_by_day(alice: Character, bob: Character) -> None:
    share(alice, bob, Rhythm.ALTERNATE_WEEKS, HolidayRule.HALVES)
    html = alice.client.get(f"/ma-famille/{alice.children[1].pk}/", {"mois": "2026-12"}).content.decode()
    for day, words in [(1, "A"), (7, "V"), (19, "V"), (26, "V"), (27, "A")]:
        assert (
            f'<time datetime="2026-12-{day:02d}">{day}</time><span aria-hidden="true">{words}</span>' in html
        )
    assert "chez vous, vacances" in html


@pytest.mark.parametrize(
    ("rhythm", "hers", "his"),
    [
        (Rhythm.TWO_TWO_THREE, "2-2-3", "2-2-3"),
        (Rhythm.TWO_TWO_FIVE_FIVE, "2-2-5-5", "2-2-5-5"),
        (Rhythm.WEEKENDS_FROM_FRIDAY, "sauf un week-end sur deux", "Chez vous un week-end sur deux"),
        (Rhythm.ISO_PARITY, "chez vous les semaines paires", "chez vous les semaines impaires"),
    ],
)
def test_the_rhythm_is_said_on_my_family(
    alice: Character, bob: Character, rhythm: Rhythm, hers: str, his: str
) -> None:
    share(alice, bob, rhythm)
    assert hers in text(alice.client.get("/ma-famille/"))
    assert his in text(bob.client.get("/ma-famille/"))


def test_two_odd_weeks_in_a_row_are_told(alice: Character, bob: Character) -> None:
    share(alice, bob, Rhythm.ISO_PARITY)
    assert "à partir du lundi 4 janvier 2027." in page_of(bob, alice)
    share(alice, bob, Rhythm.ALTERNATE_WEEKS)
    assert "deux semaines impaires" not in page_of(bob, alice)


def test_a_custody_to_come_is_told_with_its_first_day(alice: Character, bob: Character) -> None:
    custody = Custody(CustodyKind.SINGLE, (alice.household.pk,))
    set_custody(SYSTEM, child=alice.children[1], custody=custody)
    custody = Custody(CustodyKind.ISO_PARITY, (alice.household.pk, bob.household.pk))
    set_custody(SYSTEM, child=alice.children[1], custody=custody, start=date(2026, 12, 7))
    page = page_of(alice, alice)
    assert "À partir du lundi 7 décembre 2026 : Garde alternée : chez vous les semaines paires." in page
    assert "Chez vous jusqu’au dimanche 13 décembre 2026." in page


def test_an_exception_is_told_to_both_without_its_reason(alice: Character, bob: Character) -> None:
    share(alice, bob, Rhythm.ALTERNATE_WEEKS)
    add_custody_exception(
        SYSTEM, child=alice.children[1], household_id=bob.household.pk, start=TODAY, end=date(2026, 11, 26),
        reason="Hospitalisation",
    )  # fmt: skip
    assert "Du mardi 24 novembre 2026 au mercredi 25 novembre 2026 : dans l’autre foyer." in page_of(
        alice, alice
    )
    assert "au mercredi 25 novembre 2026 : chez vous." in page_of(bob, alice)
    assert "Hospitalisation" not in page_of(alice, alice) + page_of(bob, alice)


def test_a_child_of_one_home_has_no_calendar_of_custody(alice: Character) -> None:
    assert "Sa garde" not in text(alice.client.get(f"/ma-famille/{alice.children[0].pk}/"))
