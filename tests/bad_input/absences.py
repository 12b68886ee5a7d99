"""The forms of absences: announced, moved, proved, read, and what the town asks for."""

from __future__ import annotations

from collections.abc import Mapping

from tests.bad_input.forms import Form, K, ids
from tests.bad_input.samples import Field, good_file
from tests.support.small_world import World


def _absence(world: World) -> Mapping[str, Field]:
    """Zoé is away from the meal of 10 December."""
    return {
        "enfants": Field(K.CHOICE, [str(world.ids["child"])], foreign=[[str(world.ids["other_child"])]]),
        "debut": Field(K.DAY, "2026-12-08"),
        "retour": Field(K.DAY, "2026-12-11"),
        "raison": Field(K.CHOICE, "ILLNESS"),
    }


def _agreed_absence(world: World) -> Mapping[str, Field]:
    return {
        **_absence(world),
        "empreinte": Field(K.SEAL, world.ids["absence_digest"]),
        "signe": Field(K.FREE, "1"),
    }


POLICY = {
    "proof": Field(K.CHOICE, "DECLARATION"),
    "delay": Field(K.NUMBER, "3"),
    "refused_after": Field(K.NUMBER, "10"),
    "unit": Field(K.CHOICE, "CALENDAR_DAYS"),
    "anchor": Field(K.CHOICE, "FIRST_DAY"),
    "carence": Field(K.NUMBER, "0"),
    "late_carence": Field(K.NUMBER, "2"),
    "start": Field(K.DAY, "2026-12-01"),
}
ABSENCE = {"declaration_id": "absence"}


ABSENCES: dict[str, Form] = {
    # Absences
    "absence_new": Form("alice", fields=_absence, done=200, shows="what would change"),
    "absence_confirm": Form("alice", fields=_agreed_absence),
    "absence_return": Form(
        "alice",
        ids(**ABSENCE),
        lambda w: {
            "retour": Field(K.DAY, "2026-12-02"),
            "empreinte": Field(K.SEAL, w.ids["return_digest"], required=False),
        },
    ),
    "absence_withdraw": Form("alice", ids(**ABSENCE)),
    "absence_proof": Form(
        "alice", ids(**ABSENCE), lambda w: {"fichier": Field(K.FILE, good_file())}, once=False
    ),
    "absence_sign": Form("alice", ids(declaration_id="unsigned"), {"accord": Field(K.FREE, "1")}),
    "agent_proof_check": Form(
        "hana",
        ids(declaration_id="received"),
        lambda w: {
            "document": Field(K.IDS, str(w.ids["document"]), foreign=[str(w.ids["other_document"])]),
            "decision": Field(K.CHOICE, "oui"),
            "reason": Field(K.PROSE, "", required=False),
        },
    ),
    "agent_absence_policy": Form("denise", ids(activity_id="canteen"), POLICY),
}
