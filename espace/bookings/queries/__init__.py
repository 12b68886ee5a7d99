"""Reads of bookings. `…_for(actor)` decide who may see what; `billable` is for billing, which only pulls."""

from espace.bookings.queries.billing import Billable, billable, undecided_days
from espace.bookings.queries.calendar_changes import CalendarPreview, MovedLimit, calendar_preview_for
from espace.bookings.queries.criteria import ChildSheet, ListRules, child_sheet_for, published_lists
from espace.bookings.queries.custody import CustodyPreview, MovedDay, custody_preview_for
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
from espace.bookings.queries.events import EventPreview, Reached, event_preview_for
from espace.bookings.queries.grid import (
    Grid,
    GridCell,
    GridDay,
    GridWeek,
    grid_for,
    grids_for,
)
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
from espace.bookings.queries.moving import Departure, MovePreview, NewSchool, SchoolChange, move_preview_for
from espace.bookings.queries.offers import (
    JoinSheet,
    OtherChoice,
    RequestSheet,
    WaitingDay,
    join_sheet_for,
    request_for,
    waiting_for,
)
from espace.bookings.queries.openings import ToEnrol, to_enrol_for
from espace.bookings.queries.overview import Overview, SubmissionLine, overview_for, submissions_for
from espace.bookings.queries.plan import Line, MonthLines, Recap, StaleLine
from espace.bookings.queries.queues import (
    QueueLine,
    QueueSheet,
    list_of_for,
    queue_sheet_for,
    queues_for,
)
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
from espace.bookings.queries.told import EventDay, event_days_for
from espace.bookings.queries.undoing import UndoPreview, undo_preview_for
from espace.bookings.queries.weeks import week_in, window_of

__all__ = [
    "Acknowledgement",
    "AgendaEntry",
    "Billable",
    "CalendarPreview",
    "ChildEnrolment",
    "ChildSheet",
    "CustodyPreview",
    "DeadlineToCome",
    "Departure",
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
    "JoinSheet",
    "KitchenDay",
    "KitchenWeek",
    "Line",
    "ListRules",
    "MonthLines",
    "MovePreview",
    "MovedDay",
    "MovedLimit",
    "NewSchool",
    "OtherChoice",
    "Overview",
    "PatternSheet",
    "QueueLine",
    "QueueSheet",
    "Reached",
    "Recap",
    "RequestSheet",
    "SchoolChange",
    "SheetActivity",
    "SheetDay",
    "SheetFormula",
    "StaleLine",
    "SubmissionLine",
    "ToEnrol",
    "Todo",
    "UndoPreview",
    "WaitingDay",
    "acknowledgements_of",
    "agenda_for",
    "billable",
    "calendar_file_of",
    "calendar_preview_for",
    "child_sheet_for",
    "custody_preview_for",
    "deadlines_to_come_for",
    "enrolments_for",
    "event_days_for",
    "event_preview_for",
    "grid_for",
    "grids_for",
    "join_sheet_for",
    "kitchen_week_for",
    "list_of_for",
    "move_preview_for",
    "options_for",
    "overview_for",
    "pattern_sheet_for",
    "pending_enrolments_for",
    "pending_lines",
    "published_lists",
    "queue_sheet_for",
    "queues_for",
    "request_for",
    "submission_for",
    "submissions_for",
    "to_enrol_for",
    "todo_for",
    "undecided_days",
    "undo_preview_for",
    "upcoming_for",
    "waiting_enrolments_for",
    "waiting_for",
    "week_in",
    "window_of",
]
