"""Everything is proved again, by hand and each night; a broken row is said."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import F

from espace.activities.models import CapacityPool, Slot
from espace.audit.models import AuditEvent
from espace.audit.services import seal_pending
from espace.billing.models import Charge, Invoice, InvoiceLine
from espace.billing.services.maintenance import open_switch
from espace.bookings.models import Booking
from espace.families.models import CustodyArrangement, CustodyException
from espace.operations import proof
from tests.support.bills import Month


@pytest.fixture
def whole(billed: Month) -> Month:
    """October issued, its bookings counted in their pools, the journal sealed."""
    for pool in CapacityPool.objects.order_by("id"):
        held = Booking.objects.filter(slot__pool=pool, state="CONFIRMED").count()
        CapacityPool.objects.filter(pk=pool.pk).update(taken=held)
    while seal_pending():
        pass
    return billed


def refused() -> str:
    with pytest.raises(CommandError) as told:
        call_command("preuve")
    return str(told.value).replace("\u00a0", " ")


def test_all_is_proved(whole: Month, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("preuve")
    assert capsys.readouterr().out == "Tout se prouve.\n"


def test_a_charge_that_is_not_its_price_is_said(whole: Month) -> None:
    """I19, on a row that went round the triggers; the line and the total follow it, so that nothing else shows."""
    charge = Charge.objects.filter(kind="CONSUMPTION").order_by("id")[0]
    with transaction.atomic(), open_switch("essai"):
        Charge.objects.filter(pk=charge.pk).update(amount=F("amount") + 1)
        InvoiceLine.objects.filter(pk=charge.invoice_line_id or 0).update(amount=F("amount") + 1)
        Invoice.objects.update(total=F("total") + 1)
    assert refused() == (
        f"La prestation {charge.source_key} r1 ne vaut pas sa quantité multipliée par son prix."
    )


def test_a_total_that_is_not_its_lines_is_said(whole: Month) -> None:
    """I26."""
    with transaction.atomic(), open_switch("essai"):
        Invoice.objects.update(total=F("total") + 1)
    assert refused() == "La facture RC-2026-000001 ne vaut pas la somme de ses lignes."


def test_a_pool_that_counts_wrong_is_said(whole: Month) -> None:
    """I10."""
    pool = CapacityPool.objects.filter(taken=1).order_by("date", "id")[0]
    CapacityPool.objects.filter(pk=pool.pk).update(taken=2)
    assert "2 places prises pour 1 réservation." in refused()


def test_a_child_of_two_homes_the_same_day_is_said(whole: Month) -> None:
    """I2, on rows that went round the services."""
    first = CustodyArrangement.objects.order_by("id")[0]
    earlier = first.start - timedelta(days=30)
    CustodyArrangement.objects.create(
        child=first.child,
        kind="SINGLE",
        owners=first.owners,
        start=earlier,
        end=first.start + timedelta(days=1),
    )
    for days in (0, 2):
        CustodyException.objects.create(
            child=first.child, household_id=first.owners[0], reason="Échange",
            start=first.start + timedelta(days=days), end=first.start + timedelta(days=days + 3),
        )  # fmt: skip
    told = refused()
    assert "deux arrangements de garde le même jour" in told
    assert "deux exceptions de garde le même jour" in told
    assert told.count("\n") == 1


def test_a_journal_that_was_touched_is_said(whole: Month) -> None:
    event = AuditEvent.objects.order_by("id")[0]
    AuditEvent.objects.filter(pk=event.pk).update(payload={"other": True})
    assert "a été modifié" in refused()


def test_what_was_being_written_is_not_broken(whole: Month, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([["half written"], []])
    monkeypatch.setattr(proof, "PROOFS", {"bills": lambda: next(answers)})
    assert proof.broken() == {}


def test_each_night_only_counts_are_logged(
    whole: Month, frozen: time_machine.Traveller, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="espace.proof")
    CapacityPool.objects.filter(taken=1).update(taken=2)
    wrong = CapacityPool.objects.filter(taken=2).count()
    nightly = proof.Nightly()
    nightly()  # at ten in the morning
    assert not caplog.records
    for _ in range(2):  # once a night
        frozen.move_to("2026-11-25 03:00:00+01:00")
        nightly()
    (record,) = caplog.records
    assert (record.getMessage(), record.task, record.count) == ("proof broken", "places", wrong)  # type: ignore[attr-defined]


def test_a_child_expected_where_it_is_closed_is_said(whole: Month) -> None:
    booking = Booking.objects.filter(state="CONFIRMED").order_by("date", "id")[0]
    Slot.objects.filter(pk=booking.slot_id).update(state="CLOSED")
    assert "un enfant est attendu alors que c’est fermé." in refused()
