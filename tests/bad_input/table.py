"""Every address of the portal and of the back office: its form, or the fact that it only shows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.bad_input.samples import Field, Kind
from tests.bad_input.world import World
from tests.support.cast import PASSWORD

Words = Callable[[World], Mapping[str, Any]]
K = Kind


def _none(world: World) -> Mapping[str, Any]:
    return {}


def ids(**named: str) -> Words:
    """Arguments of an address, by the names of the world's ids."""
    return lambda world: {argument: world.ids[name] for argument, name in named.items()}


@dataclass(frozen=True, slots=True)
class Form:
    """A form: who may send it, where, and its fields. `fields` may need the world (an id to choose).

    `leaves` are tables that a refusal may write besides the traces (a journal of failures). `once`: a second sending
    of the very same changes nothing more. `takes` is false when a good sending can't be made here (a code, a bank).
    """

    who: str
    args: Words = _none
    fields: Callable[[World], Mapping[str, Field]] | Mapping[str, Field] = field(default_factory=dict)
    leaves: frozenset[str] = frozenset()
    once: bool = True
    takes: bool = True

    @property
    def known(self) -> Iterable[Field]:
        """The fields that can be told without a world."""
        return () if callable(self.fields) else self.fields.values()

    def of(self, world: World) -> Mapping[str, Field]:
        return self.fields(world) if callable(self.fields) else self.fields


@dataclass(frozen=True, slots=True)
class Page:
    """An address that only shows: whatever is sent to it changes nothing."""

    who: str = "alice"
    args: Words = _none


NAME = {"first_name": Field(K.NAME, "Maëlys"), "last_name": Field(K.NAME, "D’Arc-Noël")}
ADULT = {
    **NAME,
    "birth_date": Field(K.DAY, "1990-02-28", required=False),
    "phone": Field(K.PHONE, "06 39 98 12 34", required=False),
    "email": Field(K.EMAIL, "maelys@exemple.fr", required=False),
}
CHILD = {**NAME, "birth_date": Field(K.DAY, "2019-02-28")}
ADDRESS = {
    "street": Field(K.LINE, "3, rue du Pré"),
    "street_extra": Field(K.LINE, "Bât. B", required=False),
    "postcode": Field(K.POSTCODE, "99450"),
    "city": Field(K.NAME, "Clairval"),
}
PHONE = {"phone": Field(K.PHONE, "06 39 98 12 34", required=False)}
CURRENT = Field(K.SECRET, PASSWORD)
CODE = {"code": Field(K.CODE, "123456")}


def _prefixed(prefix: str, fields: Mapping[str, Field]) -> dict[str, Field]:
    return {f"{prefix}-{name}": one for name, one in fields.items()}


def _grid(world: World) -> Mapping[str, Field]:
    """December as its page showed it: one meal booked; a second one is ticked."""
    return {
        "r": Field(K.IDS, [str(world.ids["slot"]), str(world.ids["free_slot"])], required=False),
        "vu": Field(K.IDS, f"{world.ids['slot']}.{world.ids['booking']}", required=False),
        "semaine": Field(K.FREE, "2026-12-07"),
    }


def _confirmed(world: World) -> Mapping[str, Field]:
    return {
        **_grid(world),
        "jeton": Field(K.FREE, "jeton-0000000000000002"),
        "empreinte": Field(K.FREE, ""),
        "partiel": Field(K.FREE, ""),
        "motif": Field(K.PROSE, "", required=False),
    }


def _pattern(world: World) -> Mapping[str, Field]:
    return {
        "j": Field(K.CHOICE, [world.ids["weekday"]], required=False),
        "depuis": Field(K.DAY, "2026-12-14"),
        "semaines": Field(K.CHOICE, "EVERY", required=False),
        "voie": Field(K.CHOICE, "", required=False),
        "jeton": Field(K.FREE, "jeton-0000000000000003"),
        "empreinte": Field(K.FREE, ""),
        "motif": Field(K.PROSE, "", required=False),
    }


