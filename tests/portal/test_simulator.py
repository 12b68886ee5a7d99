"""The simulator says what the bill will say, and explains it."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlencode

import pytest
from django.test import Client

from espace.demo.town import Reference
from espace.kernel.calendar import date_range
from espace.kernel.money import Money

MEALS = [("restauration-scolaire", str(day)) for day in (0, 1, 3, 4)]


def ask(client: Client, *values: tuple[str, str], status: int = 200) -> str:
    answer = client.get("/simulateur/?" + urlencode([("semaine", "1"), *values]))
    assert answer.status_code == status
    return answer.content.decode()


def school_days(town: Reference, weekdays: tuple[int, ...], start: date, end: date) -> int:
    return sum(town.calendar.is_school_day(d) and d.weekday() in weekdays for d in date_range(start, end))


def test_the_year_is_the_real_calendar_times_the_engines_price(town: Reference, client: Client) -> None:
    page = ask(client, ("quotient", "812"), *MEALS)
    days = school_days(town, (0, 1, 3, 4), town.year.start, town.year.end)
    assert str(Money(235 * days)) in page
    november = school_days(town, (0, 1, 3, 4), date(2026, 11, 1), date(2026, 12, 1))
    assert str(Money(235 * november)) in page
    assert "Quotient familial 812\u00a0: tranche 3 (de 640 à moins de 860), soit 2,35\u00a0€." in page


@pytest.mark.parametrize(
    ("quotient", "price"),
    [
        ("0", "0,50"),
        ("399,99", "0,50"),
        ("400", "1,75"),
        ("1899.99", "4,60"),
        ("1900", "4,90"),
        ("1 900", "4,90"),
    ],
)
def test_the_brackets_are_those_of_the_bill(
    town: Reference, client: Client, quotient: str, price: str
) -> None:
    assert f"soit {price}\u00a0€" in ask(client, ("quotient", quotient), *MEALS)


def test_an_unknown_quotient_is_the_highest_price_and_says_so(town: Reference, client: Client) -> None:
    page = ask(client, *MEALS)
    assert "Quotient inconnu" in page
    assert "4,90\u00a0€" in page


def test_outside_the_town(town: Reference, client: Client) -> None:
    assert "6,50\u00a0€" in ask(client, ("quotient", "812"), ("commune", "hors"), *MEALS)


def test_the_third_child_pays_less_for_care(town: Reference, client: Client) -> None:
    page = ask(client, ("quotient", "812"), ("enfants", "3"), ("accueil-du-soir", "1"))
    assert "1er et 2e enfants" in page
    assert "3e enfant" in page
    assert "1,35\u00a0€" in page


def test_a_wednesday_is_care_and_a_meal(town: Reference, client: Client) -> None:
    page = ask(client, ("quotient", "812"), ("accueil-de-loisirs-du-mercredi", "JOURNEE"))
    days = school_days(town, (2,), town.year.start, town.year.end)
    assert str(Money((640 + 235) * days)) in page


def test_without_a_question_it_shows_an_example(town: Reference, client: Client) -> None:
    page = client.get("/simulateur/").content.decode()
    assert "Pour commencer" in page


def test_nothing_chosen(town: Reference, client: Client) -> None:
    assert "Cochez au moins un jour" in ask(client, ("quotient", "812"))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("quotient", "beaucoup"),
        ("quotient", "-5"),
        ("quotient", "1e9"),
        ("quotient", "99999999999999"),
        ("quotient", "8\u202e12"),
        ("quotient", "🙂"),
        ("quotient", "NaN"),
        ("enfants", "0"),
        ("enfants", "400000"),
        ("commune", "'; drop table"),
        ("restauration-scolaire", "9"),
        ("accueil-de-loisirs-du-mercredi", "INCONNU"),
    ],
)
def test_bad_input_is_a_sentence(town: Reference, client: Client, field: str, value: str) -> None:
    page = ask(client, (field, value), status=422)
    assert "à corriger" in page
    assert "Le prix ne peut" not in page


def test_a_summer_visitor_sees_the_year_that_comes(town: Reference, client: Client, frozen: object) -> None:
    frozen.move_to("2027-07-20T10:00+02:00")  # type: ignore[attr-defined]
    assert "2027-2028" in ask(client, ("quotient", "812"), *MEALS)


def test_without_a_town_it_says_what_is_missing(db: None, client: Client) -> None:
    page = client.get("/simulateur/?semaine=1&quotient=812")
    assert page.status_code in (200, 422)
    assert "calendrier scolaire" in page.content.decode()


def test_the_simulator_asks_few_questions(
    town: Reference, client: Client, django_assert_max_num_queries: object
) -> None:
    with django_assert_max_num_queries(7):  # type: ignore[operator]
        ask(client, ("quotient", "812"), ("enfants", "8"), *MEALS)
