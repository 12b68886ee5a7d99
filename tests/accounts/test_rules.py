"""Addresses, user names, telephone numbers, codes, steps."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from espace.accounts import rules
from espace.accounts.enums import SignUpStep
from espace.accounts.rules import CodeState

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=ZoneInfo("Europe/Paris"))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("lea@yaho.fr", "lea@yahoo.fr"),
        ("lea@yahooo.fr", "lea@yahoo.fr"),
        ("lea@YAHO.FR", "lea@yahoo.fr"),
        ("lea@gmial.com", "lea@gmail.com"),
        ("lea@gmail.co", "lea@gmail.com"),
        ("lea@gmail.fr", "lea@gmail.com"),
        ("lea@gmil.com", "lea@gmail.com"),
        ("lea@hotmal.fr", "lea@hotmail.fr"),
        ("lea@orange.f", "lea@orange.fr"),
        ("lea@ornage.fr", "lea@orange.fr"),
        ("lea@laposte.fr", "lea@laposte.net"),
        ("lea@free.f", "lea@free.fr"),
        ("lea@sfr.r", "lea@sfr.fr"),
        ("l.e.a+ecole@outlok.com", "l.e.a+ecole@outlook.com"),
    ],
)
def test_a_mistyped_mailbox_is_offered_for_correction(typed: str, meant: str) -> None:
    assert rules.suggested_email(typed) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "lea@yahoo.fr", "lea@gmail.com", "lea@ville.exemple.fr", "lea@orange-business.com", "lea@live.com",
        "lea@fred.fr", "lea@afr.fr", "lea@tree.fr", "lea@icloud.com", "lea@proton.me", "lea@aol.com", "@yaho.fr", "lea",
    ],
)  # fmt: skip
def test_an_address_that_may_be_right_is_left_alone(typed: str) -> None:
    assert rules.suggested_email(typed) == ""


@given(st.sampled_from(rules.KNOWN_DOMAINS))
def test_no_known_mailbox_is_corrected_into_another(domain: str) -> None:
    assert rules.suggested_email(f"lea@{domain}") == ""


@given(st.text(max_size=60))
def test_any_text_may_be_looked_at(text: str) -> None:
    suggestion = rules.suggested_email(text)
    assert suggestion == "" or suggestion.rpartition("@")[0] == text.rpartition("@")[0]


def test_an_address_is_tidied_without_touching_the_mailbox_name() -> None:
    assert rules.tidy_email("  Lea.Martin@Yahoo.FR ") == "Lea.Martin@yahoo.fr"


@pytest.mark.parametrize(
    ("first", "last", "base"),
    [
        ("Léa", "Martin", "lea.martin"),
        ("Jean-Paul", "O’Brien", "jean-paul.o-brien"),
        ("Éloïse", "d’Arc-Noël", "eloise.d-arc-noel"),
        ("Anne Marie", "De La Tour", "anne-marie.de-la-tour"),
        ("Œuna", "Y", "oeuna.y"),
        ("O", "A", "o.a"),
        ("李", "王", "parent"),
        ("Å", "", "parent.a"),
        ("X" * 80, "Y" * 80, "x" * 50),
    ],
)
def test_a_user_name_is_proposed_from_the_names(first: str, last: str, base: str) -> None:
    assert rules.username_base(first, last) == base
    assert rules.is_username(base)


@given(st.text(max_size=80), st.text(max_size=80))
def test_what_is_proposed_is_always_a_user_name(first: str, last: str) -> None:
    assert rules.is_username(rules.username_base(first, last))


def test_a_taken_name_gets_the_first_free_number() -> None:
    assert rules.free_name("lea.martin", set()) == "lea.martin"
    assert rules.free_name("lea.martin", {"lea.martin", "lea.martin2"}) == "lea.martin3"
    assert rules.free_name("Lea.Martin", {"lea.martin"}) == "Lea.Martin2"


@pytest.mark.parametrize(
    "text", ["ab", "é.martin", "lea martin", "lea@martin", ".lea", "-lea", "", "a" * 61, "lea\u202e"]
)
def test_these_are_no_user_names(text: str) -> None:
    assert not rules.is_username(text)


@pytest.mark.parametrize(
    "typed",
    ["06 39 98 12 34", "0639981234", "06.39.98.12.34", "06-39-98-12-34", "+33 6 39 98 12 34", "+33639981234",
     "0033 6 39 98 12 34", "+33 (0)6 39 98 12 34", "+33 06 39 98 12 34", "06\u00a039\u202f98 12 34"],
)  # fmt: skip
def test_a_french_number_however_typed_is_kept_in_one_form(typed: str) -> None:
    assert rules.normalised_phone(typed) == "06 39 98 12 34"


@pytest.mark.parametrize(
    ("typed", "kept"), [("+32 470 12 34 56", "+32470123456"), ("0032470123456", "+32470123456")]
)
def test_a_number_from_abroad_is_taken(typed: str, kept: str) -> None:
    assert rules.normalised_phone(typed) == kept


@pytest.mark.parametrize(
    "typed", ["", "06 39 98 12", "06 39 98 12 34 5", "0039", "00 00 00 00 00", "appelez-moi", "+", "+0123456789",
              "+1234567890123456", "٠٦٣٩٩٨١٢٣٤", "06 39 98 12 3a", "1234567890"],
)  # fmt: skip
def test_these_are_no_numbers(typed: str) -> None:
    assert rules.normalised_phone(typed) is None


@pytest.mark.parametrize(
    "name", ["O", "D’Arc", "d'Arc", "Jean-Paul", "Noël", "N’Golo", "李", "محمد", "St. John", "Nuñez"]
)
def test_these_are_names(name: str) -> None:
    assert rules.is_civil_name(name)


@pytest.mark.parametrize(
    "name", ["", " ", "-", "’", "Jean2", "Jean<b>", "😀", "Lea😀", "a@b", "Jean_Paul", "A\u202eB"]
)
def test_these_are_no_names(name: str) -> None:
    assert not rules.is_civil_name(name)


@pytest.mark.parametrize("postcode", ["59223", "7700", "L-1234", "1234 AB", "SW1A 123"])
def test_these_are_postcodes(postcode: str) -> None:
    assert rules.is_postcode(postcode)


@pytest.mark.parametrize("postcode", ["", "592", "ABCDE", "59223 ROUBAIX", "5922é", "-5922"])
def test_these_are_no_postcodes(postcode: str) -> None:
    assert not rules.is_postcode(postcode)


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        (date(1990, 11, 24), date(2026, 11, 24), 36),
        (date(1990, 11, 25), date(2026, 11, 24), 35),
        (date(2004, 2, 29), date(2026, 2, 28), 21),
        (date(2004, 2, 29), date(2026, 3, 1), 22),
        (date(2027, 1, 1), date(2026, 11, 24), -1),
    ],
)
def test_an_age(born: date, day: date, age: int) -> None:
    assert rules.age_on(born, day) == age


@pytest.mark.parametrize(
    ("has_code", "left", "tries", "state"),
    [
        (False, timedelta(minutes=5), 0, CodeState.NONE),
        (True, None, 0, CodeState.NONE),
        (True, timedelta(seconds=1), 0, CodeState.LIVE),
        (True, timedelta(seconds=1), 4, CodeState.LIVE),
        (True, timedelta(seconds=1), 5, CodeState.USED_UP),
        (True, timedelta(0), 0, CodeState.EXPIRED),
        (True, timedelta(seconds=-1), 5, CodeState.USED_UP),
    ],
)
def test_a_code_lives_fifteen_minutes_and_five_tries(
    has_code: bool, left: timedelta | None, tries: int, state: CodeState
) -> None:
    expires = NOON + left if left is not None else None
    assert rules.code_state(has_code=has_code, expires_at=expires, tries=tries, now=NOON) is state


@pytest.mark.parametrize(("ago", "wait"), [(0, 60), (1, 59), (59, 1), (59.5, 1), (60, 0), (900, 0)])
def test_another_code_waits_a_minute(ago: float, wait: int) -> None:
    assert rules.seconds_before_resend(NOON - timedelta(seconds=ago), NOON) == wait


def test_the_first_code_waits_for_nothing() -> None:
    assert rules.seconds_before_resend(None, NOON) == 0


@pytest.mark.parametrize("typed", ["123456", "123 456", " 123\u00a0456 ", "123-456"])
def test_a_code_is_read_with_its_spaces(typed: str) -> None:
    assert rules.digits_of(typed) == "123456"


@pytest.mark.parametrize(
    ("email", "verified", "answered", "step"),
    [
        ("", False, [], SignUpStep.EMAIL),
        ("a@b.fr", False, [], SignUpStep.CODE),
        ("a@b.fr", False, ["IDENTITY", "ADDRESS", "CONTACT"], SignUpStep.CODE),
        ("a@b.fr", True, [], SignUpStep.IDENTITY),
        ("a@b.fr", True, ["IDENTITY", "CONTACT"], SignUpStep.ADDRESS),
        ("a@b.fr", True, ["IDENTITY", "ADDRESS", "CONTACT"], SignUpStep.CREDENTIALS),
    ],
)
def test_the_first_step_not_done_is_the_next(
    email: str, verified: bool, answered: list[str], step: SignUpStep
) -> None:
    assert rules.next_step(email=email, verified=verified, answered=answered) is step


def test_a_step_already_done_may_be_visited_again() -> None:
    assert rules.may_visit(SignUpStep.IDENTITY, SignUpStep.CREDENTIALS)
    assert rules.may_visit(SignUpStep.CONTACT, SignUpStep.CONTACT)
    assert not rules.may_visit(SignUpStep.CONTACT, SignUpStep.ADDRESS)