def _custody(world: World) -> Mapping[str, Field]:
    """Alternate weeks with another home, from next week on; previewed, so that a good sending writes."""
    return {
        "rhythm": Field(K.CHOICE, "ALTERNATE_WEEKS"),
        "other": Field(K.LINE, world.ids["other_number"]),
        "first": Field(K.CHOICE, "ici"),
        "start": Field(K.DAY, "2026-12-07"),
        "cycle_start": Field(K.DAY, "2026-12-07", required=False),
        "holidays": Field(K.CHOICE, "HALVES"),
        "holiday_first": Field(K.CHOICE, "ici"),
        "reason": Field(K.LINE, "", required=False),
    }


def _exception(world: World) -> Mapping[str, Field]:
    return {
        "home": Field(K.CHOICE, str(world.ids["other_home_of_shared"])),
        "first": Field(K.DAY, "2026-12-01"),
        "last": Field(K.DAY, "2026-12-20"),
        "reason": Field(K.LINE, "Échange de semaines"),
    }


def _school(world: World) -> Mapping[str, Field]:
    return {
        "place": Field(K.CHOICE, f"{world.town.schools['tilleuls'].pk}-0"),
        "start": Field(K.DAY, "2027-01-04"),
        "reason": Field(K.LINE, "", required=False),
    }


DEPARTURE = {"start": Field(K.DAY, "2027-01-04"), "reason": Field(K.LINE, "Déménagement", required=False)}
AGREED = {"keep": Field(K.CHOICE, "garder"), "digest": Field(K.FREE, "")}


def _closure(world: World) -> Mapping[str, Field]:
    return {
        "activity": Field(K.CHOICE, "", required=False),
        "venue": Field(K.CHOICE, "", required=False),
        "first": Field(K.DAY, "2026-12-14"),
        "last": Field(K.DAY, "2026-12-15"),
        "reason": Field(K.LINE, "Grève"),
    }


MONTH = {"child_id": "child"}
AT_MONTH: Words = lambda world: {"child_id": world.ids["child"], "month": "2026-12"}  # noqa: E731
HOUSEHOLD = ids(household_id="household")
SEPTEMBER: Words = lambda world: {"office_id": world.ids["office"], "year": 2026, "month": 9}  # noqa: E731
NEW_HOME = {
    **_prefixed("foyer", ADDRESS),
    **_prefixed("adulte1", ADULT),
    **_prefixed("enfant1", CHILD),
}
TEMPORARY = frozenset({"accounts_signupdraft"})  # the tries of a code are counted on the draft

