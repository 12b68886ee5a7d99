"""The town's identity has one source: change its numbers and addresses, and no other one remains in any page, paper or
message. The world of the walk serves here because it has something to show on each of them."""

from __future__ import annotations

import io
import re
from html import unescape
from typing import Any

import pytest
from django.db import transaction
from django.test.client import MULTIPART_CONTENT
from django.urls import reverse
from pypdf import PdfReader

from espace.accounts.models import User
from espace.families.models import Person
from espace.notifications.models import OutboxMessage
from espace.notifications.services import letter_of
from espace.notifications.transport import text_of as mail_text
from espace.town.models import Department, Municipality
from espace.town.queries import identity, opening_hours
from tests.bad_input.pages import PAGES
from tests.bad_input.sending import EVERYTHING, address, good
from tests.bad_input.table import FORMS
from tests.support.small_world import World

pytestmark = pytest.mark.django_db
DOCUMENTS = ("mode-d-emploi", "reglement-de-la-regie", "tarification")
OURS = {"0199007777", "0199008888"}
# Ten digits inside a word are of a digest, not of a telephone.
NUMBER = re.compile(r"(?<![\w.,-])(?:\+33[ .]?\d|0\d)(?:[ .]?\d\d){4}(?![\w-])")
MAIL = re.compile(r"[\w.+-]+@[\w.-]+\w")
TOWN = "clairval-sur-aune.example"
# Files that a family deposited: their words are the family's.
DEPOSITED = {"document", "agent_document"}


@pytest.fixture
def moved(world: World) -> World:
    """Nobody has a telephone but the town, whose numbers and addresses are all new."""
    Person.objects.update(phone="")
    User.objects.update(phone="")
    Department.objects.update(phone="01 99 00 77 77", email="bureau@autreville.example")
    Municipality.objects.update(
        phone="01 99 00 88 88", email="ville@autreville.example", mail_from="espace@autreville.example"
    )
    return world


def text_of(response: Any) -> str:
    """What is read, and what a link dials."""
    if response.headers.get("Content-Type", "").startswith("application/pdf"):
        reader = PdfReader(io.BytesIO(response.content))
        return " ".join(page.extract_text() for page in reader.pages)
    return unescape(response.content.decode())


def strangers(text: str) -> set[str]:
    """The numbers and the addresses of the town that do not come from the database."""
    plain = re.sub(r"[\u00a0\u202f\u2009]", " ", text)
    numbers = {"".join(c for c in found if c.isdigit()) for found in NUMBER.findall(plain)} - OURS
    return numbers | {found for found in MAIL.findall(plain) if found.endswith(TOWN)}


def test_the_eye_sees_a_number() -> None:
    for written in (
        "01 99 00 10 20",
        "01.99.00.10.20",
        "0199001020",
        "+33 1 99 00 10 20",
        "01\u00a099\u00a000\u00a010\u00a020",
    ):
        assert strangers(f"<p>Appelez le {written}.</p>"), written
    assert strangers('<a href="tel:0199001020">') == {"0199001020"}
    assert strangers(f"Écrivez à mairie@{TOWN}.") == {f"mairie@{TOWN}"}
    assert strangers("le 01 99 00 77 77, de 11 h 30 à 13 h 30, RC-2026-000001, 2026-12-10") == set()


@pytest.mark.parametrize("name", [n for n in EVERYTHING if n not in DEPOSITED])
def test_no_page_holds_another_number(name: str, moved: World) -> None:
    """Every address that answers to GET: pages of visitors, parents and agents, stylesheets, invoices and receipts."""
    entry = EVERYTHING[name]
    response = moved.client(entry.who).get(address(name, moved))
    if name in PAGES:
        assert response.status_code in (200, 302, 503), "a page that shows nothing proves nothing"
    assert strangers(text_of(response)) == set()


@pytest.mark.parametrize("slug", DOCUMENTS)
def test_no_public_document_holds_another_number(slug: str, moved: World) -> None:
    text = text_of(moved.client("visitor").get(reverse("public_document", args=[slug])))
    assert "Clairval-sur-Aune" in text  # it was read
    assert strangers(text) == set()


@pytest.mark.parametrize("name", FORMS)
def test_no_answer_and_no_message_holds_another_number(name: str, moved: World) -> None:
    """What each form answers (the letter of a key among them), and each message that leaves because of it."""
    form = FORMS[name]
    kind = "application/json" if form.as_json else MULTIPART_CONTENT
    with transaction.atomic():
        response = moved.client(form.who).post(address(name, moved), good(form.of(moved)), content_type=kind)
        texts = [text_of(response)] + [_delivered(m) for m in OutboxMessage.objects.order_by("id")]
        transaction.set_rollback(True)
    assert [strangers(text) for text in texts if strangers(text)] == []


def _delivered(message: OutboxMessage) -> str:
    """The message as the worker would send it: its text, the guichet's signature, what is attached."""
    letter = letter_of(message)
    attached = letter.attachment[2].decode() if letter.attachment else ""
    return f"{letter.subject}\n{mail_text(letter, identity(), opening_hours())}\n{attached}"
