"""People, households and what links them; who answers for a child. Periods are half-open `[start, end)`."""

from espace.families.models.custody import CustodyArrangement, CustodyException
from espace.families.models.people import (
    AuthorizedPickup,
    FamilyKey,
    FamilyQuotient,
    Guardianship,
    HealthPlan,
    Household,
    HouseholdMember,
    KeyRequest,
    Organisation,
    Party,
    Person,
    RecordChange,
    Schooling,
    TariffStatus,
)
from espace.families.models.protection import ProtectionMeasure

__all__ = [
    "AuthorizedPickup",
    "CustodyArrangement",
    "CustodyException",
    "FamilyKey",
    "FamilyQuotient",
    "Guardianship",
    "HealthPlan",
    "Household",
    "HouseholdMember",
    "KeyRequest",
    "Organisation",
    "Party",
    "Person",
    "ProtectionMeasure",
    "RecordChange",
    "Schooling",
    "TariffStatus",
]
