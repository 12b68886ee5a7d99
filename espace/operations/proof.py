"""Does everything add up? Every proof of every app, asked for by hand and each night. Reads only."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import date

from espace.attendance.queries.proof import preuve as prove_absences
from espace.audit.services import prove as prove_journal
from espace.billing.queries.proof import preuve as prove_bills
from espace.bookings.queries.proof import preuve as prove_places
from espace.bookings.queries.proof import preuve_events as prove_events
from espace.documents.queries import preuve as prove_documents
from espace.families.queries.proof import preuve as prove_custody
from espace.kernel import clock
from espace.payments.queries.proof import preuve as prove_payments

log = logging.getLogger("espace.proof")
PROOFS: Mapping[str, Callable[[], list[str]]] = {
    "bills": prove_bills,
    "payments": prove_payments,
    "places": prove_places,
    "events": prove_events,
    "absences": prove_absences,
    "documents": prove_documents,
    "custody": prove_custody,
    "journal": prove_journal,
}
NIGHT = range(2, 5)  # hours, Paris: few write then


def broken() -> dict[str, list[str]]:
    """By proof, a sentence for each row that does not add up; empty when all does.

    A proof that fails is asked twice, and only what both say is kept: what was being written in between is whole the
    second time. A lock instead would hold the town's writers as long as the reading lasts.
    """
    found = {}
    for name, proof in PROOFS.items():
        first = proof()
        if first and (again := set(proof())):
            found[name] = [sentence for sentence in first if sentence in again]
    return {name: sentences for name, sentences in found.items() if sentences}


class Nightly:
    """Proves once a night. A worker started again within the night proves again: it costs only time."""

    def __init__(self) -> None:
        self._done: date | None = None

    def __call__(self) -> None:
        """Logs how many rows are broken in each proof, never which: a log holds nothing personal."""
        now = clock.now()
        if now.hour not in NIGHT or self._done == now.date():
            return
        self._done = now.date()
        found = broken()
        for name, sentences in found.items():
            log.error("proof broken", extra={"task": name, "count": len(sentences)})
        if not found:
            log.info("proof whole", extra={"count": 0})
