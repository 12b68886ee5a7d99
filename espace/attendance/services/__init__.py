"""Closing a month; extending deadlines; announcing an absence, correcting and proving it; setting what the town asks."""

from espace.attendance.services.absences import (
    Changed,
    ChangePlan,
    change_return,
    declare_absence,
    lay_out_change,
    preview_absence,
    withdraw,
)
from espace.attendance.services.extensions import extend_deadlines, preview_extension
from espace.attendance.services.months import close_month
from espace.attendance.services.policies import set_policy
from espace.attendance.services.proofs import check_proof, send_certificate, sign

__all__ = [
    "ChangePlan",
    "Changed",
    "change_return",
    "check_proof",
    "close_month",
    "declare_absence",
    "extend_deadlines",
    "lay_out_change",
    "preview_absence",
    "preview_extension",
    "send_certificate",
    "set_policy",
    "sign",
    "withdraw",
]
