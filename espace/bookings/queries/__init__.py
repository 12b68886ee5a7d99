"""Reads of bookings. `…_for(actor)` decide who may see what; `billable` is for billing, which only pulls."""

from espace.bookings.queries.billing import Billable, billable, undecided_days
from espace.bookings.queries.closures import ClosurePreview, closure_preview_for
from espace.bookings.queries.custody import CustodyPreview, MovedDay, custody_preview_for
from espace.bookings.queries.enrolments import (
    ChildEnrolment,
    EnrolmentOption,
    FormulaOffer,
    PendingEnrolment,
    enrolments_for,
    options_for,
    pending_enrolments_for,
)
from espace.bookings.queries.grid import Grid, GridCell, GridDay, GridWeek, grid_for, week_in, window_of
from espace.bookings.queries.lists import (
    AgendaEntry,
    DeadlineToCome,
    Todo,
    agenda_for,
    deadlines_to_come_for,
    todo_for,
    upcoming_for,
)
from espace.bookings.queries.moving import Departure, MovePreview, NewSchool, SchoolChange, move_preview_for
from espace.bookings.queries.overview import Overview, SubmissionLine, overview_for, submissions_for
from espace.bookings.queries.plan import Line, MonthLines, Recap, StaleLine
from espace.bookings.queries.sheets import (
    PatternSheet,
    SheetActivity,
    SheetDay,
    SheetFormula,
    pattern_sheet_for,
)
from espace.bookings.queries.submissions import (
    Acknowledgement,
    DoneLine,
    DoneMonth,
    calendar_file_of,
    submission_for,
)

__all__ = [
    "Acknowledgement",
    "AgendaEntry",
    "Billable",
    "ChildEnrolment",
    "ClosurePreview",
    "CustodyPreview",
    "DeadlineToCome",
    "Departure",
    "DoneLine",
    "DoneMonth",
    "EnrolmentOption",
    "FormulaOffer",
    "Grid",
    "GridCell",
    "GridDay",
    "GridWeek",
    "Line",
    "MonthLines",
    "MovePreview",
    "MovedDay",
    "NewSchool",
    "Overview",
    "PatternSheet",
    "PendingEnrolment",
    "Recap",
    "SchoolChange",
    "SheetActivity",
    "SheetDay",
    "SheetFormula",
    "StaleLine",
    "SubmissionLine",
    "Todo",
    "agenda_for",
    "billable",
    "calendar_file_of",
    "closure_preview_for",
    "custody_preview_for",
    "deadlines_to_come_for",
    "enrolments_for",
    "grid_for",
    "move_preview_for",
    "options_for",
    "overview_for",
    "pattern_sheet_for",
    "pending_enrolments_for",
    "submission_for",
    "submissions_for",
    "todo_for",
    "undecided_days",
    "upcoming_for",
    "week_in",
    "window_of",
]
