"""How a message leaves: from the town's own domain, so that every mailbox takes it, Yahoo included.

A mailbox checks that the visible sender (From) is aligned with the envelope (SPF) or the signature (DKIM), under
the policy that the sender's domain publishes (DMARC). Writing "From: the citizen" is what Yahoo refuses. So: From
is the town, the envelope is `bounce+<id>@` the same domain, the signature too, and the citizen is in Reply-To only.
"""

from __future__ import annotations

import re
import smtplib
import ssl
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

import dkim

from espace.kernel.text import DAYS, NBSP, format_time, join_fr
from espace.town.queries import DayHours, Identity

TIMEOUT = 10  # seconds for each answer of the server
SIGNED_HEADERS = (
    b"from", b"to", b"subject", b"date", b"message-id", b"reply-to", b"mime-version", b"content-type",
    b"content-transfer-encoding", b"auto-submitted",
)  # fmt: skip
LOOPBACK = ("127.0.0.1", "localhost", "::1")


class NotAccepted(Exception):
    """The server did not take the message. `code` is its answer without its words, which may name a person."""

    def __init__(self, code: str, *, permanent: bool) -> None:
        super().__init__(code)
        self.code = code
        self.permanent = permanent


@dataclass(frozen=True, slots=True)
class Letter:
    """What a message says, free of the database. `message_id` is the local part of its Message-ID."""

    recipient: str
    subject: str
    body: str
    message_id: str
    sent_at: datetime
    reply_to: str = ""
    attachment: tuple[str, str, bytes] | None = None


@dataclass(frozen=True, slots=True)
class Signature:
    """The DKIM key (PEM) of the town's domain and the selector under which its public half is published."""

    selector: str
    key: bytes


class Carrier(Protocol):
    """Takes a finished message away; raises `NotAccepted`."""

    def deliver(self, envelope_from: str, recipient: str, content: bytes) -> None: ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


# The message ----------------------------------------------------------------------------------------------------


def domain_of(address: str) -> str:
    return address.rpartition("@")[2].lower()


def envelope_from(letter: Letter, town: Identity) -> str:
    """Where a refusal comes back: our own domain, with the message's name."""
    return f"bounce+{letter.message_id}@{domain_of(town.mail_from)}"


def compose(letter: Letter, town: Identity, hours: list[DayHours], signature: Signature | None) -> bytes:
    """The bytes to send: headers, French text signed by the guichet, attachment, DKIM signature when there is a key."""
    domain = domain_of(town.mail_from)
    local = town.mail_from.rpartition("@")[0]
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(f"{town.tagline} – {town.name}", local, domain)
    message["To"] = ascii_address(letter.recipient)
    message["Subject"] = " ".join(letter.subject.split())
    message["Date"] = format_datetime(letter.sent_at)
    message["Message-ID"] = f"<{letter.message_id}@{domain}>"
    if letter.reply_to:
        message["Reply-To"] = ascii_address(letter.reply_to)
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(text_of(letter, town, hours), cte="quoted-printable")
    if letter.attachment:
        name, content_type, content = letter.attachment
        main, _, sub = content_type.partition("/")
        message.add_attachment(
            content, maintype=main, subtype=sub.partition(";")[0] or "octet-stream", filename=name
        )
    content = message.as_bytes()
    return signed(content, domain, signature) if signature else content


def signed(content: bytes, domain: str, signature: Signature) -> bytes:
    """The same message under its DKIM signature."""
    header: bytes = dkim.sign(
        content,
        signature.selector.encode(),
        domain.encode(),
        signature.key,
        canonicalize=(b"relaxed", b"relaxed"),
        include_headers=[name for name in SIGNED_HEADERS if re.search(rb"(?im)^" + name + rb":", content)],
    )
    return header + content


