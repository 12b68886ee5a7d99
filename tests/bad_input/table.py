"""Every form of the portal and of the back office, by the name of its address."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tests.bad_input.absences import ABSENCES
from tests.bad_input.forms import Form, K, Words, ids
from tests.bad_input.homes import HOMES
from tests.bad_input.rules import RULES
from tests.bad_input.samples import Field
from tests.support.cast import PASSWORD
from tests.support.small_world import World

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


def code(name: str) -> Callable[[World], dict[str, Field]]:
    """The six digits that this person received, or reads on a telephone."""
    return lambda world: {"code": Field(K.CODE, world.ids[name])}


def _prefixed(prefix: str, fields: Mapping[str, Field]) -> dict[str, Field]:
    return {f"{prefix}-{name}": one for name, one in fields.items()}


def _grid(world: World) -> Mapping[str, Field]:
    """December as its page showed it: one meal booked; a second one is ticked."""
    slot, booking = str(world.ids["slot"]), world.ids["booking"]
    elsewhere, theirs = str(world.ids["other_slot"]), world.ids["other_booking"]
    return {
        "r": Field(
            K.IDS, [slot, str(world.ids["free_slot"])], required=False,
            foreign=[[slot, elsewhere], [slot, str(world.ids["other_evening"])]],
        ),
        "vu": Field(
            K.IDS, f"{slot}.{booking}", required=False, foreign=[f"{slot}.{theirs}", f"{elsewhere}.{theirs}"]
        ),
        "semaine": Field(K.FREE, "2026-12-07"),
    }  # fmt: skip


def _agreed(world: World, digest: str, token: str) -> dict[str, Field]:
    """What the recap gave: another family’s submission is not found again by its token."""
    return {
        "jeton": Field(K.SEAL, token, foreign=[world.ids["other_token"]]),
        "empreinte": Field(K.SEAL, world.ids[digest]),
        "partiel": Field(K.FREE, ""),
        "motif": Field(K.PROSE, "", required=False),
    }


def _confirmed(world: World) -> Mapping[str, Field]:
    return {**_grid(world), **_agreed(world, "month_digest", "jeton-0000000000000002")}


def _together(world: World) -> Mapping[str, Field]:
    """The same December on the page of all the children: each child's boxes begin with its id."""
    return {
        f"{world.ids['child']}-{name}" if name in ("r", "vu") else name: one
        for name, one in _grid(world).items()
    }


def _together_confirmed(world: World) -> Mapping[str, Field]:
    return {**_together(world), **_agreed(world, "month_digest", "jeton-0000000000000005")}


def _copied(fields: Callable[[World], Mapping[str, Field]]) -> Callable[[World], Mapping[str, Field]]:
    """The week of the 7th of December, to be copied."""
    return lambda world: {
        **fields(world),
        "copier": Field(K.DAY, "2026-12-07"),
        "jusque": Field(K.DAY, "2027-01-15", required=False),
    }


def _week(world: World) -> Mapping[str, Field]:
    return {
        "j": Field(K.CHOICE, [world.ids["weekday"]], required=False, foreign=[[world.ids["other_weekday"]]]),
        "depuis": Field(K.DAY, "2026-12-14"),
        "semaines": Field(K.CHOICE, "EVERY", required=False),
        "voie": Field(K.CHOICE, "", required=False),
        "motif": Field(K.PROSE, "", required=False),
    }


def _week_confirmed(world: World) -> Mapping[str, Field]:
    return {**_week(world), **_agreed(world, "week_digest", "jeton-0000000000000003")}


EVENT = {
    "who": Field(K.CHOICE, "TOWN"),
    "activity": Field(K.CHOICE, "", required=False),
    "first": Field(K.DAY, "2026-12-14"),
    "last": Field(K.DAY, "2026-12-15"),
    "kind": Field(K.CHOICE, "STRIKE"),
    "effect": Field(K.CHOICE, "CLOSED"),
    "to_venue": Field(K.CHOICE, "", required=False),
    "reason": Field(K.LINE, "Grève"),
}


def _correction(world: World) -> Mapping[str, Field]:
    return {
        "first": Field(K.DAY, "2026-12-14"),
        "last": Field(K.DAY, "2026-12-15", required=False),
        "kind": Field(K.CHOICE, "CLOSED"),
        "label": Field(K.LINE, "Pont"),
        "reason": Field(K.LINE, "Oublié par la liste"),
    }


