"""The offer of the town, and how it is set."""

from espace.activities.models.offer import (
    Activity,
    CapacityPool,
    CollectiveEvent,
    DeadlineRule,
    DeadlineTier,
    DeadlineWindow,
    Formula,
    FormulaUnit,
    Period,
    PriorityCriterion,
    Slot,
    Venue,
)
from espace.activities.models.settings import AdmissionRule, DeadlineExtension, PeriodOpening, StaffingRatio

__all__ = [
    "Activity",
    "AdmissionRule",
    "CapacityPool",
    "CollectiveEvent",
    "DeadlineExtension",
    "DeadlineRule",
    "DeadlineTier",
    "DeadlineWindow",
    "Formula",
    "FormulaUnit",
    "Period",
    "PeriodOpening",
    "PriorityCriterion",
    "Slot",
    "StaffingRatio",
    "Venue",
]