FORMS: dict[str, Form] = {
    # The doors
    "sign_in": Form(
        "visitor",
        fields={"login": Field(K.USERNAME, "alice"), "password": CURRENT},
        leaves=frozenset({"audit_auditevent"}),
    ),
    "mfa_authenticate": Form("stage", fields=CODE, takes=False, leaves=frozenset({"audit_auditevent"})),
    "sign_out": Form("alice"),
    "password_forgotten": Form("visitor", fields={"typed": Field(K.LINE, "alice")}, once=False),
    "password_reset": Form("visitor", ids(link="link"), {"password": Field(K.NEW_PASSWORD, "Erable-2027")}),
    "sign_up": Form("visitor", fields={"email": Field(K.EMAIL, "lea.martin@exemple.fr")}, once=False),
    "sign_up_code": Form("at_code", fields=CODE, takes=False, leaves=TEMPORARY),
    "sign_up_resend": Form("at_code"),
    "sign_up_identity": Form("at_end", fields={**NAME, "birth_date": Field(K.DAY, "1990-02-28")}),
    "sign_up_address": Form("at_end", fields=ADDRESS),
    "sign_up_contact": Form("at_end", fields=PHONE),
    "sign_up_credentials": Form(
        "at_end",
        fields={
            "username": Field(K.USERNAME, "lea.martin"),
            "password": Field(K.NEW_PASSWORD, "Tilleul-2027"),
        },
    ),
    # My account
    "account_contact": Form("alice", fields={**ADDRESS, **PHONE}),
    "account_password": Form(
        "alice", fields={"current": CURRENT, "password": Field(K.NEW_PASSWORD, "Erable-2027")}, once=False
    ),
    "account_username": Form(
        "alice", fields={"username": Field(K.USERNAME, "alice.neuve"), "current": CURRENT}
    ),
    "account_new_email": Form(
        "alice", fields={"email": Field(K.EMAIL, "neuve@exemple.fr"), "current": CURRENT}, once=False
    ),
    "account_new_email_code": Form("pending", fields=CODE, takes=False),
    "agent_second_factor": Form(
        "eva", fields={"code": Field(K.CODE, "123456"), "current": CURRENT}, takes=False
    ),
    "agent_recovery_codes": Form("hana"),
    # The family
    "family_key": Form(
        "maud",
        fields=lambda w: {"typed": Field(K.KEY, w.ids["typed_key"])},
        leaves=frozenset({"audit_auditevent"}),
    ),
    "no_key": Form(
        "maud",
        fields={
            "already_known": Field(K.CHOICE, "oui"),
            "child_first_name": Field(K.NAME, "Maëlys"),
            "child_last_name": Field(K.NAME, "Ferrand-Ouedraogo"),
            "child_birth_date": Field(K.DAY, "2018-03-04"),
            "message": Field(K.PROSE, "Bonjour", required=False),
        },
    ),
    "family_address": Form("alice", HOUSEHOLD, ADDRESS),
    "family_contact": Form(
        "alice",
        ids(person_id="adult"),
        {**PHONE, "email": Field(K.EMAIL, "neuve@exemple.fr", required=False)},
    ),
    # Bookings
    "book_child": Form("alice", AT_MONTH, _grid),
    "book_recap": Form("alice", AT_MONTH, _grid),
    "book_confirm": Form("alice", AT_MONTH, _confirmed),
    "pattern": Form("alice", ids(**MONTH), _pattern),
    "pattern_confirm": Form("alice", ids(**MONTH), _pattern),
    "enrol": Form("alice", ids(**MONTH), lambda w: {"p": Field(K.CHOICE, [str(w.ids["morning"])])}),
    # Bills
    "pay": Form("alice", ids(reference="reference"), once=False, takes=False),
    "payment_notify": Form(
        "visitor", fields={"order_id": Field(K.FREE, "x"), "id": Field(K.FREE, "x")}, takes=False
    ),
    # Agents: families and keys
    "agent_family_new": Form("denise", fields=NEW_HOME, once=False),
    "agent_adult_new": Form("denise", HOUSEHOLD, ADULT, once=False),
    "agent_child_new": Form("denise", HOUSEHOLD, CHILD, once=False),
    "agent_quotient": Form(
        "denise",
        HOUSEHOLD,
        {
            "amount": Field(K.NUMBER, "812,50"),
            "source": Field(K.CHOICE, "CAF_NOTICE"),
            "start": Field(K.DAY, "2026-12-01"),
            "reason": Field(K.LINE, "Attestation reçue", required=False),
        },
    ),
    "agent_act": Form("denise", HOUSEHOLD, once=False),
    "agent_stop_acting": Form("acting"),
    "agent_key_new": Form("denise", ids(household_id="home", adult_id="father"), once=False),
    "agent_key_letter": Form("denise", ids(key_id="key")),
    "agent_key_revoke": Form(
        "denise", ids(key_id="key"), {"reason": Field(K.LINE, "Perdue", required=False)}
    ),
    "agent_search": Form("denise", fields={"q": Field(K.FREE, "Moreau", required=False)}),
    "agent_invoices": Form("remi", fields={"q": Field(K.FREE, "Moreau", required=False)}),
    "agent_key_request": Form(
        "denise",
        ids(request_id="request"),
        {
            "outcome": Field(K.CHOICE, "refus"),
            "adult": Field(K.CHOICE, "", required=False),
            "answer": Field(K.PROSE, "Votre enfant n’est pas inscrit."),
        },
    ),
    "agent_change_decide": Form(
        "denise",
        fields=lambda w: {
            "changes": Field(K.IDS, w.ids["changes"]),
            "decision": Field(K.CHOICE, "oui"),
            "reason": Field(K.PROSE, "", required=False),
        },
    ),
    # Agents: custody
    "agent_custody": Form("denise", ids(household_id="household", child_id="child"), _custody),
    "agent_custody_confirm": Form(
        "denise",
        ids(household_id="household", child_id="child"),
        lambda w: {**_custody(w), **AGREED},
        takes=False,
    ),
    "agent_exception": Form("denise", ids(household_id="household", child_id="shared"), _exception),
    "agent_exception_confirm": Form(
        "denise",
        ids(household_id="household", child_id="shared"),
        lambda w: {**_exception(w), **AGREED},
        takes=False,
    ),
    "agent_exception_end": Form(
        "denise",
        ids(household_id="household", child_id="shared", exception_id="exception"),
        AGREED,
        takes=False,
    ),
    # Agents: school and departure
    "agent_school": Form("denise", ids(household_id="household", child_id="child"), _school),
    "agent_school_confirm": Form(
        "denise",
        ids(household_id="household", child_id="child"),
        lambda w: {**_school(w), "digest": Field(K.FREE, "")},
        takes=False,
    ),
    "agent_departure": Form("denise", ids(household_id="household", child_id="child"), DEPARTURE),
    "agent_departure_confirm": Form(
        "denise",
        ids(household_id="household", child_id="child"),
        {**DEPARTURE, "digest": Field(K.FREE, "")},
        takes=False,
    ),
    # Agents: protection measures
    "agent_protection": Form(
        "hana",
        HOUSEHOLD,
        lambda w: {
            "protected": Field(K.CHOICE, [str(w.ids["adult"])]),
            "hidden_from": Field(K.CHOICE, str(w.ids["other_adult"])),
            "end": Field(K.DAY, "2027-05-20", required=False),
            "evidence": Field(K.PROSE, "Ordonnance du 20 novembre 2026"),
        },
    ),
    "agent_protection_end": Form(
        "hana", ids(household_id="home", measure_id="measure"), {"reason": Field(K.LINE, "Levée")}
    ),
    # Agents: activities and bills
    "agent_enrolment_decide": Form(
        "denise",
        ids(enrolment_id="pending"),
        {"decision": Field(K.CHOICE, "oui"), "reason": Field(K.PROSE, "", required=False)},
    ),
    "agent_closures": Form("denise", fields=_closure),
    "agent_closure_declare": Form("denise", fields=_closure),
    "agent_month_close": Form("remi", lambda w: {"office_id": w.ids["office"], "year": 2026, "month": 8}),
    "agent_month_bill": Form("remi", lambda w: {"office_id": w.ids["office"], "year": 2026, "month": 8}),
    "agent_run_compute": Form("remi", ids(run_id="run"), once=False),
    "agent_run_review": Form("remi", ids(run_id="run"), {"reason": Field(K.PROSE, "Vu", required=False)}),
    "agent_run_issue": Form("remi", ids(run_id="issued_run")),
    "agent_run_cancel": Form("remi", ids(run_id="run")),
}