def _list(world: World) -> Mapping[str, Field]:
    prefix = f"liste{world.ids['wednesday']}"
    return {
        f"{prefix}-mode": Field(K.CHOICE, "AUTOMATIC"),
        f"{prefix}-offer_hours": Field(K.NUMBER, "48"),
        f"{prefix}-offers_stop_days": Field(K.NUMBER, "2"),
    }


def _criterion(world: World) -> Mapping[str, Field]:
    prefix = f"critere{world.ids['wednesday']}"
    return {
        f"{prefix}-code": Field(K.CHOICE, "SIBLING_PRESENT"),
        f"{prefix}-points": Field(K.NUMBER, "10"),
    }


MONTH = {"child_id": "child"}
AT_MONTH: Words = lambda world: {"child_id": world.ids["child"], "month": "2026-12"}  # noqa: E731
IN_MONTH: Words = lambda world: {"month": "2026-12"}  # noqa: E731
HOUSEHOLD = ids(household_id="household")
NEW_HOME = {
    **_prefixed("foyer", ADDRESS),
    **_prefixed("adulte1", ADULT),
    **_prefixed("enfant1", CHILD),
}
LOOKS = "what is looked for stays in the session"
TEMPORARY = frozenset({"accounts_signupdraft"})  # the tries of a code are counted on the draft

