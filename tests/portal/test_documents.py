"""The three public documents: real PDFs, the last from the tariffs in the database."""

from __future__ import annotations

import io

import pytest
from django.test import Client
from pypdf import PdfReader

from espace.demo.town import Reference
from espace.pricing.models import TariffBracket, TariffModifier


def read(client: Client, slug: str) -> tuple[PdfReader, str]:
    answer = client.get(f"/documents/{slug}.pdf")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    reader = PdfReader(io.BytesIO(answer.content))
    return reader, " ".join("\n".join(page.extract_text() for page in reader.pages).split())


@pytest.mark.parametrize("slug", ["mode-d-emploi", "reglement-de-la-regie", "tarification"])
def test_each_is_tagged_titled_and_names_the_town(town: Reference, client: Client, slug: str) -> None:
    reader, text = read(client, slug)
    root = reader.root_object
    assert root["/MarkInfo"].get_object()["/Marked"]  # type: ignore[index]
    assert str(root["/Lang"]).startswith("fr")
    assert reader.metadata is not None
    assert reader.metadata.title
    assert "Clairval-sur-Aune" in text


def test_the_tariffs_are_those_of_the_database(town: Reference, client: Client) -> None:
    _, text = read(client, "tarification")
    assert "De 860 à moins de 1 150 3,05 €" in text.replace("\u202f", " ").replace("\u00a0", " ")
    TariffBracket.objects.filter(unit_price=30_500).update(unit_price=31_700)
    _, text = read(client, "tarification")
    assert "3,17" in text
    assert "3,05" not in text


def test_the_rules_say_the_surcharge_in_force(town: Reference, client: Client) -> None:
    TariffModifier.objects.filter(kind="LATE_BOOKING").update(value=40_000)
    _, text = read(client, "reglement-de-la-regie")
    assert "4,00" in text
    assert "15 jours avant" in text.replace("\u00a0", " ")


def test_the_guide_has_its_steps(town: Reference, client: Client) -> None:
    _, text = read(client, "mode-d-emploi")
    for words in ("Clé Enfance", "semaine type", "régler"):
        assert words in text


def test_another_document_is_not_there(town: Reference, client: Client) -> None:
    assert client.get("/documents/secret.pdf").status_code == 404


def test_documents_ask_few_questions(
    town: Reference, client: Client, django_assert_max_num_queries: object
) -> None:
    with django_assert_max_num_queries(15):  # type: ignore[operator]
        client.get("/documents/reglement-de-la-regie.pdf")
