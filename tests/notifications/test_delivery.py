"""Every address works, Yahoo included: a real receiver judges our messages, and the naive one."""

from __future__ import annotations

import base64
import re
import smtplib
from email.message import EmailMessage
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from pytest_django.fixtures import Settings

from espace.demo.town import Reference
from espace.notifications import tasks
from espace.notifications.enums import Lane, MessageState
from espace.notifications.models import OutboxMessage
from espace.notifications.services import Attachment, enqueue
from tests.support.mail_receiver import Judge, Zone, listening

TOWN = "clairval-sur-aune.example"
CITIZEN = "parent.exemple@yahoo.fr"


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture
def zone(key: rsa.RSAPrivateKey) -> Zone:
    """The town's domain as `docs/exploitation` asks, and Yahoo's, which refuses whoever borrows its name."""
    public = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return Zone(
        {
            TOWN: "v=spf1 ip4:127.0.0.1 -all",
            f"_dmarc.{TOWN}": "v=DMARC1; p=reject",
            f"espace._domainkey.{TOWN}": f"v=DKIM1; k=rsa; p={base64.b64encode(public).decode()}",
            "yahoo.fr": "v=spf1 ip4:192.0.2.0/24 -all",
            "_dmarc.yahoo.fr": "v=DMARC1; p=reject; pct=100",
        }
    )


@pytest.fixture
def signing(key: rsa.RSAPrivateKey, tmp_path: Path, settings: Settings) -> None:
    """The installation has its DKIM key."""
    file = tmp_path / "dkim.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.TraditionalOpenSSL,
            serialization.NoEncryption(),
        )
    )
    settings.DKIM_KEY_FILE, settings.DKIM_SELECTOR = str(file), "espace"


def use(settings: Settings, port: int) -> None:
    settings.SMTP_HOST, settings.SMTP_PORT = "127.0.0.1", port


def test_a_yahoo_address_receives_the_towns_message(
    town: Reference, zone: Zone, signing: None, settings: Settings
) -> None:
    written = enqueue(
        recipient=CITIZEN,
        kind="bookings.acknowledgement",
        subject="Votre réservation est enregistrée",
        body="Bonjour,\n\nVotre réservation RES-00042-K est enregistrée.",
        attachment=Attachment(
            "agenda.ics", "text/calendar; charset=utf-8", b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
        ),
        reply_to=CITIZEN,
    )
    judge = Judge(zone)
    with listening(judge) as port:
        use(settings, port)
        assert tasks.send_pending() == 1

    assert judge.verdicts == [{"spf": True, "dkim": True, "aligned": True}]
    (envelope, message), *_ = judge.accepted
    assert envelope.mail_from == f"bounce+{written.message_id}@{TOWN}"
    assert envelope.rcpt_tos == [CITIZEN]
    assert message["From"].endswith(f"<espace-citoyens@{TOWN}>")
    assert message["Reply-To"] == CITIZEN
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"] == f"<{written.message_id}@{TOWN}>"
    _, text, calendar = message.walk()
    words = str(bytes(text.get_payload(decode=True)), "utf-8")
    assert "RES-00042-K" in words
    assert "01 99 00 10 20" in words
    assert "Du lundi au vendredi\u00a0: 9\u00a0h – 12\u00a0h et 13\u00a0h\u00a030 – 18\u00a0h" in words
    assert calendar.get_filename() == "agenda.ics"
    written.refresh_from_db()
    assert written.state == MessageState.SENT


def test_without_a_key_the_envelope_alone_aligns_us(town: Reference, zone: Zone, settings: Settings) -> None:
    enqueue(recipient=CITIZEN, kind="test", subject="Bonjour", body="Bonjour")
    judge = Judge(zone, ask_for_signature=False)
    with listening(judge) as port:
        use(settings, port)
        tasks.send_pending()
    assert judge.verdicts == [{"spf": True, "dkim": False, "aligned": True}]
    assert len(judge.accepted) == 1


def test_the_naive_message_is_refused(town: Reference, zone: Zone) -> None:
    """What the old portals did: write in the name of the citizen, from the town's server."""
    naive = EmailMessage()
    naive["From"], naive["To"], naive["Subject"] = CITIZEN, "autre.parent@yahoo.fr", "Ma réservation"
    naive.set_content("Bonjour")
    judge = Judge(zone, ask_for_signature=False)
    with (
        listening(judge) as port,
        smtplib.SMTP("127.0.0.1", port) as server,
        pytest.raises(smtplib.SMTPDataError) as refusal,
    ):
        server.sendmail(f"bounce@{TOWN}", ["autre.parent@yahoo.fr"], naive.as_bytes())
    assert refusal.value.smtp_code in (550, 554)
    assert judge.verdicts == [{"spf": True, "dkim": False, "aligned": False}]


def test_a_refusal_for_good_fails_and_keeps_no_word_of_the_server(
    town: Reference, zone: Zone, settings: Settings
) -> None:
    written = enqueue(recipient=CITIZEN, kind="test", subject="Bonjour", body="Bonjour", household_id=None)
    with listening(Judge(zone, answer=f"550 5.1.1 <{CITIZEN}> user unknown")) as port:
        use(settings, port)
        tasks.send_pending()
    written.refresh_from_db()
    assert (written.state, written.last_error) == (MessageState.FAILED, "550 5.1.1")


def test_a_server_that_is_away_is_tried_again_later(town: Reference, settings: Settings) -> None:
    written = enqueue(recipient=CITIZEN, kind="test", subject="Bonjour", body="Bonjour")
    use(settings, 9)  # nobody listens there
    assert tasks.send_pending() == 1
    assert tasks.send_pending() == 0
    written.refresh_from_db()
    assert (written.state, written.attempts) == (MessageState.PENDING, 1)
    assert written.next_attempt_at > written.created_at


def test_a_sent_code_is_erased(town: Reference, zone: Zone, settings: Settings) -> None:
    enqueue(recipient=CITIZEN, kind="accounts.code", subject="123 456 : code", body="123456", lane=Lane.CODE)
    judge = Judge(zone, ask_for_signature=False)
    with listening(judge) as port:
        use(settings, port)
        tasks.send_pending(lane=Lane.CODE)
    text = judge.accepted[0][1].get_payload(decode=True)
    assert "123456" in str(text)
    kept = OutboxMessage.objects.get()
    assert (kept.body, kept.subject) == ("", "")


def test_without_a_server_messages_are_files(town: Reference, tmp_path: Path, settings: Settings) -> None:
    settings.SMTP_HOST, settings.MAIL_DIR = "", tmp_path / "courriels"
    written = enqueue(recipient=CITIZEN, kind="test", subject="Objet\nX-Intrus: oui", body="Bonjour")
    tasks.send_pending()
    (file,) = settings.MAIL_DIR.iterdir()
    assert re.fullmatch(rf"2026-11-24-\d{{6}}-objet-x-intrus-oui-{written.message_id[:6]}\.eml", file.name), (
        file.name
    )
    assert "Subject: Objet X-Intrus: oui" in file.read_text()
