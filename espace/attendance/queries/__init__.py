"""What happened to bookings, which months are closed, and absences. `…_for(actor)` decide who may see what."""

from espace.attendance.queries.absences import (
    AbsenceSpan,
    AbsenceView,
    AbsentEntry,
    AbsentLine,
    ProofToGive,
    absence_for,
    absence_spans,
    absences_for,
    absences_now_later,
    absent_later,
)
from espace.attendance.queries.consumption import Consumption, consumption
from espace.attendance.queries.desk import (
    AbsentChild,
    SiteAbsences,
    absences_on_for,
    proofs_to_check_count_for,
    proofs_to_check_for,
)
from espace.attendance.queries.months import READERS, closings_for, is_closed
from espace.attendance.queries.planning import AbsencePlan, ChildPlan, PlanLine, Terms, lay_out
from espace.attendance.queries.policies import ActivityPolicies, Dated, policies_for

__all__ = [
    "READERS",
    "AbsencePlan",
    "AbsenceSpan",
    "AbsenceView",
    "AbsentChild",
    "AbsentEntry",
    "AbsentLine",
    "ActivityPolicies",
    "ChildPlan",
    "Consumption",
    "Dated",
    "PlanLine",
    "ProofToGive",
    "SiteAbsences",
    "Terms",
    "absence_for",
    "absence_spans",
    "absences_for",
    "absences_now_later",
    "absences_on_for",
    "absent_later",
    "closings_for",
    "consumption",
    "is_closed",
    "lay_out",
    "policies_for",
    "proofs_to_check_count_for",
    "proofs_to_check_for",
]
