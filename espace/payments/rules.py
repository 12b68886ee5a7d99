"""What the bank's answers do to a payment, and how an invoice stands. Pure: `now` and `today` are arguments."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from espace.kernel.money import Money
from espace.payments.enums import BillStatus, IntentState

SILENCE = timedelta(hours=2)  # a page of payment that nobody finished
PATIENCE = timedelta(seconds=60)  # between two questions to the bank about an intent that waits
LOOK_AGAIN = timedelta(minutes=30)  # between two questions about one that ended without money
LAST_LOOK = timedelta(days=2)  # after its end, that it is still asked about: a late yes is never lost
ENDED = (IntentState.REFUSED, IntentState.CANCELLED, IntentState.EXPIRED)  # without money, as far as we know


def may_become(current: IntentState, answer: IntentState) -> bool:
    """Whether the bank's answer changes an intent. PAID wins over anything, even an expiry or a refusal: the money was
    taken. Nothing comes after PAID, and nothing else reopens an intent that ended."""
    if answer is current or answer is IntentState.WAITING:
        return False
    if answer is IntentState.PAID:
        return True
    return current is IntentState.WAITING


def is_silent(created_at: datetime, now: datetime) -> bool:
    """Whether an intent has waited long enough to be closed if the bank still says nothing."""
    return now - created_at >= SILENCE


def should_ask(
    state: IntentState, ended_at: datetime | None, checked_at: datetime | None, now: datetime
) -> bool:
    """Whether the poller asks the bank about this intent now: every minute while it waits, every half hour for two
    days once it was refused, cancelled or expired (I31: a yes may come after a no, and its notification be lost)."""
    if state is IntentState.WAITING:
        return checked_at is None or now - checked_at >= PATIENCE
    if state not in ENDED or ended_at is None or now - ended_at > LAST_LOOK:
        return False
    return checked_at is None or now - checked_at >= LOOK_AGAIN


def share_of(amount: Money, balance: Money) -> Money:
    """How much of a payment goes to the invoice: never more than what it still owes; the rest is a credit (I28)."""
    return max(Money.ZERO, min(amount, balance))


def status_of(
    total: Money, balance: Money, due_on: date, today: date, *, has_live_intent: bool
) -> BillStatus:
    """How an invoice stands. It is overdue from the day after its due date."""
    if balance.cents <= 0:
        return BillStatus.PAID if total.cents > 0 else BillStatus.NOTHING
    if has_live_intent:
        return BillStatus.IN_PROGRESS
    return BillStatus.OVERDUE if today > due_on else BillStatus.TO_PAY


def receipt_reference(prefix: str, year: int, number: int) -> str:
    """receipt_reference("RC", 2026, 12) -> "RC-R-2026-000012"."""
    return "-".join(part for part in (prefix, "R", str(year), f"{number:06d}") if part)


def is_plausible(order_id: str, event_key: str) -> bool:
    """Whether a notification, which anyone may send, names something that we could have stored: plain characters,
    no longer than our columns."""
    return all(
        0 < len(text) <= longest and text.isascii() and text.isprintable()
        for text, longest in ((order_id, 40), (event_key, 120))
    )
