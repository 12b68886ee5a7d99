"""From a closed month to issued invoices: each step, each refusal."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from espace.attendance.services import close_month
from espace.audit.models import AuditEvent
from espace.billing.enums import AnomalyKind, ChargeKind, InvoiceState, RunState
from espace.billing.errors import (
    AlreadyIssuing,
    AnomaliesLeft,
    MonthNotClosed,
    NotComputed,
    NothingToIssue,
    NotReviewed,
    ReasonTooShort,
    RunExists,
)
from espace.billing.models import BillingRun, Charge, Invoice, InvoiceCounter, InvoiceLine
from espace.billing.queries import preuve
from espace.billing.services import cancel_run, compute_run, issue_run, open_run, review_run
from espace.bookings.models import Booking
from espace.demo.town import Reference
from espace.families.enums import TariffCategory
from espace.families.models import FamilyQuotient, Guardianship, HouseholdMember, TariffStatus
from espace.kernel.actor import Actor, Permission
from espace.kernel.errors import NotFound
from espace.kernel.money import Money
from espace.notifications.models import OutboxMessage
from espace.pricing.models import TariffBracket, TariffRule
from espace.town.enums import Grade
from tests.support.bills import OCTOBER, Month, bill, book, compute, october
from tests.support.cast import Character, make_child

MEAL = "restauration-scolaire"


def rows_of(run: BillingRun) -> list[tuple[object, ...]]:
    """What a computation made, ids apart."""
    charges = Charge.objects.filter(run=run).order_by("source_key", "revision")
    lines = InvoiceLine.objects.filter(invoice__run=run).order_by("invoice__household_id", "position")
    return [
        *charges.values_list("source_key", "revision", "amount", "quantity", "kind", "debtor_id", "steps"),
        *lines.values_list("position", "label", "detail", "amount", "quantity"),
    ]


def steps_of(charge: Charge) -> str:
    return " ".join(step["value"] for step in charge.steps)


# Opening --------------------------------------------------------------------------------------------------------


def test_an_open_month_is_not_billed(town: Reference, remi: Character) -> None:
    with pytest.raises(MonthNotClosed):
        open_run(remi.actor, cash_office_id=town.office.pk, month=OCTOBER)


def test_one_live_run_a_month(town: Reference, remi: Character) -> None:
    """I22."""
    close_month(remi.actor, cash_office_id=town.office.pk, month=OCTOBER)
    run = open_run(remi.actor, cash_office_id=town.office.pk, month=date(2026, 10, 17))
    assert run.month == OCTOBER
    with pytest.raises(RunExists):
        open_run(remi.actor, cash_office_id=town.office.pk, month=OCTOBER)
    cancel_run(remi.actor, run_id=run.pk)
    open_run(remi.actor, cash_office_id=town.office.pk, month=OCTOBER)


@pytest.mark.parametrize("who", ["denise", "alice"])
def test_a_stranger_cannot_bill(
    town: Reference, consumed: dict[str, Booking], remi: Character, request: pytest.FixtureRequest, who: str
) -> None:
    run = compute(remi, office_id=town.office.pk)
    actor: Actor = request.getfixturevalue(who).actor
    with pytest.raises(NotFound):
        open_run(actor, cash_office_id=town.office.pk, month=OCTOBER)
    for service in (compute_run, review_run, issue_run, cancel_run):
        with pytest.raises(NotFound):
            service(actor, run_id=run.pk)


# Computing ------------------------------------------------------------------------------------------------------


def test_what_happened_is_charged_once(
    town: Reference, consumed: dict[str, Booking], remi: Character
) -> None:
    run = compute(remi, office_id=town.office.pk)
    charges = {c.source_key.split(":")[0]: c for c in Charge.objects.order_by("-source_key")}
    billed = {name for name, booking in consumed.items() if f"b{booking.pk}" in charges}
    assert billed == set(consumed) - {"cancelled in time", "closed"}
    assert run.state == RunState.COMPUTED
    assert Invoice.objects.get().total == Money(3690)
    assert preuve() == []


def test_the_late_surcharge_is_a_charge_of_its_own(
    town: Reference, consumed: dict[str, Booking], remi: Character
) -> None:
    compute(remi, office_id=town.office.pk)
    surcharge = Charge.objects.get(kind=ChargeKind.SURCHARGE)
    assert surcharge.source_key.startswith(f"b{consumed['late'].pk}:REPAS:")
    assert (surcharge.amount, surcharge.quantity, surcharge.unit_price) == (Money(250), 100, 25000)


def test_a_late_day_of_two_units_is_surcharged_once(
    town: Reference, alice: Character, remi: Character
) -> None:
    slot = town.slot("accueil-de-loisirs-du-mercredi", date(2026, 10, 7), formula="JOURNEE")
    book(alice.children[0], slot, late=True)
    compute(remi, office_id=town.office.pk)
    assert Charge.objects.filter(kind=ChargeKind.CONSUMPTION).count() == 2
    assert Charge.objects.filter(kind=ChargeKind.SURCHARGE).count() == 1


def test_computing_again_gives_the_same(
    town: Reference, consumed: dict[str, Booking], remi: Character
) -> None:
    """I23."""
    run = compute(remi, office_id=town.office.pk)
    before = rows_of(run)
    compute_run(remi.actor, run_id=run.pk)
    assert rows_of(run) == before


def test_computing_again_follows_what_changed(
    town: Reference, consumed: dict[str, Booking], remi: Character
) -> None:
    run = compute(remi, office_id=town.office.pk)
    FamilyQuotient.objects.update(amount=0)
    compute_run(remi.actor, run_id=run.pk)
    assert Invoice.objects.get().total < Money(3690)
    assert not Charge.objects.filter(kind=ChargeKind.REVERSAL).exists()
    assert preuve() == []


@pytest.mark.parametrize(
    ("quotient", "cents"),
    [(0, 50), (39_999, 50), (40_000, 175), (63_999, 175), (64_000, 235), (189_999, 460), (190_000, 490)],
)
def test_each_quotient_has_its_price(
    town: Reference, alice: Character, remi: Character, quotient: int, cents: int
) -> None:
    """Defect 5: a quotient of 0, or on a bound, has its own price, never the last line's (I4, I16)."""
    FamilyQuotient.objects.filter(household=alice.household).update(amount=quotient)
    book(alice.children[0], town.slot(MEAL, date(2026, 10, 5)))
    run = compute(remi, office_id=town.office.pk)
    assert Invoice.objects.get().total == Money(cents)
    assert run.anomalies == []


