"""What the database itself refuses: one line a constraint."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F, Model, QuerySet

from espace.families import models, services
from espace.families.enums import QuotientSource
from espace.kernel.actor import SYSTEM
from espace.kernel.clock import now
from tests.support.family import Home


def refused(rows: QuerySet[Model], name: str, **values: object) -> None:
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        rows.update(**values)


def test_impossible_rows_are_unstorable(home: Home) -> None:
    services.set_quotient(SYSTEM, household=home.household, amount=1, source=QuotientSource.AGENT)
    services.issue_key(SYSTEM, household=home.household, adult=home.mother)
    every: dict[type[Model], tuple[str, dict[str, object]]] = {
        models.HouseholdMember: ("families_member_has_days", {"end": F("start")}),
        models.Guardianship: ("families_guardianship_has_days", {"end": F("start")}),
        models.CustodyArrangement: ("families_custody_cycle_has_start", {"kind": "CYCLE"}),
        models.FamilyQuotient: ("families_quotient_has_days", {"end": F("start")}),
        models.Household: ("families_not_merged_into_itself", {"merged_into": F("id")}),
        models.Party: ("families_party_is_one_person_or_organisation", {"person": None}),
        models.FamilyKey: ("families_key_used_by_someone", {"used_at": now()}),
    }
    for model, (name, values) in every.items():
        refused(model._default_manager.all(), name, **values)
    refused(models.FamilyKey.objects.all(), "families_key_erased_with_its_letter", letter_made_at=now())
    refused(models.HouseholdMember.objects.all(), "families_member_role_known", role="CHAT")
    refused(models.CustodyArrangement.objects.all(), "families_custody_kind_known", kind="CHAT")


def test_one_live_row_at_a_time(home: Home) -> None:
    services.set_quotient(SYSTEM, household=home.household, amount=1, source=QuotientSource.AGENT)
    services.issue_key(SYSTEM, household=home.household, adult=home.mother)
    for model in (
        models.HouseholdMember,
        models.Guardianship,
        models.CustodyArrangement,
        models.FamilyQuotient,
    ):
        row = model._default_manager.order_by("id")[0]
        row.pk, row.start = None, date(2030, 1, 1)
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save(force_insert=True)
    key = models.FamilyKey.objects.get()
    key.pk, key.key_hash = None, "0" * 64
    with pytest.raises(IntegrityError), transaction.atomic():
        key.save(force_insert=True)
