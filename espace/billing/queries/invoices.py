"""Invoices as families and agents see them: who may, and the lines as they are read on a page or on paper."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from espace.billing.enums import ChargeKind, InvoiceState
from espace.billing.models import Invoice, InvoiceLine
from espace.families.queries import bill_households_for
from espace.kernel.actor import Actor, Permission
from espace.kernel.errors import NotFound
from espace.kernel.money import Money, total
from espace.kernel.text import format_hundredths, format_unit_price
from espace.pricing.rules import Step, explain, steps_from_json

OFFICE_READERS = (Permission.BILLING_COMPUTE, Permission.BILLING_ISSUE, Permission.PAYMENTS)


def invoices_for(actor: Actor) -> QuerySet[Invoice]:
    """The published invoices of the households whose bills the actor may see, latest first. 1 query and at most 3 to
    know the households."""
    return Invoice.objects.filter(
        household_id__in=bill_households_for(actor), state=InvoiceState.PUBLISHED
    ).order_by("-issued_on", "-number", "-id")


def invoice_for(actor: Actor, reference: str) -> Invoice:
    """One of `invoices_for` by its reference, or `NotFound`."""
    found = (
        invoices_for(actor).filter(reference=reference).select_related("cash_office") if reference else None
    )
    invoice = found.first() if found is not None else None
    if invoice is None:
        raise NotFound
    return invoice


def office_invoice_for(actor: Actor, invoice_id: int) -> Invoice:
    """An invoice, a draft too, for the agents of its cash office; `NotFound` otherwise. 1 query."""
    rows = Invoice.objects.select_related("cash_office", "household", "run")
    invoice = rows.filter(pk=invoice_id).order_by("id").first()
    if invoice is None or not _is_of_office(actor, invoice):
        raise NotFound
    return invoice


def printable_for(actor: Actor, reference: str) -> Invoice:
    """An issued invoice, for its family or for the agents of its office; `NotFound` otherwise."""
    issued = Invoice.objects.exclude(state=InvoiceState.DRAFT).select_related("cash_office")
    invoice = issued.filter(reference=reference).order_by("id").first() if reference else None
    if invoice is not None and _is_of_office(actor, invoice):
        return invoice
    return invoice_for(actor, reference)


def office_invoices_for(actor: Actor, *, search: str = "") -> QuerySet[Invoice]:
    """Every issued invoice of the offices whose money the agent handles, latest first; by reference or family."""
    invoices = Invoice.objects.exclude(state=InvoiceState.DRAFT).select_related("household")
    if not any(actor.may(p) for p in OFFICE_READERS):
        offices = {
            g.scope_id
            for g in actor.grants
            if g.permission in OFFICE_READERS and g.scope_kind == "CASH_OFFICE"
        }
        invoices = invoices.filter(cash_office_id__in=offices)
    if search:
        invoices = invoices.filter(reference__icontains=search) | invoices.filter(
            household__search_text__contains=search.casefold()
        )
    return invoices.order_by("-issued_on", "-number", "-id")


def _is_of_office(actor: Actor, invoice: Invoice) -> bool:
    if actor.on_behalf_of is not None:
        return False
    return any(actor.may(p, "CASH_OFFICE", invoice.cash_office_id) for p in OFFICE_READERS)


@dataclass(frozen=True, slots=True)
class LineView:
    """A line as read: what, which days, how many at what price, how much, and why."""

    label: str
    detail: str
    quantity: str
    unit_price: str
    amount: Money
    is_surcharge: bool
    is_reversal: bool
    steps: tuple[Step, ...]
    accounting_code: str

    @property
    def count(self) -> str:
        """ "16 × 3,05 €"; a correction shows its sign."""
        return f"{self.quantity} × {self.unit_price}"

    @property
    def sentence(self) -> str:
        """The steps in one sentence, for who cannot see a chain."""
        return explain(self.steps) if self.steps else ""


@dataclass(frozen=True, slots=True)
class ChildLines:
    """The lines of one child, in the order of the invoice."""

    name: str
    lines: tuple[LineView, ...]

    @property
    def total(self) -> Money:
        return total(line.amount for line in self.lines)

    @property
    def accounting_codes(self) -> set[str]:
        return {line.accounting_code for line in self.lines}


def detail_of(invoice: Invoice) -> list[ChildLines]:
    """The lines of an invoice the caller was allowed to hold, by child. 1 query."""
    rows = InvoiceLine.objects.filter(invoice=invoice).select_related("person").order_by("position")
    groups: dict[str, list[LineView]] = {}
    for row in rows:
        groups.setdefault(row.person.first_name if row.person else "", []).append(_view(row))
    return [ChildLines(name, tuple(lines)) for name, lines in groups.items()]


def _view(row: InvoiceLine) -> LineView:
    return LineView(
        label=row.label,
        detail=row.detail,
        quantity=format_hundredths(row.quantity),
        unit_price=format_unit_price(row.unit_price),
        amount=row.amount,
        is_surcharge=row.kind == ChargeKind.SURCHARGE,
        is_reversal=row.kind == ChargeKind.REVERSAL,
        steps=steps_from_json(row.steps),
        accounting_code=row.accounting_code,
    )


def address_of(invoice: Invoice) -> list[str]:
    """The debtor's name and address as frozen when issued, line by line."""
    s = invoice.snapshot
    city = f"{s.get('postcode', '')} {s.get('city', '')}".strip()
    return [
        line for line in (s.get("name", ""), s.get("street_extra", ""), s.get("street", ""), city) if line
    ]
