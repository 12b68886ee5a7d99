"""Reads of bookings. `…_for(actor)` decide who may see what; `billable` is for billing, which only pulls."""

from espace.bookings.queries.billing import Billable, billable, undecided_days
from espace.bookings.queries.calendar_changes import CalendarPreview, MovedLimit, calendar_preview_for
from espace.bookings.queries.closures import ClosurePreview, closure_preview_for
from espace.bookings.queries.enrolments import (
    ChildEnrolment,
    EnrolmentOption,
    FormulaOffer,
    enrolments_for,
    options_for,
    pending_enrolments_for,
    pending_lines,
    waiting_enrolments_for,
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
from espace.bookings.queries.openings import ToEnrol, to_enrol_for
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
    acknowledgements_of,
    calendar_file_of,
    submission_for,
)

__all__ = [
    "Acknowledgement",
    "AgendaEntry",
    "Billable",
    "CalendarPreview",
    "ChildEnrolment",
    "ClosurePreview",
    "DeadlineToCome",
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
    "MovedLimit",
    "Overview",
    "PatternSheet",
    "Recap",
    "SheetActivity",
    "SheetDay",
    "SheetFormula",
    "StaleLine",
    "SubmissionLine",
    "ToEnrol",
    "Todo",
    "acknowledgements_of",
    "agenda_for",
    "billable",
    "calendar_file_of",
    "calendar_preview_for",
    "closure_preview_for",
    "deadlines_to_come_for",
    "enrolments_for",
    "grid_for",
    "options_for",
    "overview_for",
    "pattern_sheet_for",
    "pending_enrolments_for",
    "pending_lines",
    "submission_for",
    "submissions_for",
    "to_enrol_for",
    "todo_for",
    "undecided_days",
    "upcoming_for",
    "waiting_enrolments_for",
    "week_in",
    "window_of",
]