def test_a_missing_quotient_is_the_ceiling_and_a_task(
    town: Reference, alice: Character, remi: Character
) -> None:
    """Defect 5, I4: never an error while billing."""
    FamilyQuotient.objects.all().delete()
    book(alice.children[0], town.slot(MEAL, date(2026, 10, 5)))
    run = compute(remi, office_id=town.office.pk)
    assert Invoice.objects.get().total == Money(490)
    assert "tarif le plus élevé" in steps_of(Charge.objects.get())
    assert [a["kind"] for a in run.anomalies] == [AnomalyKind.MISSING_QUOTIENT]
    review_run(remi.actor, run_id=run.pk)


def test_the_quotient_is_that_of_the_day(town: Reference, alice: Character, remi: Character) -> None:
    """I13."""
    old = FamilyQuotient.objects.get(household=alice.household)
    old.end = date(2026, 10, 6)
    old.save()
    FamilyQuotient.objects.create(
        household=alice.household, amount=200_000, source="CAF_NOTICE", start=date(2026, 10, 6)
    )
    for day in october(5, 6):
        book(alice.children[0], town.slot(MEAL, day))
    compute(remi, office_id=town.office.pk)
    amounts = Charge.objects.order_by("date").values_list("amount", flat=True)
    assert list(amounts) == [Money(235), Money(490)]


