"""What the pages of invoices show, in words: prepared here, only laid out by the templates."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from espace.billing.queries import ChildLines, LineView, address_of, detail_of
from espace.kernel import clock
from espace.kernel.money import Money
from espace.kernel.text import MINUS, format_date_long, format_datetime_long, format_month, of_month
from espace.payments.enums import BillStatus, IntentState
from espace.payments.queries import Bill, PaymentEvent, events_of, live_order_of, pays_online, receipt_of
from espace.pricing.enums import ModifierKind, StepKind
from espace.pricing.rules import Step
from espace.ui.items import PriceStep

if TYPE_CHECKING:
    from espace.payments.models import PaymentIntent

BADGES = {
    BillStatus.TO_PAY: "sun",
    BillStatus.OVERDUE: "err",
    BillStatus.IN_PROGRESS: "tint",
    BillStatus.PAID: "ok",
    BillStatus.NOTHING: "",
}
MODIFIERS = frozenset(kind.value for kind in ModifierKind)


@dataclass(frozen=True, slots=True)
class BillRow:
    """A line of the list, hung on the day it is due, or was issued once nothing is due."""

    reference: str
    month: str
    total: Money
    balance: Money
    day: date
    status: str
    badge: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an invoice with the chain of its price."""

    view: LineView
    steps: list[PriceStep]


@dataclass(frozen=True, slots=True)
class Child:
    name: str
    total: Money
    lines: list[Line]


@dataclass(frozen=True, slots=True)
class Event:
    """Something paid or tried: when, what, and what it means."""

    when: str
    title: str
    text: str
    receipt: str


@dataclass(frozen=True, slots=True)
class InvoicePage:
    bill: Bill
    title: str
    month: str
    of_month: str
    address: list[str]
    children: list[Child]
    events: list[Event]
    status: str
    badge: str
    live_order: str
    today: date
    is_online: bool

    @property
    def is_late(self) -> bool:
        return self.bill.status is BillStatus.OVERDUE


@dataclass(frozen=True, slots=True)
class ReturnPage:
    """What became of a payment: one title, one sentence of fact, what comes next."""

    order_id: str
    bill: Bill
    state: IntentState
    amount: Money
    title: str
    text: str
    receipt: str

    @property
    def kind(self) -> str:
        return {IntentState.PAID: "ok", IntentState.WAITING: "info", IntentState.REFUSED: "err"}.get(
            self.state, "sun"
        )

    @property
    def is_online(self) -> bool:
        return pays_online()

    @property
    def may_retry(self) -> bool:
        return self.bill.is_open and self.state is not IntentState.WAITING and self.is_online


def rows(bills: Iterable[Bill]) -> list[BillRow]:
    """What is left to pay first, the soonest due on top; then the others, latest first."""
    ordered = list(bills)
    todo = sorted((b for b in ordered if b.is_open), key=lambda b: b.due_on)
    return [_row(bill) for bill in (*todo, *(b for b in ordered if not b.is_open))]


def _row(bill: Bill) -> BillRow:
    i = bill.invoice
    return BillRow(
        i.reference, format_month(i.month), i.total, bill.balance,
        bill.due_on if bill.is_open else i.issued_on or bill.due_on, status_words(bill),
        BADGES[bill.status], bill.is_open,
    )  # fmt: skip


def status_words(bill: Bill) -> str:
    """A state in words: never a colour alone."""
    match bill.status:
        case BillStatus.TO_PAY:
            return _("à régler avant le %(day)s") % {"day": _day(bill.due_on)}
        case BillStatus.OVERDUE:
            return _("en retard depuis le %(day)s") % {"day": _day(bill.due_on)}
        case BillStatus.IN_PROGRESS:
            return _("paiement en cours")
        case BillStatus.PAID:
            return _("réglée")
        case BillStatus.NOTHING:
            return _("rien à régler")


def _day(day: date) -> str:
    """ "24 décembre 2026": a badge has no room for the weekday."""
    return format_date_long(day).partition(" ")[2]


