"""Numbers without gaps, whoever issues at the same time and whatever is killed in the middle (I24, I25; defect 3)."""

from __future__ import annotations

from datetime import date

import pytest

from espace.billing.enums import InvoiceState, RunState
from espace.billing.models import BillingRun, Invoice
from espace.billing.notices import invoices_published
from espace.billing.queries import preuve
from espace.billing.services import issue_run, review_run
from espace.demo.town import Reference
from espace.notifications.models import OutboxMessage
from espace.town.enums import Grade
from tests.concurrency.test_payments import all_at_once
from tests.support.bills import book, compute
from tests.support.cast import Character, make_account, make_child, make_household, parent, signed_in

pytestmark = pytest.mark.django_db(transaction=True)
FAMILIES = 7


@pytest.fixture
def reviewed(town: Reference, remi: Character) -> BillingRun:
    """Seven families, a meal each, computed and reviewed."""
    for number in range(FAMILIES):
        user = make_account(f"Parent{'abcdefg'[number]}", "Dupont")
        home = make_household(f"F-1000{number}", f"Famille Dupont {number}")
        someone = parent(user, date(1990, 1, 1), home, signed_in(user))
        child = make_child("Lou", "Dupont", date(2019, 3, 3), town, "lavoir", Grade.CP, {home: someone.adult})
        book(child, town.slot("restauration-scolaire", date(2026, 10, 5)))
    run = compute(remi, office_id=town.office.pk)
    return review_run(remi.actor, run_id=run.pk)


def numbers() -> list[int | None]:
    return list(Invoice.objects.order_by("number").values_list("number", flat=True))


def test_two_agents_issue_at_once(reviewed: BillingRun, remi: Character) -> None:
    """I25: each invoice has one number, and there is no gap; the families are told once."""
    actor = remi.actor
    all_at_once(lambda: issue_run(actor, run_id=reviewed.pk, batch=2), 3)
    assert numbers() == list(range(1, FAMILIES + 1))
    assert OutboxMessage.objects.count() == FAMILIES
    assert preuve() == []
    assert BillingRun.objects.get().state == RunState.ISSUED


def test_killed_in_the_middle_of_a_batch_it_goes_on_without_a_gap(
    reviewed: BillingRun, remi: Character, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Defect 3, I24: the batch that dies leaves neither a number, nor a message; starting again ends the work."""
    tell = invoices_published
    calls: list[int] = []

    def dies_the_second_time(invoices: list[Invoice]) -> object:
        calls.append(len(invoices))
        if len(calls) == 2:
            raise KeyboardInterrupt
        return tell(invoices)

    monkeypatch.setattr("espace.billing.services.issuing.invoices_published", dies_the_second_time)
    with pytest.raises(KeyboardInterrupt):
        issue_run(remi.actor, run_id=reviewed.pk, batch=3)
    assert BillingRun.objects.get().state == RunState.ISSUING
    assert Invoice.objects.filter(state=InvoiceState.DRAFT, number__isnull=True).count() == FAMILIES - 3
    assert OutboxMessage.objects.count() == 3
    assert preuve() == []

    issue_run(remi.actor, run_id=reviewed.pk, batch=3)
    assert numbers() == list(range(1, FAMILIES + 1))
    assert OutboxMessage.objects.count() == FAMILIES
    assert preuve() == []
