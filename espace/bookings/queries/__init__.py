"""Reads of bookings. `…_for(actor)` decide who may see what; `billable` is for billing, which only pulls."""

from espace.bookings.queries.billing import Billable, billable, undecided_days
from espace.bookings.queries.calendar_changes import CalendarPreview, MovedLimit, calendar_preview_for
from espace.bookings.queries.criteria import ChildSheet, ListRules, child_sheet_for, published_lists
from espace.bookings.queries.custody import CustodyPreview, MovedDay, custody_preview_for
from espace.bookings.queries.deadline_changes import DayLimits, DeadlinesPreview, deadlines_preview_for
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
from espace.bookings.queries.extending import ExtensionPlan
from espace.bookings.queries.feed import Feed, FeedDay, FeedLimit, feed_for
from espace.bookings.queries.grid import (
    Grid,
    GridCell,
    GridDay,
    GridWeek,
    grid_for,
    grids_for,
)
from espace.bookings.queries.history import (
    BookedDay,
    BookingStory,
    HistoryFacts,
    SubmissionFact,
    booking_story_for,
    forms_of,
    history_facts,
)
from espace.bookings.queries.kitchen import KitchenDay, KitchenWeek, kitchen_week_for
from espace.bookings.queries.lists import (
    AgendaEntry,
    DeadlineToCome,
    Todo,
    agenda_for,
    agenda_later,
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
from espace.bookings.queries.overview import (
    Overview,
    SubmissionLine,
    overview_later,
    submissions_later,
)
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
from espace.bookings.queries.staffing import StaffedDay, Staffing, staffing_for
from espace.bookings.queries.submissions import (
    Acknowledgement,
    DoneLine,
    DoneMonth,
    acknowledgements_of,
    calendar_file_of,
    line_key_of,
    sender_domain,
    submission_for,
)
from espace.bookings.queries.told import EventDay, event_days_later
from espace.bookings.queries.undoing import UndoPreview, undo_preview_for
from espace.bookings.queries.weeks import week_in, window_of

__all__ = [
    "Acknowledgement",
    "AgendaEntry",
    "Billable",
    "BookedDay",
    "BookingStory",
    "CalendarPreview",
    "ChildEnrolment",
    "ChildSheet",
    "CustodyPreview",
    "DayLimits",
    "DeadlineToCome",
    "DeadlinesPreview",
    "Departure",
    "DoneLine",
    "DoneMonth",
    "EnrolmentOption",
    "EventDay",
    "EventPreview",
    "ExtensionPlan",
    "Feed",
    "FeedDay",
    "FeedLimit",
    "FormulaOffer",
    "Grid",
    "GridCell",
    "GridDay",
    "GridWeek",
    "HistoryFacts",
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
    "StaffedDay",
    "Staffing",
    "StaleLine",
    "SubmissionFact",
    "SubmissionLine",
    "ToEnrol",
    "Todo",
    "UndoPreview",
    "WaitingDay",
    "acknowledgements_of",
    "agenda_for",
    "agenda_later",
    "billable",
    "booking_story_for",
    "calendar_file_of",
    "calendar_preview_for",
    "child_sheet_for",
    "custody_preview_for",
    "deadlines_preview_for",
    "enrolments_for",
    "event_days_later",
    "event_preview_for",
    "feed_for",
    "forms_of",
    "grid_for",
    "grids_for",
    "history_facts",
    "join_sheet_for",
    "kitchen_week_for",
    "line_key_of",
    "list_of_for",
    "move_preview_for",
    "options_for",
    "overview_later",
    "pattern_sheet_for",
    "pending_enrolments_for",
    "pending_lines",
    "published_lists",
    "queue_sheet_for",
    "queues_for",
    "request_for",
    "sender_domain",
    "staffing_for",
    "submission_for",
    "submissions_later",
    "to_enrol_for",
    "undecided_days",
    "undo_preview_for",
    "waiting_enrolments_for",
    "waiting_for",
    "week_in",
    "window_of",
]
