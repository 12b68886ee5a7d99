"""One line a constraint: the row that is copied, and what is changed in the copy so that this constraint, and no
other, refuses it. A column declared `unique` has no name of its own: it is called `table.column`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Model, Q

from espace.accounts.models import Attempt, CalendarAddress, RoleGrant, SignUpDraft, User
from espace.activities.models import (
    Activity,
    AdmissionRule,
    CapacityPool,
    CollectiveEvent,
    DeadlineExtension,
    DeadlineRule,
    DeadlineTier,
    DeadlineWindow,
    Formula,
    FormulaUnit,
    Period,
    PeriodOpening,
    PriorityCriterion,
    Slot,
    StaffingRatio,
    Venue,
)
from espace.attendance.models import AbsenceDeclaration, AbsencePolicy, AbsentBooking, MonthClosing
from espace.audit.models import AuditEvent
from espace.billing.models import BillingRun, Charge, Invoice, InvoiceCounter, InvoiceLine
from espace.bookings.models import (
    Booking,
    ChildCriterion,
    Enrolment,
    PatternDay,
    Reminder,
    Submission,
    WeeklyPattern,
)
from espace.documents.models import Document, DocumentUse
from espace.families.models import (
    AuthorizedPickup,
    CustodyArrangement,
    CustodyException,
    FamilyKey,
    FamilyQuotient,
    Guardianship,
    HealthPlan,
    Household,
    HouseholdMember,
    KeyRequest,
    Party,
    Person,
    ProtectionMeasure,
    RecordChange,
    Schooling,
    TariffStatus,
)
from espace.kernel import clock
from espace.notifications.models import OutboxMessage
from espace.payments.models import (
    Allocation,
    DebtorAccount,
    Payment,
    PaymentIntent,
    ProviderEvent,
    ReceiptCounter,
)
from espace.pricing.models import TariffBracket, TariffModifier, TariffPlan, TariffRule
from espace.town.models import (
    AccountingCode,
    CalendarDay,
    CashOffice,
    Department,
    Menu,
    Municipality,
    OpeningHours,
    PublicDocument,
    School,
    SchoolClass,
    SchoolYear,
)

UNKNOWN = "?"
SECOND = date(2026, 1, 2)
FAR = date(2090, 1, 1)
ELSEWHERE = 10**6
ANOTHER_FILE = UUID(int=1)
Value = Any | Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Line:
    """The latest row that `of` keeps, copied with these changes; a callable reads the row."""

    model: type[Model]
    changes: Mapping[str, Value] = field(default_factory=dict)
    of: Q = field(default_factory=Q)


def start(row: Any) -> Any:
    return row.start


def another_run(row: Any) -> int:
    return BillingRun.objects.exclude(pk=row.run_id).order_by("-pk")[0].pk


def another_user(row: Any) -> int:
    return User.objects.exclude(pk=row.user_id).order_by("-pk")[0].pk


NO_PROOF = Q(document_id__isnull=True, signed_at__isnull=True)
OPEN, ISSUED, DRAFT = Q(end__isnull=True), Q(number__isnull=False), Q(state="DRAFT")
NO_DAYS: Mapping[str, Value] = {"end": start}
LINES: dict[str, Line] = {
    # audit, notifications, town
    "audit_one_event_per_seal_number": Line(AuditEvent, of=Q(seal_number__isnull=False)),
    "audit_seal_and_number_together": Line(AuditEvent, {"seal_number": ELSEWHERE, "seal": ""}),
    "notifications_state_known": Line(OutboxMessage, {"state": UNKNOWN}),
    "notifications_lane_known": Line(OutboxMessage, {"lane": UNKNOWN}),
    "notifications_sent_has_its_time": Line(OutboxMessage, {"state": "SENT"}),
    "notifications_outboxmessage.message_id": Line(OutboxMessage),
    "town_menu_says_something": Line(Menu, {"lines": "", "date": FAR}),
    "town_menu.date": Line(Menu),
    "town_one_municipality": Line(Municipality, {"id": 2}),
    "town_colour_is_hexadecimal": Line(Municipality, {"id": 1, "colour": "vert"}),
    "town_hours_weekday": Line(OpeningHours, {"weekday": 7}),
    "town_hours_open_before_closing": Line(OpeningHours, {"closes": lambda row: row.opens}),
    "town_hours_once": Line(OpeningHours),
    "town_school_level_known": Line(School, {"level": UNKNOWN}),
    "town_school_year_has_days": Line(SchoolYear, NO_DAYS),
    "town_class_once_a_year": Line(SchoolClass),
    "town_class_grade_known": Line(SchoolClass, {"grade": UNKNOWN}),
    "town_calendar_day_kind_known": Line(CalendarDay, {"kind": UNKNOWN}),
    "town_corrected_day_keeps_what_was_published": Line(
        CalendarDay,
        {"date": FAR, "corrected_at": lambda row: clock.now(), "published_kind": "SCHOOL", "reason": ""},
    ),
    "town_department.slug": Line(Department),
    "town_school.name": Line(School),
    "town_schoolyear.label": Line(SchoolYear, {"start": date(2089, 9, 1), "end": FAR}),
    "town_schoolyear.start": Line(SchoolYear, {"label": "Autre"}),
    "town_cashoffice.name": Line(CashOffice, {"invoice_prefix": "AUTRE"}),
    "town_cashoffice.invoice_prefix": Line(CashOffice, {"name": "Autre"}),
    "town_accountingcode.code": Line(AccountingCode),
    "town_publicdocument.slug": Line(PublicDocument),
    # accounts
    "accounts_username_once": Line(User, {"username": lambda row: row.username.upper()}),
    "accounts_draft_step_known": Line(SignUpDraft, {"step": UNKNOWN}),
    "accounts_draft_five_tries": Line(SignUpDraft, {"code_tries": 6}),
    "accounts_signupdraft.token": Line(SignUpDraft),
    "accounts_attempt_kind_known": Line(Attempt, {"kind": UNKNOWN}),
    "accounts_grant_permission_known": Line(RoleGrant, {"permission": UNKNOWN}),
    "accounts_grant_has_days": Line(RoleGrant, NO_DAYS),
    "accounts_calendaraddress.user": Line(CalendarAddress, {"key_hash": "0" * 64}),
    "accounts_calendaraddress.key_hash": Line(CalendarAddress, {"user_id": another_user}),
    # families
    "families_person.user": Line(Person, of=Q(user__isnull=False)),
    "families_party_is_one_person_or_organisation": Line(Party, {"person_id": None, "organisation_id": None}),
    "families_party.person": Line(Party, of=Q(person__isnull=False)),
    "families_party.organisation": Line(Party, of=Q(organisation__isnull=False)),
    "families_household.number": Line(Household),
    "families_not_merged_into_itself": Line(
        Household, {"id": ELSEWHERE, "merged_into_id": ELSEWHERE, "number": "F-99999"}
    ),
    "families_member_role_known": Line(HouseholdMember, {"role": UNKNOWN}),
    "families_member_has_days": Line(HouseholdMember, NO_DAYS),
    "families_member_once": Line(HouseholdMember, of=OPEN),
    "families_guardian_role_known": Line(Guardianship, {"role": UNKNOWN}),
    "families_guardianship_has_days": Line(Guardianship, NO_DAYS),
    "families_guardian_once": Line(Guardianship, of=OPEN),
    "families_custody_holiday_rule_known": Line(CustodyArrangement, {"holiday_rule": UNKNOWN, "start": FAR}),
    "families_custody_holidays_between_two": Line(
        CustodyArrangement, {"holiday_rule": "HALVES", "holiday_first_id": None, "start": SECOND}
    ),
    "families_custody_one_start": Line(CustodyArrangement, {"end": FAR}),
    "families_exception_has_days": Line(CustodyException, NO_DAYS),
    "families_exception_one_start": Line(CustodyException, {"end": FAR}),
    "families_exception_one_end": Line(CustodyException, {"start": SECOND}),
    "families_protection_has_days": Line(ProtectionMeasure, NO_DAYS),
    "families_protection_of_someone_else": Line(
        ProtectionMeasure, {"hidden_from_id": lambda row: row.protected_id}
    ),
    "families_protection_one_open": Line(ProtectionMeasure),
    "families_custody_kind_known": Line(CustodyArrangement, {"kind": UNKNOWN}),
    "families_custody_has_days": Line(CustodyArrangement, NO_DAYS),
    "families_custody_one_open": Line(CustodyArrangement, of=OPEN),
    "families_custody_cycle_has_start": Line(CustodyArrangement, {"kind": "CYCLE", "cycle_start": None}),
    "families_quotient_source_known": Line(FamilyQuotient, {"source": UNKNOWN}),
    "families_quotient_has_days": Line(FamilyQuotient, NO_DAYS),
    "families_quotient_one_start": Line(FamilyQuotient, {"end": FAR}),
    "families_quotient_one_open": Line(FamilyQuotient, {"start": FAR}, of=OPEN),
    "families_tariff_category_known": Line(TariffStatus, {"category": UNKNOWN}),
    "families_tariff_status_has_days": Line(TariffStatus, NO_DAYS),
    "families_tariff_status_of_one": Line(TariffStatus, {"household_id": None, "person_id": None}),
    "families_schooling_has_days": Line(Schooling, NO_DAYS),
    "families_schooling_one": Line(Schooling, of=OPEN),
    "families_health_plan_has_days": Line(HealthPlan, NO_DAYS),
    "families_pickup_has_days": Line(AuthorizedPickup, NO_DAYS),
    "families_key_used_by_someone": Line(FamilyKey, {"used_at": clock.now}),
    "families_key_erased_with_its_letter": Line(FamilyKey, {"letter_made_at": clock.now}),
    "families_key_one_live_per_adult": Line(FamilyKey, {"key_hash": "0" * 64}),
    "families_familykey.key_hash": Line(FamilyKey, {"revoked_at": clock.now}),
    "families_key_request_state_known": Line(KeyRequest, {"state": UNKNOWN}),
    "families_key_request_one_open": Line(KeyRequest, of=Q(state="OPEN")),
    "families_change_state_known": Line(RecordChange, {"state": UNKNOWN}),
    # activities
    "activities_kind_known": Line(Activity, {"kind": UNKNOWN}),
    "activities_policy_known": Line(Activity, {"enrolment_policy": UNKNOWN}),
    "activities_mode_known": Line(Activity, {"booking_mode": UNKNOWN}),
    "activities_ages_ordered": Line(Activity, {"min_age": 12, "max_age": 11}),
    "activities_activity.slug": Line(Activity),
    "activities_waiting_list_known": Line(Activity, {"waiting_list": UNKNOWN}),
    "activities_offer_has_time": Line(Activity, {"offer_hours": 0}),
    "activities_criterion_lawful": Line(PriorityCriterion, {"code": UNKNOWN}),
    "activities_criterion_kind_known": Line(PriorityCriterion, {"activity_kind": UNKNOWN}),
    "activities_criterion_never_canteen": Line(PriorityCriterion, {"activity_kind": "CANTEEN"}),
    "activities_criterion_has_points": Line(PriorityCriterion, {"points": 0}),
    "activities_criterion_has_days": Line(PriorityCriterion, NO_DAYS),
    "activities_criterion_one_open": Line(PriorityCriterion, of=OPEN),
    "activities_venue.name": Line(Venue),
    "activities_period_has_days": Line(Period, NO_DAYS),
    "activities_period_once": Line(Period),
    "activities_formula_once": Line(Formula),
    "activities_formula_band_known": Line(Formula, {"band": UNKNOWN}),
    "activities_formula_has_time": Line(Formula, {"ends_at": lambda row: row.starts_at}),
    "activities_unit_kind_known": Line(FormulaUnit, {"kind": UNKNOWN}),
    "activities_unit_once": Line(FormulaUnit),
    "activities_unit_quantity": Line(FormulaUnit, {"quantity": 0}),
    "activities_pool_once": Line(CapacityPool),
    "activities_pool_never_overbooked": Line(CapacityPool, {"capacity": 3, "taken": 4}),
    "activities_pool_list_never_too_long": Line(CapacityPool, {"waiting": 2, "waitlist_capacity": 1}),
    "activities_pool_band_known": Line(CapacityPool, {"band": UNKNOWN}),
    "activities_slot_once": Line(Slot),
    "activities_slot_state_known": Line(Slot, {"state": UNKNOWN}, of=Q(closed_by=None)),
    "activities_slot_closed_by_an_event": Line(
        Slot, {"state": "OPEN", "date": FAR}, of=Q(closed_by__isnull=False)
    ),
    "activities_deadline_action_known": Line(DeadlineRule, {"action": UNKNOWN}),
    "activities_deadline_one_general": Line(DeadlineRule, of=Q(period__isnull=True)),
    "activities_deadline_one_a_period": Line(DeadlineRule, of=Q(period__isnull=False)),
    "activities_tier_position_once": Line(DeadlineTier, {"timing": "CLOSED"}),
    "activities_tier_timing_once": Line(DeadlineTier, {"position": 99}),
    "activities_tier_timing_known": Line(DeadlineTier, {"timing": UNKNOWN}),
    "activities_tier_anchor_known": Line(DeadlineTier, {"anchor": UNKNOWN}),
    "activities_tier_unit_known": Line(DeadlineTier, {"unit": UNKNOWN}),
    "activities_tier_fixed_has_date": Line(DeadlineTier, {"anchor": "FIXED_DATE"}),
    "activities_window_timing_known": Line(DeadlineWindow, {"timing": UNKNOWN}),
    "activities_opening_category_known": Line(PeriodOpening, {"category": UNKNOWN}),
    "activities_opening_once_a_category": Line(PeriodOpening),
    "activities_extension_in_order": Line(DeadlineExtension, {"end": start}),
    "activities_admission_kind_known": Line(AdmissionRule, {"activity_kind": UNKNOWN}),
    "activities_admission_category_known": Line(AdmissionRule, {"category": UNKNOWN}),
    "activities_admission_canteen_for_all": Line(
        AdmissionRule, {"activity_kind": "CANTEEN", "category": "RESIDENT"}
    ),
    "activities_admission_asks_something": Line(AdmissionRule, {"min_age": None}),
    "activities_admission_ages_ordered": Line(AdmissionRule, {"min_age": 3, "max_age": 2}),
    "activities_admission_has_days": Line(AdmissionRule, NO_DAYS),
    "activities_ratio_at_least_one": Line(StaffingRatio, {"under_six": 0}),
    "activities_staffingratio.activity": Line(StaffingRatio),
    "activities_event_kind_known": Line(CollectiveEvent, {"kind": UNKNOWN}),
    "activities_event_has_days": Line(CollectiveEvent, NO_DAYS),
    "activities_event_scope_names_one": Line(CollectiveEvent, {"scope": "SCHOOL"}),
    "activities_event_moves_somewhere": Line(CollectiveEvent, {"effect": "MOVED"}),
    # pricing
    "pricing_plan_state_known": Line(TariffPlan, {"state": UNKNOWN}),
    "pricing_plan_has_days": Line(TariffPlan, NO_DAYS),
    "pricing_one_open_active_plan": Line(TariffPlan, of=OPEN & Q(state="ACTIVE")),
    "pricing_rule_once_a_plan": Line(TariffRule),
    "pricing_per_known": Line(TariffRule, {"per": UNKNOWN}),
    "pricing_rule_kind_known": Line(TariffRule, {"kind": UNKNOWN}),
    "pricing_fixed_has_price": Line(TariffRule, {"kind": "FIXED", "unit_price": None}),
    "pricing_effort_has_rate": Line(TariffRule, {"kind": "EFFORT_RATE", "rate": None}),
    "pricing_bracket_category_known": Line(TariffBracket, {"category": UNKNOWN}),
    "pricing_bracket_once": Line(TariffBracket),
    "pricing_bracket_has_quotients": Line(TariffBracket, {"qf_max": lambda row: row.qf_min}),
    "pricing_bracket_not_negative": Line(TariffBracket, {"unit_price": -1}),
    "pricing_modifier_order_once": Line(TariffModifier),
    "pricing_modifier_kind_known": Line(TariffModifier, {"kind": UNKNOWN}),
    "pricing_modifier_mode_known": Line(TariffModifier, {"mode": UNKNOWN}),
    # bookings
    "bookings_enrolment_state_known": Line(Enrolment, {"state": UNKNOWN}),
    "bookings_enrolment_has_days": Line(Enrolment, NO_DAYS),
    "bookings_enrolment_one_start_a_period": Line(Enrolment, of=Q(state="PENDING")),
    "bookings_child_criterion_has_days": Line(ChildCriterion, NO_DAYS),
    "bookings_child_criterion_has_evidence": Line(ChildCriterion, {"evidence": "", "start": SECOND}),
    "bookings_child_criterion_once": Line(ChildCriterion),
    "bookings_pattern_week_rule_known": Line(WeeklyPattern, {"week_rule": UNKNOWN}),
    "bookings_pattern_has_days": Line(WeeklyPattern, NO_DAYS),
    "bookings_pattern_weekday": Line(PatternDay, {"weekday": 7}),
    "bookings_pattern_day_once": Line(PatternDay),
    "bookings_submission.reference": Line(Submission, {"token": "autre"}),
    "bookings_submission.token": Line(Submission, {"reference": "AUTRE"}),
    "bookings_asked_before_it_was_keyed": Line(
        Submission,
        {"token": "autre", "reference": "AUTRE", "stamped_at": lambda row: row.at + timedelta(days=1)},
    ),
    "bookings_state_known": Line(Booking, {"state": UNKNOWN}, of=Q(state="CONFIRMED")),
    "bookings_origin_known": Line(Booking, {"origin": UNKNOWN}),
    "bookings_one_active_per_child_and_slot": Line(Booking, of=Q(state="CONFIRMED")),
    "bookings_offer_has_its_deadline": Line(Booking, {"state": "CONFIRMED"}, of=Q(state="OFFERED")),
    "bookings_cancelled_says_when": Line(Booking, {"state": "CANCELLED"}, of=Q(state="CONFIRMED")),
    "bookings_event_says_what_was": Line(
        Booking, {"state_before": "CONFIRMED", "date": FAR}, of=Q(state="CANCELLED")
    ),
    "bookings_moved_says_whence": Line(
        Booking, {"moved_from_id": lambda row: row.slot_id, "date": FAR}, of=Q(state="CANCELLED")
    ),
    "bookings_reminder_kind_known": Line(Reminder, {"kind": UNKNOWN}),
    "bookings_reminder_once": Line(Reminder),
    "bookings_reminder_before_its_limit": Line(
        Reminder, {"kind": "CLOSING", "sent_at": lambda row: row.falls_at + timedelta(seconds=1)}
    ),
    # documents
    "documents_document.file_id": Line(Document),
    "documents_kind_known": Line(Document, {"file_id": ANOTHER_FILE, "kind": UNKNOWN}),
    "documents_media_type_known": Line(Document, {"file_id": ANOTHER_FILE, "media_type": UNKNOWN}),
    "documents_review_state_known": Line(Document, {"file_id": ANOTHER_FILE, "review_state": UNKNOWN}),
    "documents_not_empty": Line(Document, {"file_id": ANOTHER_FILE, "size": 0}),
    "documents_use_once": Line(DocumentUse),
    # attendance
    "attendance_month_closed_once": Line(MonthClosing),
    "attendance_month_is_its_first_day": Line(MonthClosing, {"month": SECOND}),
    "attendance_policy_proof_known": Line(AbsencePolicy, {"proof": UNKNOWN}),
    "attendance_policy_unit_known": Line(AbsencePolicy, {"unit": UNKNOWN}),
    "attendance_policy_anchor_known": Line(AbsencePolicy, {"anchor": UNKNOWN}),
    "attendance_policy_has_days": Line(AbsencePolicy, NO_DAYS),
    "attendance_policy_delays_ordered": Line(AbsencePolicy, {"delay": 4, "refused_after": 3}),
    "attendance_policy_carence_ordered": Line(AbsencePolicy, {"carence_days": 2, "late_carence_days": 1}),
    "attendance_policy_one_start": Line(AbsencePolicy, {"end": FAR}),
    "attendance_policy_one_open": Line(AbsencePolicy, {"start": SECOND}, of=OPEN),
    "attendance_absence_reason_known": Line(AbsenceDeclaration, {"reason": UNKNOWN}, of=NO_PROOF),
    "attendance_absence_needed_known": Line(AbsenceDeclaration, {"needed": UNKNOWN}, of=NO_PROOF),
    "attendance_absence_state_known": Line(AbsenceDeclaration, {"proof_state": UNKNOWN}, of=NO_PROOF),
    "attendance_absence_has_days": Line(AbsenceDeclaration, NO_DAYS, of=NO_PROOF),
    "attendance_absence_signed_text_known": Line(AbsenceDeclaration, {"honour_version": "1"}, of=NO_PROOF),
    "attendance_absence_received_has_document": Line(
        AbsenceDeclaration, {"proof_state": "RECEIVED"}, of=NO_PROOF
    ),
    "attendance_absence_refusal_says_why": Line(AbsenceDeclaration, {"proof_state": "REFUSED"}, of=NO_PROOF),
    "attendance_absence_document_once": Line(AbsenceDeclaration, of=Q(document_id__isnull=False)),
    "attendance_mark_known": Line(
        AbsentBooking,
        {
            "mark": UNKNOWN,
            "booking_id": lambda row: Booking.objects.filter(absence=None).order_by("id")[0].pk,
        },
    ),
    "attendance_absentbooking.booking": Line(AbsentBooking),
    # billing, payments
    "billing_run_state_known": Line(BillingRun, {"state": UNKNOWN}),
    "billing_one_live_run_a_month": Line(BillingRun),
    "billing_run_month_is_its_first_day": Line(BillingRun, {"month": SECOND}),
    "billing_one_counter_a_year": Line(InvoiceCounter),
    "billing_invoice_state_known": Line(Invoice, {"state": UNKNOWN}, of=ISSUED),
    "billing_number_once": Line(Invoice, {"reference": "AUTRE", "run_id": another_run}, of=ISSUED),
    "billing_reference_once": Line(Invoice, {"number": ELSEWHERE, "run_id": another_run}, of=ISSUED),
    "billing_one_invoice_a_debtor": Line(Invoice, of=DRAFT),
    "billing_issued_has_number_and_dates": Line(Invoice, {"state": "ISSUED"}, of=DRAFT),
    "billing_line_position_once": Line(InvoiceLine, of=Q(invoice__state="DRAFT")),
    "billing_line_kind_known": Line(InvoiceLine, {"kind": UNKNOWN}, of=Q(invoice__state="DRAFT")),
    "billing_charge_kind_known": Line(Charge, {"kind": UNKNOWN}),
    "billing_charge_revision_once": Line(Charge),
    "billing_reversal_names_its_charge": Line(Charge, {"kind": "REVERSAL"}),
    "billing_charge_revision_from_one": Line(Charge, {"revision": 0}),
    "payments_one_account": Line(DebtorAccount),
    "payments_intent_state_known": Line(PaymentIntent, {"state": UNKNOWN}),
    "payments_intent_positive": Line(PaymentIntent, {"amount": 0}),
    "payments_one_live_intent_an_invoice": Line(PaymentIntent, {"order_id": "AUTRE"}, of=Q(state="WAITING")),
    "payments_paymentintent.order_id": Line(PaymentIntent, of=Q(state="REFUSED")),
    "payments_event_once": Line(ProviderEvent),
    "payments_one_counter_a_year": Line(ReceiptCounter),
    "payments_method_known": Line(Payment, {"method": UNKNOWN}),
    "payments_payment_state_known": Line(Payment, {"state": UNKNOWN}),
    "payments_payment_positive": Line(Payment, {"amount": 0}),
    "payments_payment.intent": Line(Payment, {"receipt": "AUTRE"}),
    "payments_payment.receipt": Line(Payment, {"intent_id": None}),
    "payments_allocation_positive": Line(Allocation, {"amount": 0}),
    "payments_allocation_once": Line(Allocation, of=Q(reversed_at__isnull=True)),
}
