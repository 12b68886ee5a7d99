"""What changes families. Every act is one transaction: the change, its line in the journal, its messages."""

from espace.families.services.acting import start_acting, stop_acting
from espace.families.services.changes import LABELS as CHANGE_LABELS
from espace.families.services.changes import ask_record_change, decide_record_change
from espace.families.services.custody import (
    add_custody_exception,
    remove_custody_exception,
    set_custody,
)
from espace.families.services.households import (
    AdultDraft,
    ChildDraft,
    Guardian,
    Opened,
    add_adult,
    add_child,
    add_guardian,
    add_organisation,
    add_pickup,
    create_household,
    open_family,
)
from espace.families.services.keys import issue_key, make_key_letter, redeem_key, revoke_key, unlink_account
from espace.families.services.protection import end_protection, read_evidence, record_protection
from espace.families.services.reading import READ_FILE, read_file
from espace.families.services.requests import answer_key_request, request_key
from espace.families.services.situation import (
    end_schooling,
    move_to_school,
    read_health_detail,
    set_category,
    set_health_plan,
    set_quotient,
    set_schooling,
)

__all__ = [
    "CHANGE_LABELS",
    "READ_FILE",
    "AdultDraft",
    "ChildDraft",
    "Guardian",
    "Opened",
    "add_adult",
    "add_child",
    "add_custody_exception",
    "add_guardian",
    "add_organisation",
    "add_pickup",
    "answer_key_request",
    "ask_record_change",
    "create_household",
    "decide_record_change",
    "end_protection",
    "end_schooling",
    "issue_key",
    "make_key_letter",
    "move_to_school",
    "open_family",
    "read_evidence",
    "read_file",
    "read_health_detail",
    "record_protection",
    "redeem_key",
    "remove_custody_exception",
    "request_key",
    "revoke_key",
    "set_category",
    "set_custody",
    "set_health_plan",
    "set_quotient",
    "set_schooling",
    "start_acting",
    "stop_acting",
    "unlink_account",
]
