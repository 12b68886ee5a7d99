"""The « mode d’emploi » says what the screens say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from espace.portal.home.guide import Section, guide, payment_rules
from espace.town.queries import Identity
from tests.portal.test_booking_month import text
from tests.support.cast import Character
from tests.support.pages import StrictClient
from tests.support.registries import ROOT

QUOTED = re.compile(r"«[\s\u00a0]*([^»]+?)[\s\u00a0]*»")


def sentences(sections: list[Section]) -> Iterator[str]:
    for section in sections:
        yield from (section.title, *section.paragraphs, *section.steps, *section.after)


def all_sentences() -> list[str]:
    return [
        *sentences(guide(Identity(), "2,50 €")),
        *sentences(payment_rules("La commune", "Arrêté du 1er septembre", 30, "2,50 €")),
    ]


def labels() -> list[str]:
    return sorted({label for sentence in all_sentences() for label in QUOTED.findall(sentence)})


def templates() -> str:
    folder = Path(ROOT) / "espace" / "portal" / "templates"
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.html")))


def test_the_guide_names_its_buttons() -> None:
    assert {"Créer mon espace", "Inscrire", "Confirmer", "Régler"} <= set(labels())


@pytest.mark.parametrize("label", labels())
def test_each_label_that_the_guide_quotes_is_on_a_screen(label: str) -> None:
    """Whole: the words of a button, of a link or of a title, perhaps with an amount; not some words of a sentence."""
    whole = re.compile(rf"""["“>}}]\s*{re.escape(label)}\s*(?:{{{{ amount }}}}{{%|["”<])""")
    assert whole.search(templates()), f"no screen says « {label} »"


@pytest.mark.parametrize("word", ["validez", "valider", "rappel", "espèces", "chèque", "Payer »"])
def test_the_guide_promises_nothing_that_nobody_does(word: str) -> None:
    assert not [sentence for sentence in all_sentences() if word.casefold() in sentence.casefold()]


def test_the_guide_is_read_on_the_help_page(client: StrictClient, alice: Character) -> None:
    assert "puis « Régler »" in text(client.get("/aide/"))
