"""What changes accounts: sign-up, identifiers, roles, and the throttle shared by all workers."""

from espace.accounts.services.attempts import count_attempt, forget_attempts, note_attempt, too_many_attempts
from espace.accounts.services.calendar_address import (
    choose_calendar_limits,
    make_calendar_address,
    revoke_calendar_address,
)
from espace.accounts.services.own_account import (
    Contact,
    PendingEmail,
    ask_email_change,
    change_contact,
    change_password,
    change_username,
    choose_reminders,
    confirm_email_change,
    refuse_wrong_password,
    reset_link_is_live,
    reset_password,
    send_identifiers,
)
from espace.accounts.services.roles import NewAgent, create_agent, grant_role, revoke_role
from espace.accounts.services.second_factor import (
    FactorGiven,
    give_second_factor,
    renew_recovery_codes,
    set_up_second_factor,
)
from espace.accounts.services.sign_up import (
    Credentials,
    finish_sign_up,
    keep_typed,
    resend_code,
    save_answer,
    start_sign_up,
    verify_code,
)

__all__ = [
    "Contact",
    "Credentials",
    "FactorGiven",
    "NewAgent",
    "PendingEmail",
    "ask_email_change",
    "change_contact",
    "change_password",
    "change_username",
    "choose_calendar_limits",
    "choose_reminders",
    "confirm_email_change",
    "count_attempt",
    "create_agent",
    "finish_sign_up",
    "forget_attempts",
    "give_second_factor",
    "grant_role",
    "keep_typed",
    "make_calendar_address",
    "note_attempt",
    "refuse_wrong_password",
    "renew_recovery_codes",
    "resend_code",
    "reset_link_is_live",
    "reset_password",
    "revoke_calendar_address",
    "revoke_role",
    "save_answer",
    "send_identifiers",
    "set_up_second_factor",
    "start_sign_up",
    "too_many_attempts",
    "verify_code",
]
