"""The forms of an agent who changes where a child lives or goes to school, or hides someone."""

from __future__ import annotations

from collections.abc import Mapping

from tests.bad_input.forms import Form, K, ids
from tests.bad_input.samples import Field
from tests.support.small_world import World

HOUSEHOLD = ids(household_id="household")


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
        "home": Field(K.CHOICE, str(world.ids["other_home"]), foreign=[str(world.ids["other_household"])]),
        "first": Field(K.DAY, "2026-12-01"),
        "last": Field(K.DAY, "2026-12-20"),
        "reason": Field(K.LINE, "Échange de semaines"),
    }


def _school(world: World) -> Mapping[str, Field]:
    return {
        "place": Field(K.CHOICE, world.ids["other_school"], foreign=["999999-0"]),
        "start": Field(K.DAY, "2027-01-04"),
        "reason": Field(K.LINE, "", required=False),
    }


OF_CHILD = {"household_id": "household", "child_id": "child"}
OF_SHARED = {"household_id": "household", "child_id": "shared"}
DEPARTURE = {"start": Field(K.DAY, "2027-01-04"), "reason": Field(K.LINE, "Déménagement", required=False)}


def _seen(digest: str, world: World) -> dict[str, Field]:
    """What the preview gave, agreed to."""
    return {"digest": Field(K.SEAL, world.ids[digest])}


def _kept(digest: str, world: World) -> dict[str, Field]:
    """The same, the days that move being kept."""
    return {"keep": Field(K.CHOICE, "garder"), **_seen(digest, world)}


HOMES: dict[str, Form] = {
    # Agents: custody
    "agent_custody": Form("denise", ids(**OF_CHILD), _custody, done=200, shows="what would change"),
    "agent_custody_confirm": Form(
        "denise", ids(**OF_CHILD), lambda w: {**_custody(w), **_kept("custody_digest", w)}
    ),
    "agent_exception": Form("denise", ids(**OF_SHARED), _exception, done=200, shows="what would change"),
    "agent_exception_confirm": Form(
        "denise", ids(**OF_SHARED), lambda w: {**_exception(w), **_kept("exception_digest", w)}
    ),
    "agent_exception_end": Form(
        "denise", ids(**OF_SHARED, exception_id="exception"), lambda w: _kept("exception_end_digest", w)
    ),
    # Agents: school and departure
    "agent_school": Form("denise", ids(**OF_CHILD), _school, done=200, shows="what would change"),
    "agent_school_confirm": Form(
        "denise", ids(**OF_CHILD), lambda w: {**_school(w), **_seen("school_digest", w)}
    ),
    "agent_departure": Form("denise", ids(**OF_CHILD), DEPARTURE, done=200, shows="what would change"),
    "agent_departure_confirm": Form(
        "denise", ids(**OF_CHILD), lambda w: {**DEPARTURE, **_seen("departure_digest", w)}
    ),
    # Agents: protection measures
    "agent_protection": Form(
        "hana",
        HOUSEHOLD,
        lambda w: {
            "protected": Field(
                K.CHOICE,
                [str(w.ids["adult"])],
                foreign=[[str(w.ids["other_child"])], [str(w.ids["other_adult"])]],
            ),
            "hidden_from": Field(K.CHOICE, str(w.ids["parent_apart"]), foreign=[str(w.ids["other_adult"])]),
            "end": Field(K.DAY, "2027-05-20", required=False),
            "evidence": Field(K.PROSE, "Ordonnance du 20 novembre 2026"),
        },
    ),
    "agent_protection_end": Form(
        "hana", ids(household_id="home", measure_id="measure"), {"reason": Field(K.LINE, "Levée")}
    ),
}