AGENT, FINANCE = Page("denise"), Page("remi")
PAGES: dict[str, Page] = {
    **dict.fromkeys(
        (
            "home", "simulator", "help", "accessibility", "legal", "privacy", "site_map", "town_css", "password_sent",
            "health", "health_ready",
        ),
        Page("visitor"),
    ),
    **dict.fromkeys(("dashboard", "family", "account", "book", "invoices"), Page()),
    "public_document": Page("visitor", lambda w: {"slug": "tarification"}),
    "child": Page(args=ids(child_id="child")),
    "book_now": Page(args=ids(child_id="child")),
    "book_done": Page(args=ids(reference="submission")),
    "book_calendar": Page(args=ids(reference="submission")),
    "invoice": Page(args=ids(reference="reference")),
    "invoice_pdf": Page(args=ids(reference="reference")),
    "receipt_pdf": Page(args=lambda w: {"receipt": "RC-R-2026-000001"}),
    "payment_return": Page(args=ids(order_id="order")),
    **dict.fromkeys(("agent_home", "agent_keys", "agent_tasks", "agent_enrolments"), AGENT),
    "agent_family": Page("denise", HOUSEHOLD),
    "agent_protection_evidence": Page("hana", ids(household_id="home", measure_id="measure")),
    "agent_health": Page("hana", ids(household_id="household", child_id="child")),
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
    "child": ("mois",),
    "book_child": ("semaine",),
    "agent_tasks": ("foyer",),
    "agent_key_request": ("q",),
    "agent_runs": ("page",),
    "agent_run": ("page",),
    "agent_invoices": ("page",),
}