def invoice_page(bill: Bill) -> InvoicePage:
    """Everything a bill's page shows. 4 queries."""
    invoice = bill.invoice
    return InvoicePage(
        bill=bill,
        title=_("Facture %(of_month)s") % {"of_month": of_month(invoice.month)},
        month=format_month(invoice.month),
        of_month=of_month(invoice.month),
        address=address_of(invoice),
        children=[_child(child) for child in detail_of(invoice)],
        events=[_event(event) for event in events_of(invoice)],
        status=status_words(bill),
        badge=BADGES[bill.status],
        live_order=live_order_of(invoice),
        today=clock.today(),
        is_online=pays_online(),
    )


def _child(child: ChildLines) -> Child:
    return Child(child.name, child.total, [Line(line, chain(line.steps)) for line in child.lines])


def _event(event: PaymentEvent) -> Event:
    when = format_datetime_long(event.at)
    amount = {"amount": event.amount}
    match event.state:
        case IntentState.PAID:
            return Event(when, _("%(amount)s réglés par carte") % amount, "", event.receipt)
        case IntentState.REFUSED:
            title = _("Paiement de %(amount)s refusé par la banque") % amount
        case IntentState.CANCELLED:
            title = _("Paiement de %(amount)s abandonné") % amount
        case _:
            title = _("Paiement de %(amount)s resté sans suite") % amount
    return Event(when, title, _("Rien n’a été débité."), "")


def chain(steps: Iterable[Step]) -> list[PriceStep]:
    """The steps of a price as the chain one reads; the last one is the result."""
    found = [_link(step) for step in steps]
    if found and not found[-1].kind:
        found[-1] = PriceStep(found[-1].value, found[-1].label, "sum")
    return found


def _link(step: Step) -> PriceStep:
    if step.kind.value in MODIFIERS:
        return PriceStep(step.value, step.label, "minus" if step.value.startswith(MINUS) else "plus")
    match step.kind:
        case StepKind.QUOTIENT:
            return PriceStep(step.value, _("votre quotient familial"))
        case StepKind.CEILING:
            return PriceStep(_("Quotient inconnu"), step.value)
        case StepKind.BRACKET:
            return PriceStep(step.label[:1].upper() + step.label[1:], step.value)
        case StepKind.TOTAL:
            return PriceStep(step.value, step.label, "sum")
        case _:
            return PriceStep(step.value, step.label)


def return_page(intent: PaymentIntent, bill: Bill) -> ReturnPage:
    """What happened to this payment, in words. 1 query when it was accepted."""
    state, amount = IntentState(intent.state), intent.amount
    receipt = receipt_of(intent) if state is IntentState.PAID else ""
    title, text = _told(state)
    return ReturnPage(intent.order_id, bill, state, amount, title, text, receipt)


def _told(state: IntentState) -> tuple[str, str]:
    match state:
        case IntentState.PAID:
            return _("Paiement accepté"), _("Merci. Un e-mail vous le confirme, avec le numéro du reçu.")
        case IntentState.REFUSED:
            return _("Votre banque a refusé le paiement"), _(
                "Rien n’a été débité. Vous pouvez essayer une autre carte."
            )
        case IntentState.CANCELLED:
            return _("Vous avez abandonné le paiement"), _(
                "Rien n’a été débité. Votre facture reste à régler."
            )
        case IntentState.EXPIRED:
            return (
                _("Ce paiement est resté sans suite"),
                _(
                    "La banque ne nous a rien confirmé. Si un débit apparaît sur votre compte, il sera pris en compte."
                ),
            )
        case IntentState.WAITING:
            return (
                _("La banque n’a pas encore répondu"),
                _(
                    "Votre paiement n’est ni accepté ni refusé. Nous vous écrirons dès que nous le saurons\u00a0: vous "
                    "pouvez recharger cette page ou la fermer. Ne réglez pas une seconde fois."
                ),
            )