def test_the_category_is_that_of_the_day(town: Reference, alice: Character, remi: Character) -> None:
    TariffStatus.objects.create(
        household=alice.household, category=TariffCategory.NON_RESIDENT, start=date(2026, 10, 6)
    )
    for day in october(5, 6):
        book(alice.children[0], town.slot(MEAL, day))
    compute(remi, office_id=town.office.pk)
    amounts = Charge.objects.order_by("date").values_list("amount", flat=True)
    assert list(amounts) == [Money(235), Money(650)]


def test_a_shared_child_is_billed_day_by_day(
    town: Reference, alice: Character, bob: Character, remi: Character
) -> None:
    """I2: each day to the home that answers for the child, at its own quotient; nobody sees the other's bill."""
    tom = alice.children[1]
    days = october(5, 6, 12, 13)
    for day in days:
        book(tom, town.slot(MEAL, day, venue="tilleuls"))
    month = bill(remi, office_id=town.office.pk)
    assert {i.household_id for i in month.invoices} == {alice.household.pk, bob.household.pk}
    assert {month.of(alice).total, month.of(bob).total} == {Money(2 * 235), Money(2 * 405)}
    by_day = dict(Charge.objects.order_by("date").values_list("date", "household_id"))
    assert by_day[days[0]] == by_day[days[1]] != by_day[days[2]] == by_day[days[3]]
    assert preuve() == []


def test_no_debtor_blocks(town: Reference, consumed: dict[str, Booking], remi: Character) -> None:
    HouseholdMember.objects.filter(role="ADULT").update(end=date(2026, 11, 1))
    run = compute(remi, office_id=town.office.pk)
    assert [a["kind"] for a in run.anomalies] == [AnomalyKind.NO_DEBTOR]
    assert not Invoice.objects.exists()
    with pytest.raises(AnomaliesLeft):
        review_run(remi.actor, run_id=run.pk)


def test_no_tariff_blocks_and_the_rest_is_billed(
    town: Reference, consumed: dict[str, Booking], remi: Character
) -> None:
    TariffRule.objects.filter(code="SOIR").delete()
    run = compute(remi, office_id=town.office.pk)
    assert [(a["kind"], a["count"]) for a in run.anomalies] == [(AnomalyKind.NO_TARIFF, 3)]
    assert Invoice.objects.get().total == Money(3690 - 450)


def test_a_quotient_between_two_brackets_blocks(
    town: Reference, consumed: dict[str, Booking], remi: Character
) -> None:
    """Defect 5: a hole never gets the last line's price, it stops the bill."""
    TariffBracket.objects.filter(rule__code="SOIR", category="RESIDENT", qf_min=64_000).delete()
    run = compute(remi, office_id=town.office.pk)
    assert [a["kind"] for a in run.anomalies] == [AnomalyKind.NO_TARIFF]
    assert "812" in run.anomalies[0]["reason"]


def test_the_accounting_code_reaches_the_line(billed: Month) -> None:
    """Defect 4."""
    codes = set(InvoiceLine.objects.order_by("id").values_list("activity__slug", "accounting_code"))
    assert codes == {
        (MEAL, "7067"),
        ("accueil-du-soir", "7067"),
        ("accueil-de-loisirs-du-mercredi", "70632"),
    }


def test_more_families_do_not_cost_more_queries(
    town: Reference, consumed: dict[str, Booking], charlie: Character, remi: Character
) -> None:
    run = compute(remi, office_id=town.office.pk)
    with CaptureQueriesContext(connection) as few:
        compute_run(remi.actor, run_id=run.pk)
    homes = {charlie.household: charlie.adult}
    for number in range(6):
        child = make_child(f"Enfant{number}", "Nguyen", date(2019, 1, 1), town, "lavoir", Grade.CE1, homes)
        book(child, town.slot(MEAL, date(2026, 10, 5)))
    with CaptureQueriesContext(connection) as many:
        compute_run(remi.actor, run_id=run.pk)
    assert Invoice.objects.count() == 2
    assert len(many) <= len(few) + 1  # an executemany is counted once


# Reviewing and issuing ------------------------------------------------------------------------------------------


