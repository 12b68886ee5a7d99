"""Reads of bookings. `…_for(actor)` decide who may see what; `billable` is for billing, which only pulls."""

from espace.bookings.queries.billing import Billable, billable, undecided_days
from espace.bookings.queries.enrolments import (
    ChildEnrolment,
    EnrolmentOption,
    FormulaOffer,
    PendingEnrolment,
    enrolments_for,
    options_for,
    pending_enrolments_for,
)
from espace.bookings.queries.events import EventPreview, Reached, event_preview_for
from espace.bookings.queries.grid import Grid, GridCell, GridDay, GridWeek, grid_for, week_in, window_of
from espace.bookings.queries.kitchen import KitchenDay, KitchenWeek, kitchen_week_for
from espace.bookings.queries.lists import (
    AgendaEntry,
    DeadlineToCome,
    Todo,
    agenda_for,
    deadlines_to_come_for,
    todo_for,
    upcoming_for,
)
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
from espace.bookings.queries.told import EventDay, event_days_for
from espace.bookings.queries.undoing import UndoPreview, undo_preview_for

__all__ = [
    "Acknowledgement",
    "AgendaEntry",
    "Billable",
    "ChildEnrolment",
    "DeadlineToCome",
    "DoneLine",
    "DoneMonth",
    "EnrolmentOption",
    "EventDay",
    "EventPreview",
    "FormulaOffer",
    "Grid",
    "GridCell",
    "GridDay",
    "GridWeek",
    "KitchenDay",
    "KitchenWeek",
    "Line",
    "MonthLines",
    "Overview",
    "PatternSheet",
    "PendingEnrolment",
    "Reached",
    "Recap",
    "SheetActivity",
    "SheetDay",
    "SheetFormula",
    "StaleLine",
    "SubmissionLine",
    "Todo",
    "UndoPreview",
    "agenda_for",
    "billable",
    "calendar_file_of",
    "deadlines_to_come_for",
    "enrolments_for",
    "event_days_for",
    "event_preview_for",
    "grid_for",
    "kitchen_week_for",
    "options_for",
    "overview_for",
    "pattern_sheet_for",
    "pending_enrolments_for",
    "submission_for",
    "submissions_for",
    "todo_for",
    "undecided_days",
    "undo_preview_for",
    "upcoming_for",
    "week_in",
    "window_of",
]
