"""The absences of the demonstration, played through the services by both writers: a handful of acts, whose effects on
places, marks and proofs are not worth writing twice."""

from __future__ import annotations

from datetime import time, timedelta

from espace.attendance import queries, services
from espace.attendance.enums import AbsenceReason
from espace.demo import events as told
from espace.documents.services import Upload
from espace.families.models import Person
from espace.kernel import clock
from espace.kernel.actor import SYSTEM, Actor
from espace.kernel.calendar import at
from espace.kernel.db import read_only

# The smallest PDF a reader opens: one empty page.
PDF = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj
xref
0 4
0000000000 65535 f
0000000009 00000 n
0000000053 00000 n
0000000102 00000 n
trailer<</Size 4/Root 1 0 R>>
startxref
164
%%EOF
"""


def miss(event: told.Miss, *, actor: Actor, child: Person) -> None:
    """The absence, as of its instant; then its proof and the answer, each on its own day. Nothing when no booking of
    those days is left to miss."""
    with clock.as_of(event.at):
        with read_only():  # as a page does
            plan = queries.lay_out(actor, child_ids=[child.pk], start=event.start, end=event.end)
        if not plan.children:
            return
        (declaration,) = services.declare_absence(
            actor, child_ids=[child.pk], start=event.start, end=event.end, reason=AbsenceReason.ILLNESS,
            expected=plan.digest, signed=True,
        )  # fmt: skip
    if event.proved_on is None:
        return
    with clock.as_of(at(event.proved_on, time(18, 42))):
        sent = services.send_certificate(
            actor, declaration_id=declaration.pk, upload=Upload("justificatif.pdf", PDF, len(PDF))
        )
    with clock.as_of(at(event.proved_on + timedelta(days=1), time(9, 31))):
        assert sent.document_id is not None
        services.check_proof(SYSTEM, declaration_id=declaration.pk, document_id=sent.document_id, accept=True)