def text_of(letter: Letter, town: Identity, hours: list[DayHours]) -> str:
    """The body, then who writes and how to answer them."""
    guichet = [f"{town.guichet_name or 'La mairie'}, {town.name}"]
    place = ", ".join(part for part in (town.guichet_place, town.guichet_street) if part)
    if place:
        guichet.append(f"{place}, {town.postcode} {town.city}")
    contacts = [part for part in (town.guichet_phone, town.guichet_email) if part]
    if contacts:
        guichet.append(" – ".join(contacts))
    guichet += hours_sentences(hours)
    end = (
        "Vous pouvez répondre à ce message."
        if letter.reply_to
        else "Ce message est envoyé automatiquement : pour nous écrire, utilisez l’adresse ci-dessus."
    )
    return "\n".join([letter.body.strip(), "", "-- ", *guichet, "", end.replace(" :", f"{NBSP}:"), ""])


def hours_sentences(hours: list[DayHours]) -> list[str]:
    """ "Du lundi au vendredi : 9 h – 12 h et 13 h 30 – 18 h", one line for each run of days alike."""
    lines: list[str] = []
    runs: list[tuple[int, int, str]] = []
    for day in hours:
        words = join_fr(f"{format_time(opens)} – {format_time(closes)}" for opens, closes in day.openings)
        if words and runs and runs[-1][2] == words and runs[-1][1] == day.weekday - 1:
            runs[-1] = (runs[-1][0], day.weekday, words)
        elif words:
            runs.append((day.weekday, day.weekday, words))
    for first, last, words in runs:
        days = DAYS[first].capitalize() if first == last else f"Du {DAYS[first]} au {DAYS[last]}"
        lines.append(f"{days}{NBSP}: {words}")
    return lines


def ascii_address(address: str) -> str:
    """An address whose domain is written as the mail system wants it (IDNA)."""
    local, _, domain = address.rpartition("@")
    try:
        return f"{local}@{domain.encode('idna').decode()}"
    except UnicodeError:
        raise NotAccepted("adresse illisible", permanent=True) from None


# Carriers -------------------------------------------------------------------------------------------------------


class SmtpCarrier:
    """One connection to the town's server, opened at the first message and kept for the batch."""

    def __init__(self, host: str, port: int, hello: str) -> None:
        self.host, self.port, self.hello = host, port, hello
        self._server: smtplib.SMTP | None = None

    def deliver(self, envelope_from: str, recipient: str, content: bytes) -> None:
        try:
            server = self._server or self._open()
            server.sendmail(envelope_from, [ascii_address(recipient)], content)
        except smtplib.SMTPRecipientsRefused as refusal:
            code, words = next(iter(refusal.recipients.values()))
            raise _refused(code, words) from None
        except smtplib.SMTPResponseException as refusal:
            raise _refused(refusal.smtp_code, refusal.smtp_error) from None
        except (OSError, smtplib.SMTPException) as trouble:
            self._close()
            raise NotAccepted(type(trouble).__name__, permanent=False) from None

    def _open(self) -> smtplib.SMTP:
        server = smtplib.SMTP(self.host, self.port, local_hostname=self.hello, timeout=TIMEOUT)
        server.ehlo()
        if self.host not in LOOPBACK and server.has_extn("starttls"):
            server.starttls(context=ssl.create_default_context())
            server.ehlo()
        self._server = server
        return server

    def _close(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            try:
                server.quit()
            except (OSError, smtplib.SMTPException):
                server.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()


class FolderCarrier:
    """Without a server (development): each message is a file `.eml` that any mail program opens."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def deliver(self, envelope_from: str, recipient: str, content: bytes) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        name = envelope_from.partition("@")[0].removeprefix("bounce+")
        (self.folder / f"{name}.eml").write_bytes(content)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None


def _refused(code: int, words: bytes | str) -> NotAccepted:
    """Keeps the number and the enhanced status ("550 5.7.1"), never the words."""
    text = words.decode(errors="replace") if isinstance(words, bytes) else words
    status = re.match(r"\s*([245]\.\d{1,3}\.\d{1,3})", text)
    return NotAccepted(f"{code} {status[1]}" if status else str(code), permanent=code >= 500)
