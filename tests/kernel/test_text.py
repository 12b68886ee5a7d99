"""French as the town writes it."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from espace.kernel.text import (
    N_,
    clean_line,
    de_nom,
    format_date_long,
    format_date_short,
    format_datetime_long,
    format_hundredths,
    format_money,
    format_month,
    format_number,
    format_quotient,
    format_time,
    format_unit_price,
    has_forbidden_characters,
    initials,
    join_fr,
    normalise,
    plural_fr,
)

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    ("cents", "text"),
    [
        (1240, "12,40\u00a0€"),
        (0, "0,00\u00a0€"),
        (5, "0,05\u00a0€"),
        (-320, "\u22123,20\u00a0€"),
        (99_999, "999,99\u00a0€"),
        (123_456, "1\u202f234,56\u00a0€"),
        (-123_456_789, "\u22121\u202f234\u202f567,89\u00a0€"),
    ],
)
def test_amounts(cents: int, text: str) -> None:
    assert format_money(cents) == text


@pytest.mark.parametrize(
    ("price", "text"),
    [
        (30_500, "3,05\u00a0€"),
        (15_250, "1,525\u00a0€"),
        (52_615, "5,2615\u00a0€"),
        (-25_000, "\u22122,50\u00a0€"),
    ],
)
def test_unit_prices_show_more_decimals_only_when_they_have_them(price: int, text: str) -> None:
    assert format_unit_price(price) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (81_200, "812"),
        (39_999, "399,99"),
        (190_000, "1\u202f900"),
        (0, "0"),
        (150, "1,5"),
        (5, "0,05"),
        (-150, "\u22121,5"),
    ],
)
def test_quotients_and_quantities(value: int, text: str) -> None:
    assert format_hundredths(value) == text


def test_whole_numbers() -> None:
    assert format_number(1_234_567) == "1\u202f234\u202f567"
    assert format_number(-5) == "\u22125"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Léo", "de Léo"), ("Ilyès", "d’Ilyès"), ("Élise", "d’Élise"), ("Œdipe", "d’Œdipe"), ("Iris Tessier", "d’Iris Tessier"),
        ("Hugo", "d’Hugo"), ("Hélène", "d’Hélène"), ("Hassan", "de Hassan"), ("Yves", "d’Yves"), ("Yanis", "de Yanis"),
        ("Y", "d’Y"), ("É", "d’É"), ("", "de "),
    ],
)  # fmt: skip
def test_a_name_after_a_noun(name: str, said: str) -> None:
    assert de_nom(name) == said


def test_a_quotient_shows_both_decimals_or_none() -> None:
    assert [format_quotient(n) for n in (81_200, 81_250, 39_999, 152_005)] == [
        "812", "812,50", "399,99", "1\u202f520,05",
    ]  # fmt: skip


def test_dates() -> None:
    assert format_date_long(date(2026, 10, 12)) == "lundi 12 octobre 2026"
    assert format_date_long(date(2026, 10, 1)) == "jeudi 1er octobre 2026"
    assert format_date_short(date(2026, 10, 12)) == "lun. 12\u00a0oct."
    assert format_date_short(date(2026, 5, 1)) == "ven. 1er\u00a0mai"
    assert format_month(date(2026, 10, 12)) == "octobre 2026"
    assert format_month(date(2026, 8, 1)) == "août 2026"


def test_times() -> None:
    assert format_time(time(23, 59)) == "23\u00a0h\u00a059"
    assert format_time(time(12)) == "12\u00a0h"
    assert format_time(time(7, 5)) == "7\u00a0h\u00a005"
    moment = datetime(2026, 10, 12, 23, 59, 59)
    assert format_datetime_long(moment) == "lundi 12 octobre 2026 à 23\u00a0h\u00a059"


@pytest.mark.parametrize(
    "spelling",
    [
        "Éloïse D’Arc-Noël",
        "eloise d'arc noel",
        "  ELOÏSE   D‘ARC NOËL ",
        "éloïse d\u2019arc\u2011noël",
        "E\u0301loïse d arc-noël",
    ],
)
def test_one_name_is_found_however_it_is_spelled(spelling: str) -> None:
    assert normalise(spelling) == "eloise d arc noel"


def test_ligatures_and_sharp_s() -> None:
    assert normalise("Œuvrard") == normalise("oeuvrard") == "oeuvrard"
    assert normalise("Lætitia Weiß") == "laetitia weiss"


@given(st.text())
def test_normalising_twice_is_normalising_once(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@pytest.mark.parametrize(
    "name", ["Zoé", "O", "D’Arc", "d'Arc", "Jean-Paul", "Nguyễn", "Ó Súilleabháin", "محمد", "李"]
)
def test_names_are_kept_as_they_are(name: str) -> None:
    assert not has_forbidden_characters(name)
    assert clean_line(name) == name


@pytest.mark.parametrize(
    "text",
    [
        "a\x00b",
        "a\x1b[31m",
        "a\u202eb",
        "a\u2066b",
        "a\u200eb",
        "a\ud800b",
        "a\u2028b",
        "a\ufeffb",
        "a\nb",
        "a\x7f",
    ],
)
def test_characters_that_deceive_are_told(text: str) -> None:
    assert has_forbidden_characters(text)


def test_a_free_text_may_have_lines_but_nothing_more() -> None:
    assert not has_forbidden_characters("Bonjour,\r\n\tmerci.", multiline=True)
    assert has_forbidden_characters("a\u202eb\n", multiline=True)


def test_a_line_is_composed_and_trimmed() -> None:
    assert clean_line("  E\u0301loi\u0308se \u00a0 Martin ") == "Éloïse Martin"


@given(st.text())
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    assert clean_line(clean_line(text)) == clean_line(text)


def test_lists_and_plurals() -> None:
    assert [join_fr("abc"[:n]) for n in range(4)] == ["", "a", "a et b", "a, b et c"]
    assert [plural_fr(n, "jour", "jours") for n in (0, 1, -1, 2)] == ["jour", "jour", "jour", "jours"]
    assert initials("Jean-Paul", "d’Arc") == "JD"
    assert initials("", "Éva") == "É"
    assert N_("Bonjour") == "Bonjour"