def test_a_blocking_anomaly_needs_a_reason_that_is_kept(
    town: Reference, consumed: dict[str, Booking], remi: Character
) -> None:
    TariffRule.objects.filter(code="SOIR").delete()
    run = compute(remi, office_id=town.office.pk)
    with pytest.raises(AnomaliesLeft):
        review_run(remi.actor, run_id=run.pk)
    with pytest.raises(ReasonTooShort):
        review_run(remi.actor, run_id=run.pk, waived_reason=" ok ")
    review_run(remi.actor, run_id=run.pk, waived_reason="Le tarif du soir sera voté en janvier.")
    event = AuditEvent.objects.get(action="billing.review_run")
    assert event.reason == "Le tarif du soir sera voté en janvier."


def test_only_a_computed_run_is_reviewed(
    town: Reference, consumed: dict[str, Booking], remi: Character
) -> None:
    run = compute(remi, office_id=town.office.pk)
    review_run(remi.actor, run_id=run.pk)
    with pytest.raises(NotComputed):
        review_run(remi.actor, run_id=run.pk)


def test_only_a_reviewed_run_is_issued(
    town: Reference, consumed: dict[str, Booking], remi: Character
) -> None:
    run = compute(remi, office_id=town.office.pk)
    with pytest.raises(NotReviewed):
        issue_run(remi.actor, run_id=run.pk)


def test_computing_again_asks_for_a_new_review(
    town: Reference, consumed: dict[str, Booking], remi: Character
) -> None:
    run = compute(remi, office_id=town.office.pk)
    review_run(remi.actor, run_id=run.pk)
    compute_run(remi.actor, run_id=run.pk)
    with pytest.raises(NotReviewed):
        issue_run(remi.actor, run_id=run.pk)


def test_an_empty_month_has_nothing_to_issue(town: Reference, remi: Character) -> None:
    run = compute(remi, office_id=town.office.pk)
    review_run(remi.actor, run_id=run.pk)
    with pytest.raises(NothingToIssue):
        issue_run(remi.actor, run_id=run.pk)


def test_issuing_numbers_dates_publishes_and_tells(billed: Month, alice: Character) -> None:
    """I25."""
    invoice = billed.of(alice)
    assert invoice.reference == "RC-2026-000001"
    assert (invoice.issued_on, invoice.due_on) == (date(2026, 11, 24), date(2026, 12, 24))
    assert invoice.state == InvoiceState.PUBLISHED
    assert InvoiceCounter.objects.get().last == 1
    assert billed.run.state == RunState.ISSUED
    message = OutboxMessage.objects.get(kind="billing.invoice")
    assert message.recipient == alice.user.email
    assert "36,90\u00a0€" in message.body
    assert "jeudi 24 décembre 2026" in message.body
    assert not any(child.first_name in message.body + message.subject for child in alice.children)


def test_who_may_not_see_the_bills_is_not_told(
    town: Reference, consumed: dict[str, Booking], alice: Character, remi: Character
) -> None:
    Guardianship.objects.filter(party__person=alice.adult).update(can_view_bills=False)
    bill(remi, office_id=town.office.pk)
    assert not OutboxMessage.objects.filter(kind="billing.invoice").exists()


def test_nothing_numbered_is_computed_again(billed: Month, remi: Character) -> None:
    """I20."""
    with pytest.raises(AlreadyIssuing):
        compute_run(remi.actor, run_id=billed.run.pk)
    with pytest.raises(AlreadyIssuing):
        cancel_run(remi.actor, run_id=billed.run.pk)
    with pytest.raises(NotReviewed):
        issue_run(remi.actor, run_id=billed.run.pk)
    assert preuve() == []


def test_a_grant_for_another_office_opens_nothing(
    town: Reference, consumed: dict[str, Booking], remi: Character
) -> None:
    """I39: a permission holds within its scope."""
    remi.user.role_grants.filter(permission=Permission.BILLING_COMPUTE).update(
        scope_kind="CASH_OFFICE", scope_id=town.office.pk + 1
    )
    close_month(remi.actor, cash_office_id=town.office.pk, month=OCTOBER)
    with pytest.raises(NotFound):
        open_run(remi.actor, cash_office_id=town.office.pk, month=OCTOBER)
