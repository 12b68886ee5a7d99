"""A small family built through the services."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest

from espace.demo.town import Reference
from espace.families.models import Household, Person
from espace.families.services import AdultDraft, ChildDraft, open_family
from espace.kernel.actor import SYSTEM, Actor, Channel, Grant, Permission


@dataclass(eq=False)
class Home:
    """Two adults without an account, two children."""

    household: Household
    mother: Person
    father: Person
    elder: Person
    younger: Person


@pytest.fixture
def home(town: Reference) -> Home:
    opened = open_family(
        SYSTEM,
        street="5, rue des Écoles",
        postcode="99450",
        city="Clairval-sur-Aune",
        adults=[
            AdultDraft("Maud", "Ferrand", date(1988, 1, 2), "maud@exemple.fr", "06 39 98 00 31"),
            AdultDraft("Boris", "Ouedraogo", date(1987, 1, 2)),
        ],
        children=[
            ChildDraft("Maëlys", "Ferrand-Ouedraogo", date(2018, 3, 4)),
            ChildDraft("Isaac", "Ferrand-Ouedraogo", date(2022, 3, 4)),
        ],
    )
    return Home(opened.household, *opened.adults, *opened.children)


@pytest.fixture
def guichet() -> Actor:
    """An agent of the guichet, without an account behind: services ask permissions only."""
    grants = tuple(
        Grant(p)
        for p in (
            Permission.FAMILIES_READ,
            Permission.FAMILIES_WRITE,
            Permission.KEYS,
            Permission.FAMILIES_ACT,
        )
    )
    return Actor(user_id=None, label="Denise Roux", channel=Channel.COUNTER, grants=grants)
