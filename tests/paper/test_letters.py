"""What the town prints: tagged, archivable, in French, addressed in the window."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from espace.demo.town import Reference
from espace.families import services
from espace.families.services import keys as keys_module
from espace.kernel.actor import SYSTEM
from espace.kernel.crypto import unseal
from espace.paper.services import letterhead, render
from espace.town.queries import identity
from tests.support.family import Home


@pytest.fixture
def letter(home: Home, tmp_path: Path) -> tuple[Path, str]:
    key = services.issue_key(SYSTEM, household=home.household, adult=home.mother)
    code = unseal(keys_module.SEAL, bytes(key.sealed or b""))
    path = tmp_path / "cle.pdf"
    path.write_bytes(services.make_key_letter(SYSTEM, key_id=key.pk))
    return path, code


def run(*command: str) -> str:
    assert shutil.which(command[0]), f"{command[0]} : voir debian-packages.txt"
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_it_is_tagged_titled_and_sound(letter: tuple[Path, str]) -> None:
    about = run("pdfinfo", str(letter[0]))
    assert "Title:           Votre Clé Enfance" in about
    assert "Tagged:          yes" in about
    assert "Pages:           1" in about
    assert "No syntax or stream encoding errors" in run("qpdf", "--check", str(letter[0]))


def test_it_is_for_the_long_term_and_for_everyone(letter: tuple[Path, str]) -> None:
    raw = run("pdfinfo", "-meta", str(letter[0]))
    assert "<pdfaid:part>3</pdfaid:part>" in raw
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in raw
    assert "<pdfuaid:part>1</pdfuaid:part>" in raw
    assert ">fr" in raw


def test_it_says_the_key_the_steps_and_the_guichet(letter: tuple[Path, str]) -> None:
    text = run("pdftotext", "-layout", str(letter[0]), "-")
    town = identity()
    for words in (
        letter[1],
        "Maud Ferrand",
        "5, rue des Écoles",
        "lundi 22 février 2027",
        town.guichet_phone,
    ):
        assert words in text
    assert "Maëlys et Isaac" in text


def test_the_address_is_in_the_window(letter: tuple[Path, str]) -> None:
    """A DL or C5 window shows from 110 mm across and 45 to 80 mm down (72 points to the inch)."""
    box = run("pdftotext", "-x", "311", "-y", "127", "-W", "255", "-H", "100", str(letter[0]), "-")
    assert "Maud Ferrand" in box
    assert "99450 Clairval-sur-Aune" in box


def test_a_template_nobody_has_is_our_mistake(town: Reference) -> None:
    for name in ("inconnu", "../families/paper/key_letter"):
        with pytest.raises(ValueError):
            render(name, {"town": letterhead(identity())}, title="x")


def test_an_invoice_of_eight_lines_is_one_sheet(town: Reference, tmp_path: Path) -> None:
    """Two children, four lines each: the total and the terms used to leave for a second one."""
    line = {
        "label": "Accueil de loisirs du mercredi : journée sans le repas",
        "detail": "mercredi 14 octobre 2026",
        "count": "2 × 6,40 €",
        "amount": "12,80 €",
        "why": "Quotient familial 812 : tranche 3 (de 640 à moins de 860), soit 6,40 €.",
    }
    data = {
        "town": letterhead(identity()),
        "reference": "RC-2026-000054",
        "address": ["Camille Perrin", "Résidence des Saules", "70, rue Basse", "99450 Clairval-sur-Aune"],
        "household": "Perrin",
        "household_number": "20039",
        "issued_on": "lundi 2 novembre 2026",
        "due_on": "mercredi 2 décembre 2026",
        "total": "102,40 €",
        "children": [{"name": name, "total": "51,20 €", "lines": [line] * 4} for name in ("Léo", "Zélie")],
        "page": "espace.example.org",
        "creditor": "Commune de Clairval-sur-Aune",
        "siret": "21994500000013",
        "cash_office": "Régie centrale",
        "act": "Arrêté n° 2019-042 du 12 mars 2019",
        "year": "2026",
        "of_month": "d’octobre 2026",
        "codes": ["70632", "7067"],
    }
    path = tmp_path / "facture.pdf"
    path.write_bytes(render("facture", data, title="Facture d’octobre 2026"))
    assert "Pages:           1" in run("pdfinfo", str(path))
