"""A real SMTP receiver that judges senders as Yahoo does: SPF, DKIM, and DMARC alignment under the published policy."""

from __future__ import annotations

import socket
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from email.utils import parseaddr
from typing import Any

import dkim
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

with warnings.catch_warnings():  # pyspf's own sources, compiled on their first import
    warnings.simplefilter("ignore")
    import spf

REFUSED = "554 5.7.9 Message not accepted for policy reasons."


@dataclass
class Zone:
    """A fake DNS: TXT records by name; every other kind of record is empty."""

    txt: dict[str, str]

    def for_spf(self, name: str, kind: str, *args: Any, **kwargs: Any) -> list[tuple[tuple[str, str], Any]]:
        text = self.txt.get(name.lower().rstrip("."))
        return [((name, "TXT"), (text.encode(),))] if kind == "TXT" and text else []

    def for_dkim(self, name: bytes, timeout: int = 5) -> bytes | None:
        text = self.txt.get(name.decode().rstrip("."))
        return text.encode() if text else None

    def policy_of(self, domain: str) -> str:
        record = self.txt.get(f"_dmarc.{domain}", "")
        return next(
            (p.split("=")[1].strip() for p in record.split(";") if p.strip().startswith("p=")), "none"
        )


@dataclass
class Judge:
    """The receiver's handler: keeps what it accepted, refuses what fails the sender's own policy."""

    zone: Zone
    ask_for_signature: bool = True
    answer: str = ""
    accepted: list[tuple[Envelope, Message]] = field(default_factory=list)
    verdicts: list[dict[str, bool]] = field(default_factory=list)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.answer:
            return self.answer
        content = envelope.original_content or b""
        message = message_from_bytes(content)
        visible = parseaddr(message["From"])[1].rpartition("@")[2].lower()
        sender = (envelope.mail_from or "").rpartition("@")[2].lower()
        signer = ""
        if message["DKIM-Signature"]:
            tags = dict(
                tag.strip().split("=", 1) for tag in message["DKIM-Signature"].split(";") if "=" in tag
            )
            signer = tags.get("d", "")
        verdict = {
            "spf": self._spf(session, envelope),
            "dkim": bool(signer) and dkim.verify(content, dnsfunc=self.zone.for_dkim),
        }
        verdict["aligned"] = (verdict["spf"] and sender == visible) or (verdict["dkim"] and signer == visible)
        self.verdicts.append(verdict)
        # Yahoo's rules for senders: authenticated at all, and never against the policy of the visible domain
        unsigned = self.ask_for_signature and not verdict["dkim"]
        if (
            not verdict["spf"]
            or unsigned
            or (not verdict["aligned"] and self.zone.policy_of(visible) == "reject")
        ):
            return REFUSED
        self.accepted.append((envelope, message))
        return "250 ok"

    def _spf(self, session: Session, envelope: Envelope) -> bool:
        genuine = spf.DNSLookup
        spf.DNSLookup = self.zone.for_spf
        try:
            result, _ = spf.check2(
                i=(session.peer or [""])[0], s=envelope.mail_from, h=session.host_name or ""
            )
        finally:
            spf.DNSLookup = genuine
        return bool(result == "pass")


@contextmanager
def listening(judge: Judge) -> Iterator[int]:
    """The receiver on a free port of this machine."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    controller = Controller(judge, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()
