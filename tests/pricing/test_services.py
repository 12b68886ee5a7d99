"""Activating a tariff plan: once, and only one without a hole."""

from __future__ import annotations

from datetime import date

import pytest

from espace.accounts.models import RoleGrant
from espace.audit.models import AuditEvent
from espace.demo import prices
from espace.demo.town import Reference
from espace.kernel.actor import Permission
from espace.kernel.errors import NotFound
from espace.pricing.enums import PlanState
from espace.pricing.errors import PlanHasGap, PlanNotDraft, PlanOverlaps
from espace.pricing.models import TariffBracket, TariffPlan
from espace.pricing.queries import tariffs
from espace.pricing.services import activate_plan
from tests.support.cast import SINCE, Character

JANUARY = date(2027, 1, 1)


@pytest.fixture
def chief(remi: Character) -> Character:
    """The régisseur, who may also change the settings."""
    RoleGrant.objects.create(user=remi.user, permission=Permission.SETTINGS, start=SINCE)
    return remi


@pytest.fixture
def draft(town: Reference) -> TariffPlan:
    plan = TariffPlan.objects.create(name="Tarifs 2027", deliberation_ref="2026-090", start=JANUARY)
    prices.write_plan(plan)
    return plan


def test_a_whole_plan_takes_over_on_its_first_day(
    town: Reference, draft: TariffPlan, chief: Character
) -> None:
    activate_plan(chief.actor, draft.pk)
    found = tariffs(date(2026, 12, 1), date(2027, 2, 1))
    assert found.plan_on(date(2026, 12, 31)).plan_id == town.plan.pk  # type: ignore[union-attr]
    assert found.plan_on(JANUARY).plan_id == draft.pk  # type: ignore[union-attr]
    assert AuditEvent.objects.filter(action="pricing.activate_plan", object_id=draft.pk).count() == 1


def test_a_plan_with_a_hole_is_refused_in_words(draft: TariffPlan, chief: Character) -> None:
    """I16."""
    TariffBracket.objects.filter(rule__plan=draft, rule__code="REPAS", qf_min=64_000).delete()
    with pytest.raises(PlanHasGap) as refusal:
        activate_plan(chief.actor, draft.pk)
    assert "Repas" in str(refusal.value)
    assert "640" in str(refusal.value)
    draft.refresh_from_db()
    assert draft.state == PlanState.DRAFT


def test_a_plan_without_a_price_is_refused(town: Reference, chief: Character) -> None:
    empty = TariffPlan.objects.create(name="Vide", deliberation_ref="?", start=JANUARY)
    with pytest.raises(PlanHasGap):
        activate_plan(chief.actor, empty.pk)


def test_a_plan_is_activated_once(draft: TariffPlan, chief: Character) -> None:
    activate_plan(chief.actor, draft.pk)
    with pytest.raises(PlanNotDraft):
        activate_plan(chief.actor, draft.pk)


def test_a_plan_does_not_start_before_the_one_in_force(
    town: Reference, draft: TariffPlan, chief: Character
) -> None:
    TariffPlan.objects.filter(pk=draft.pk).update(start=town.plan.start)
    with pytest.raises(PlanOverlaps):
        activate_plan(chief.actor, draft.pk)


def test_a_stranger_cannot_activate(draft: TariffPlan, remi: Character, alice: Character) -> None:
    for who in (remi, alice):
        with pytest.raises(NotFound):
            activate_plan(who.actor, draft.pk)


def test_an_unknown_plan_is_not_there(town: Reference, chief: Character) -> None:
    with pytest.raises(NotFound):
        activate_plan(chief.actor, 999_999)
