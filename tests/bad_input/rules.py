"""The forms by which an agent sets the rules of an activity: deadlines, openings, extensions, admission, places."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tests.bad_input.forms import Form, K, ids
from tests.bad_input.samples import Field
from tests.support.small_world import World

RULE = {
    **{
        f"{timing}_{name}": field
        for timing, good in (("IN_TIME", "8"), ("LATE", "1"))
        for name, field in {
            "offset": Field(K.NUMBER, good),
            "unit": Field(K.CHOICE, "WORKING_DAYS"),
            "anchor": Field(K.CHOICE, "SLOT_DAY", required=timing == "IN_TIME"),
            "at": Field(K.FREE, "12:00"),
            "fixed": Field(K.DAY, "", required=False),
        }.items()
    },
    "AGENT_ONLY_unit": Field(K.CHOICE, "WORKING_DAYS"),
    "AGENT_ONLY_anchor": Field(K.CHOICE, "", required=False),
    "window_timing": Field(K.CHOICE, "IN_TIME", required=False),
    "window_day": Field(K.DAY, "2026-12-31"),
    "window_at": Field(K.FREE, ""),
    "window_label": Field(K.LINE, "Ouverture de janvier", required=False),
    "reason": Field(K.LINE, "Délibération du 12 novembre"),
}


EXTENSION = {
    "activity": Field(K.CHOICE, "", required=False),
    "start_day": Field(K.DAY, "2026-11-23"),
    "start_at": Field(K.FREE, "18:00"),
    "end_day": Field(K.DAY, "2026-11-24"),
    "end_at": Field(K.FREE, "09:00"),
    "until_day": Field(K.DAY, "2026-11-25"),
    "until_at": Field(K.FREE, ""),
    "reason": Field(K.LINE, "Le portail n’a pas répondu"),
}


def _rule(action: str) -> Callable[[World], Mapping[str, Any]]:
    """The rule of the canteen, of the period of the year."""
    return lambda w: {"activity_id": w.ids["canteen"], "what": action, "when": w.ids["period"]}


RULES: dict[str, Form] = {
    "agent_openings": Form(
        "denise",
        ids(period_id="period"),
        {
            "opens_day": Field(K.DAY, "2026-06-01"),
            "opens_at": Field(K.FREE, "18:00"),
            "others_day": Field(K.DAY, "2026-06-08", required=False),
            "others_at": Field(K.FREE, "18:00"),
            "closes_day": Field(K.DAY, "2027-06-30", required=False),
            "closes_at": Field(K.FREE, ""),
            "reason": Field(K.LINE, "Délibération du 12 novembre"),
        },
    ),
    "agent_admission": Form(
        "denise",
        ids(activity_id="wednesday"),
        lambda w: {
            "min_age": Field(K.NUMBER, "3", required=False),
            "max_age": Field(K.NUMBER, "11", required=False),
            "school": Field(K.CHOICE, str(w.ids["school"]), required=False, foreign=["999999"]),
            "category": Field(K.CHOICE, "RESIDENT", required=False),
        },
    ),
    "agent_admission_withdraw": Form("denise", ids(rule_id="admission")),
    "agent_places": Form(
        "denise",
        ids(activity_id="wednesday"),
        lambda w: {
            "venue": Field(K.CHOICE, str(w.ids["centre"]), foreign=["999999"]),
            "first": Field(K.DAY, "2027-01-06"),
            "last": Field(K.DAY, "2027-01-27"),
            "capacity": Field(K.NUMBER, "64"),
        },
    ),
    "agent_ratio": Form(
        "denise",
        ids(activity_id="wednesday"),
        {"under_six": Field(K.NUMBER, "9"), "from_six": Field(K.NUMBER, "13")},
    ),
    "agent_extension": Form("denise", fields=EXTENSION, done=200, shows="what would change"),
    "agent_extension_declare": Form("denise", fields=EXTENSION),
    "agent_deadlines": Form("denise", _rule("reserver"), RULE, done=200, shows="what would change"),
    "agent_deadlines_keep": Form("denise", _rule("reserver"), RULE),
    "agent_deadlines_drop": Form(
        "denise", _rule("annuler"), {"reason": Field(K.LINE, "Retour à la règle commune")}
    ),
}
