"""Every address that only shows, of the portal and of the back office; what is read from an address's query."""

from __future__ import annotations

from tests.bad_input.absences import ABSENCE
from tests.bad_input.forms import Page, ids
from tests.bad_input.table import HOUSEHOLD

AGENT, FINANCE = Page("denise"), Page("remi")
PAGES: dict[str, Page] = {
    **dict.fromkeys(
        (
            "home", "simulator", "help", "accessibility", "legal", "privacy", "site_map", "town_css", "password_sent",
            "waiting_rules",
            "health", "health_ready",
        ),
        Page("visitor"),
    ),
    **dict.fromkeys(("dashboard", "family", "account", "book", "invoices"), Page()),
    "public_document": Page("visitor", lambda w: {"slug": "tarification"}),
    "child": Page(args=ids(child_id="child")),
    "book_now": Page(args=ids(child_id="child")),
    "book_done": Page(args=ids(reference="submission")),
    "agent_rules_activity": Page("denise", ids(activity_id="canteen")),
    "book_calendar": Page(args=ids(reference="submission")),
    "invoice": Page(args=ids(reference="reference")),
    "menu": Page("alice"),
    "my_calendar": Page(),
    "history": Page(),
    "history_booking": Page(args=ids(booking_id="booking")),
    "calendar_feed": Page("visitor", ids(secret="calendar")),
    "invoice_pdf": Page(args=ids(reference="reference")),
    "receipt_pdf": Page(args=ids(receipt="receipt")),
    "payment_return": Page(args=ids(order_id="order")),
    **dict.fromkeys(
        (
            "agent_home", "agent_mail", "agent_keys", "agent_tasks", "agent_enrolments", "agent_waiting",
            "agent_waiting_settings", "agent_events", "agent_kitchen",
            "agent_absences", "agent_absence_policies", "agent_rules",
        ),
        AGENT,
    ),
    "agent_waiting_list": Page("denise", ids(pool_id="queue")),
    "absences": Page(),
    "absence": Page(args=ids(**ABSENCE)),
    "document": Page(args=ids(document_id="document")),
    "agent_proofs": Page("hana"),
    "agent_document": Page("hana", ids(document_id="document")),
    "agent_family": Page("denise", HOUSEHOLD),
    "agent_protection_evidence": Page(
        "hana", ids(household_id="home", measure_id="measure"), leaves=frozenset({"audit_auditevent"})
    ),
    "agent_health": Page(
        "hana", ids(household_id="household", child_id="child"), leaves=frozenset({"audit_auditevent"})
    ),
    **dict.fromkeys(("agent_months", "agent_runs"), FINANCE),
    "agent_run": Page("remi", ids(run_id="issued_run")),
    "agent_invoice": Page("remi", ids(invoice_id="invoice")),
    "agent_invoice_pdf": Page("remi", ids(invoice_id="invoice")),
}  # fmt: skip
# The same view under a second name, which a library looks for.
ALIASES = {"account_login": "sign_in"}
# What is read from an address's query, by whom.
QUERIES: dict[str, tuple[str, ...]] = {
    "simulator": ("quotient", "enfants", "commune", "restauration-scolaire"),
    "sign_in": ("next",),
    "family_key": ("cle",),
    "child": ("mois", "semaine"),
    "agent_menus": ("semaine",),
    "book_child": ("semaine",),
    "book_all": ("semaine",),
    "absence_new": ("enfant", "jour"),
    "history": ("page",),
    "agent_absences": ("jour",),
    "agent_tasks": ("foyer",),
    "agent_calendar": ("mois", "jour"),
    "agent_enrolments": ("page",),
    "agent_kitchen": ("semaine",),
    "agent_key_request": ("q",),
    "agent_runs": ("page",),
    "agent_run": ("page",),
    "agent_invoices": ("page",),
}