FORMS: dict[str, Form] = {
    # The doors
    "sign_in": Form(
        "visitor",
        fields={"login": Field(K.USERNAME, "alice"), "password": CURRENT},
        leaves=frozenset({"audit_auditevent"}),
        done=302,
    ),
    "mfa_authenticate": Form(
        "stage", fields=code("ivan_code"), leaves=frozenset({"audit_auditevent"}), done=302
    ),
    "sign_out": Form("alice", shows="only the session ends"),
    "password_forgotten": Form("visitor", fields={"typed": Field(K.LINE, "alice")}, once=False),
    "password_reset": Form("visitor", ids(link="link"), {"password": Field(K.NEW_PASSWORD, "Erable-2027")}),
    "sign_up": Form("visitor", fields={"email": Field(K.EMAIL, "lea.martin@exemple.fr")}, once=False),
    "sign_up_code": Form("at_code", fields=code("sign_up_code"), leaves=TEMPORARY),
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
    "account_reminders": Form("alice", fields={"rappels": Field(K.FREE, "", required=False)}),
    "my_calendar_make": Form(
        "alice", fields={"limites": Field(K.FREE, "on", required=False)}, once=False, done=200
    ),
    "my_calendar_limits": Form("alice", fields={"limites": Field(K.FREE, "", required=False)}),
    "my_calendar_revoke": Form("alice"),
    "account_new_email_code": Form("pending", fields=code("new_email_code")),
    "agent_second_factor": Form("eva", fields=lambda w: {**code("eva_code")(w), "current": CURRENT}),
    "agent_recovery_codes": Form("hana", fields={"renew": Field(K.FREE, "1")}, once=False),
    # The family
    "family_key": Form(
        "maud",
        fields=lambda w: {"typed": Field(K.KEY, w.ids["typed_key"], foreign=[w.ids["dead_key"]])},
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
    "book_child": Form("alice", AT_MONTH, _grid, done=200, shows="the month again, as it was ticked"),
    "book_recap": Form("alice", AT_MONTH, _grid, done=200, shows="what would be done"),
    "book_confirm": Form("alice", AT_MONTH, _confirmed),
    "book_copy": Form("alice", AT_MONTH, _copied(_grid), done=200, shows="what the week holds"),
    "book_all": Form("alice", IN_MONTH, _together, done=200, shows="the month again, as it was ticked"),
    "book_all_recap": Form("alice", IN_MONTH, _together, done=200, shows="what would be done"),
    "book_all_copy": Form("alice", IN_MONTH, _copied(_together), done=200, shows="what the week holds"),
    "book_all_confirm": Form("alice", IN_MONTH, _together_confirmed),
    "pattern": Form("alice", ids(**MONTH), _week, done=200, shows="what would be done"),
    "pattern_confirm": Form("alice", ids(**MONTH), _week_confirmed),
    "enrol": Form(
        "alice",
        ids(**MONTH),
        lambda w: {
            "p": Field(K.CHOICE, [str(w.ids["evening"])], foreign=[[str(w.ids["other_period"])]]),
        },
    ),
    "wait_join": Form(
        "alice",
        ids(child_id="child", slot_id="full_slot"),
        lambda w: {
            "jeton": Field(K.FREE, "jeton-0000000000000004"),
            "empreinte": Field(K.FREE, w.ids["wait_digest"]),
        },
    ),
    "wait_request": Form(
        "alice",
        ids(booking_id="offered"),
        {"reponse": Field(K.CHOICE, "passer"), "empreinte": Field(K.FREE, "")},
    ),
    **ABSENCES,
    # Bills
    "pay": Form("alice", ids(reference="reference")),
    "payment_notify": Form(
        "visitor",
        fields=lambda w: {
            "commande": Field(K.SEAL, w.ids["other_order"]),
            "evenement": Field(K.FREE, "EVT-0001"),
        },
        done=204,
        as_json=True,
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
    "agent_key_letter": Form("denise", ids(key_id="key"), done=200),
    "agent_key_revoke": Form(
        "denise", ids(key_id="key"), {"reason": Field(K.LINE, "Perdue", required=False)}
    ),
    "agent_search": Form("denise", fields={"q": Field(K.FREE, "Moreau", required=False)}, shows=LOOKS),
    "agent_invoices": Form("remi", fields={"q": Field(K.FREE, "Moreau", required=False)}, shows=LOOKS),
    "agent_key_request": Form(
        "denise",
        ids(request_id="request"),
        lambda w: {
            "outcome": Field(K.CHOICE, "lettre"),
            "adult": Field(
                K.CHOICE,
                f"{w.ids['home']}-{w.ids['mother']}",
                foreign=[
                    f"{w.ids['other_household']}-{w.ids['other_adult']}",
                    f"{w.ids['home']}-{w.ids['other_adult']}",
                    f"{w.ids['other_household']}-{w.ids['mother']}",
                ],
            ),
            "answer": Field(K.PROSE, "Une lettre part.", required=False),
        },
    ),
    "agent_mail_resend": Form("denise", ids(message_id="failed")),
    "agent_change_decide": Form(
        "denise",
        fields=lambda w: {
            "changes": Field(
                K.IDS, w.ids["changes"], foreign=[f"{w.ids['changes']},{w.ids['other_changes']}"]
            ),
            "decision": Field(K.CHOICE, "oui"),
            "reason": Field(K.PROSE, "", required=False),
        },
    ),
    **HOMES,
    # Agents: activities and bills
    "agent_enrolment_decide": Form(
        "denise",
        ids(enrolment_id="pending"),
        {"decision": Field(K.CHOICE, "oui"), "reason": Field(K.PROSE, "", required=False)},
    ),
    "agent_waiting_places": Form(
        "denise",
        ids(pool_id="queue"),
        {"capacity": Field(K.NUMBER, "2"), "waitlist_capacity": Field(K.NUMBER, "", required=False)},
    ),
    "agent_waiting_offer": Form(
        "denise", ids(booking_id="waits"), {"reason": Field(K.PROSE, "", required=False)}
    ),
    "agent_waiting_set": Form("denise", ids(activity_id="wednesday"), _list),
    "agent_criterion_publish": Form("denise", ids(activity_id="wednesday"), _criterion),
    "agent_criterion_withdraw": Form("denise", ids(criterion_id="criterion")),
    "agent_child_criteria": Form(
        "denise",
        ids(**MONTH),
        lambda w: {
            "criterion": Field(K.CHOICE, str(w.ids["criterion"]), foreign=[str(w.ids["over_criterion"])]),
            "first": Field(K.DAY, "2027-01-04"),
            "last": Field(K.DAY, "2027-06-30"),
            "evidence": Field(K.LINE, "Livret de famille"),
        },
    ),
    "agent_child_criterion_end": Form("denise", ids(point_id="point")),
    "agent_event_declare": Form("denise", fields=EVENT, done=200, shows="what would change"),
    "agent_event_confirm": Form("denise", fields=EVENT),
    "agent_event_undo": Form("denise", ids(event_id="event")),
    "agent_menus": Form(
        "denise", fields={f"j{n}": Field(K.PROSE, "Soupe\nPoire", required=False) for n in range(5)}
    ),
    "agent_calendar": Form("denise", fields=_correction, done=200, shows="what would change"),
    "agent_calendar_correct": Form("denise", fields=_correction),
    **RULES,
    "agent_month_close": Form("remi", lambda w: {"office_id": w.ids["office"], "year": 2026, "month": 5}),
    "agent_month_bill": Form("remi", lambda w: {"office_id": w.ids["office"], "year": 2026, "month": 6}),
    "agent_run_compute": Form("remi", ids(run_id="run"), once=False),
    "agent_run_review": Form("remi", ids(run_id="run"), {"reason": Field(K.PROSE, "Vu", required=False)}),
    "agent_run_issue": Form("remi", ids(run_id="reviewed_run")),
    "agent_run_cancel": Form("remi", ids(run_id="run")),
}
