"""What a password must be: the CNIL's figures, and what they do not say of runs and repeats."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from espace.accounts.passwords import CnilPasswordValidator
from espace.accounts.rules import changes_in, distinct_words

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    "password",
    [
        "Tilleul-2026",
        "Ab1-xyzt",
        "Été2026é",
        "quatre grands chevaux verts dansent",
        "Le chat de la voisine dort au soleil",
        "jean-paul mange une pomme rouge",
    ],
)
def test_it_is_taken(password: str) -> None:
    CnilPasswordValidator().validate(password)


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("court", "trop simple"),
        ("tilleul2026", "trop simple"),
        ("aaaaaaaaaaaaaaaaaaaaaa", "cinq mots différents"),
        ("12345678901234567890123", "cinq mots différents"),
        ("azertyuiopqsdfghjklmwxcvbn", "cinq mots différents"),
        ("motdepassemotdepassemotdepasse", "cinq mots différents"),
        ("anticonstitutionnellement", "cinq mots différents"),
        ("bonjour bonjour bonjour bonjour bonjour", "cinq mots différents"),
        ("bonjour bönjour bonjoür bönjoür bonjour", "cinq mots différents"),
        ("aaaa bbbb cccc dddd eeee ffff", "cinq mots différents"),
        ("1234 5678 2345 3456 4567 6789", "cinq mots différents"),
        ("a b c d e f g h i j k l m n", "cinq mots différents"),
        (" " * 30, "cinq mots différents"),
        ("Aaaaaaa1", "une suite ou une répétition"),
        ("Azerty12", "une suite ou une répétition"),
        ("Abcdef123456", "une suite ou une répétition"),
        ("Aaaaaaaaaaaaaaaaaaaaaaaa1", "une suite ou une répétition"),
        ("A1-A1-A1-A1-A1-A1-", "une suite ou une répétition"),
    ],
)
def test_it_is_refused_in_words(password: str, said: str) -> None:
    with pytest.raises(ValidationError) as refused:
        CnilPasswordValidator().validate(password)
    assert said in refused.value.messages[0]


def test_what_counts_as_new() -> None:
    assert [changes_in(t) for t in ("", "a", "aaaaaaaa", "azerty12", "abcabcabc", "987654")] == [
        0,
        0,
        0,
        1,
        1,
        0,
    ]
    assert changes_in("Tilleul-2026") == 10
    assert distinct_words("Été ete, le chat ; 1234 aaa a") == 3


def test_the_rule_is_told_before_one_types() -> None:
    assert "cinq mots différents et 20 caractères" in CnilPasswordValidator().get_help_text()
