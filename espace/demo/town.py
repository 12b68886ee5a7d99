"""Builds the reference data of the demonstration town in an empty database: identity, calendar, schools, offer,
places and prices, around whatever day it is. Tests build a smaller one with the same code."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, time, timedelta

from espace.activities.enums import Action, ActivityKind
from espace.activities.models import (
    Activity,
    CapacityPool,
    DeadlineRule,
    DeadlineTier,
    DeadlineWindow,
    Formula,
    FormulaUnit,
    Period,
    PeriodOpening,
    Slot,
    StaffingRatio,
    Venue,
)
from espace.activities.rules import Deadlines
from espace.attendance.services import set_policy
from espace.demo import offer, prices
from espace.demo.menus import write_menus
from espace.demo.offer import ActivityPlan
from espace.demo.school_calendar import FORGOTTEN, Holiday, SchoolCalendar, Year, around
from espace.families.enums import TariffCategory
from espace.kernel.actor import SYSTEM, Actor
from espace.kernel.calendar import ONE_DAY, SATURDAY, at, date_range, monday_of
from espace.kernel.db import bulk_insert, write_transaction
from espace.pricing.models import TariffPlan
from espace.pricing.services import activate_plan
from espace.town.enums import DayKindStored, Grade
from espace.town.models import (
    AccountingCode,
    CalendarDay,
    CashOffice,
    Department,
    Municipality,
    OpeningHours,
    PublicDocument,
    School,
    SchoolClass,
    SchoolYear,
)
from espace.town.rules import Wanted
from espace.town.services import correct_days

BRIDGE = "Pont absent de la liste du ministère, confirmé par les écoles"
EVENING = time(18, 0)
MORNING = time(9, 0)


@dataclass(eq=False)
class Reference:
    """The rows built, by the keys of `demo.offer` (school "lavoir", activity "restauration-scolaire", code "REPAS")."""

    today: date
    calendar: SchoolCalendar
    municipality: Municipality
    guichet: Department
    office: CashOffice
    sports_office: CashOffice
    year: SchoolYear
    years: dict[str, SchoolYear] = field(default_factory=dict)
    schools: dict[str, School] = field(default_factory=dict)
    classes: dict[tuple[str, Grade], SchoolClass] = field(default_factory=dict)
    venues: dict[str, Venue] = field(default_factory=dict)
    activities: dict[str, Activity] = field(default_factory=dict)
    formulas: dict[tuple[str, str], Formula] = field(default_factory=dict)
    periods: dict[tuple[str, date], Period] = field(default_factory=dict)
    plan: TariffPlan = field(default_factory=TariffPlan)

    def period(self, activity: str, day: date) -> Period:
        """The period of an activity that holds this day."""
        return next(p for (slug, _), p in self.periods.items() if slug == activity and p.start <= day < p.end)

    def slot(self, activity: str, day: date, *, venue: str = "lavoir", formula: str = "") -> Slot:
        """One slot, or `Slot.DoesNotExist`; the formula may be left out when there is only one."""
        wanted = self.activities[activity]
        codes = [code for slug, code in self.formulas if slug == activity]
        chosen = self.formulas[activity, formula or codes[0]]
        place = venue if _plan(activity).place == "schools" else _plan(activity).place
        return Slot.objects.get(activity=wanted, date=day, formula=chosen, venue=self.venues[place])


def build_reference(
    today: date,
    *,
    schools: int | tuple[offer.SchoolPlan, ...] = len(offer.SCHOOLS),
    slots: tuple[date, date] | None = None,
    places: int = 1,
) -> Reference:
    """Writes the town. `slots` is the window `[start, end)` in which days can be booked: by default the current
    school year, with the month before when it belongs to the last one, and the next year once it is open. `schools`
    is how many of the four, or other ones; `places` multiplies those of the centre and the gymnasium.

    Raises `CalendarNotPublished` when the school calendar of the year is not known.
    """
    calendar = around(today)
    chosen = offer.SCHOOLS[:schools] if isinstance(schools, int) else schools
    with write_transaction():
        built = _identity(today, calendar)
        _calendar(calendar)
        write_menus(today, calendar)
        _schools(built, chosen)
        for position, plan in enumerate(offer.ACTIVITIES, start=1):
            _activity(built, plan, position)
        _slots(built, chosen, slots or _window(today, calendar), places)
        built.plan = _tariffs(calendar)
    return built


# Identity -------------------------------------------------------------------------------------------------------


def _identity(today: date, calendar: SchoolCalendar) -> Reference:
    town = Municipality.objects.create(id=1, **offer.TOWN)
    guichet = Department.objects.create(**offer.GUICHET)
    Department.objects.create(**offer.KITCHEN)
    OpeningHours.objects.bulk_create(
        OpeningHours(department=guichet, weekday=weekday, opens=opens, closes=closes)
        for weekday in range(5)
        for opens, closes in offer.OPENINGS
    )
    office = CashOffice.objects.create(**offer.OFFICE)
    sports = CashOffice.objects.create(**offer.SPORTS_OFFICE)
    AccountingCode.objects.bulk_create(
        AccountingCode(code=c, label=label) for c, label in offer.ACCOUNTING.items()
    )
    PublicDocument.objects.bulk_create(
        PublicDocument(slug=slug, title=title, description=description, template=template, position=position)
        for position, (slug, title, description, template) in enumerate(offer.DOCUMENTS, start=1)
    )
    years = {
        year.label: SchoolYear.objects.create(label=year.label, start=year.start, end=year.end)
        for year in calendar.years
    }
    return Reference(today, calendar, town, guichet, office, sports, years[calendar.current.label], years)


def _calendar(calendar: SchoolCalendar) -> None:
    """The calendar as published; what is missing from it waits for an agent (`correct_calendar`)."""
    published = {
        **calendar.days,
        **{day: (DayKindStored.SCHOOL, "") for day in FORGOTTEN if day in calendar.days},
    }
    bulk_insert([CalendarDay(date=day, kind=kind, label=label) for day, (kind, label) in published.items()])


def correct_calendar(agent: Actor) -> None:
    """The agent declares the bridges that the published list forgets, among the days of the town."""
    for day, label in FORGOTTEN.items():
        if CalendarDay.objects.filter(date=day).exists():
            correct_days(
                agent, start=day, end=day + ONE_DAY, wanted=Wanted(DayKindStored.CLOSED, label), reason=BRIDGE
            )


def _schools(built: Reference, plans: tuple[offer.SchoolPlan, ...]) -> None:
    for plan in plans:
        school = School.objects.create(name=plan.name, level=plan.level, street=plan.street)
        built.schools[plan.key] = school
        built.venues[plan.key] = Venue.objects.create(
            name=plan.name, street=plan.street, school=school, email=offer.SITE_MAIL.format(plan.key)
        )
        for grade in plan.grades:
            built.classes[plan.key, grade] = SchoolClass.objects.create(
                school=school, year=built.year, name=f"Classe de {grade.value}", grade=grade
            )
    for key, name, street, _ in (offer.CENTRE, offer.GYMNASIUM):
        built.venues[key] = Venue.objects.create(name=name, street=street, email=offer.SITE_MAIL.format(key))


# Offer ----------------------------------------------------------------------------------------------------------


def _plan(slug: str) -> ActivityPlan:
    return next(plan for plan in offer.ACTIVITIES if plan.slug == slug)


def _activity(built: Reference, plan: ActivityPlan, position: int) -> None:
    activity = Activity.objects.create(
        slug=plan.slug,
        name=plan.name,
        kind=plan.kind,
        cash_office=built.sports_office if plan.kind is ActivityKind.HOLIDAY_SPORT else built.office,
        accounting_code=AccountingCode.objects.get(code=plan.accounting),
        enrolment_policy=plan.policy,
        booking_mode=plan.booking_mode,
        min_age=plan.ages[0],
        max_age=plan.ages[1],
        position=position,
        description=plan.description,
    )
    built.activities[plan.slug] = activity
    for place, item in enumerate(plan.formulas, start=1):
        formula = Formula.objects.create(
            activity=activity,
            code=item.code,
            label=item.label,
            detail=item.detail,
            band=item.band,
            starts_at=item.starts,
            ends_at=item.ends,
            position=place,
        )
        built.formulas[plan.slug, item.code] = formula
        FormulaUnit.objects.bulk_create(
            FormulaUnit(formula=formula, kind=kind, tariff_code=code, position=order)
            for order, (kind, code) in enumerate(item.units, start=1)
        )
    _rule(activity, None, Action.CANCEL, offer.CANCEL)
    set_policy(
        SYSTEM, activity_id=activity.pk, policy=offer.ABSENCES[plan.kind], start=built.calendar.previous.start
    )
    if ratio := offer.RATIOS.get(plan.kind):
        StaffingRatio.objects.create(activity=activity, under_six=ratio[0], from_six=ratio[1])
    if plan.is_holiday:
        _rule(activity, None, Action.BOOK, offer.BOOK_HOLIDAYS)
        for holiday in built.calendar.holidays:
            if not holiday.is_bridge:
                _holiday_period(built, activity, holiday)
    else:
        for year in built.calendar.years:
            _school_year_period(built, activity, year)


def _school_year_period(built: Reference, activity: Activity, year: Year) -> None:
    period = Period.objects.create(
        activity=activity,
        label=f"Année scolaire {year.label}",
        start=year.start,
        end=year.summer,
        opens_at=at(date(year.start.year, 6, 1), MORNING),
    )
    built.periods[activity.slug, period.start] = period
    _rule(activity, period, Action.BOOK, offer.book_in_school_year(year.start))


def _holiday_period(built: Reference, activity: Activity, holiday: Holiday) -> None:
    """Holidays open on a Monday evening, five weeks before their deadline: time to talk it over at home. Families from
    elsewhere book a week later."""
    period = Period.objects.create(
        activity=activity,
        label=f"{holiday.label} {holiday.start.year}",
        start=holiday.start,
        end=holiday.end,
        opens_at=at(monday_of(holiday.start - timedelta(weeks=9)), EVENING),
    )
    PeriodOpening.objects.create(
        period=period,
        category=TariffCategory.NON_RESIDENT,
        opens_at=at(monday_of(holiday.start - timedelta(weeks=8)), EVENING),
    )
    built.periods[activity.slug, period.start] = period


def _rule(activity: Activity, period: Period | None, action: Action, deadlines: Deadlines) -> None:
    rule = DeadlineRule.objects.create(activity=activity, period=period, action=action)
    DeadlineTier.objects.bulk_create(
        DeadlineTier(
            rule=rule,
            position=position,
            timing=tier.timing,
            anchor=tier.anchor,
            offset=tier.offset,
            unit=tier.unit,
            at=tier.at,
            fixed=tier.fixed,
        )
        for position, tier in enumerate(deadlines.tiers, start=1)
    )
    DeadlineWindow.objects.bulk_create(
        DeadlineWindow(rule=rule, timing=window.timing, closes_at=window.closes_at, label=offer.WINDOW_LABEL)
        for window in deadlines.windows
    )


# Places ---------------------------------------------------------------------------------------------------------


def _window(today: date, calendar: SchoolCalendar) -> tuple[date, date]:
    """From the start of the school year, or of last month when that is earlier, to the end of what can be booked."""
    last_month = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    following = calendar.following
    is_open = following is not None and today >= date(following.start.year, 6, 1)
    end = following.end if following and is_open else calendar.current.end
    return min(calendar.current.start, last_month), end


def _slots(
    built: Reference, schools: tuple[offer.SchoolPlan, ...], window: tuple[date, date], times: int
) -> None:
    """One pool a venue, day and part of the day; one slot for each formula that draws on it."""
    pools: list[CapacityPool] = []
    slots: list[Slot] = []
    first = (CapacityPool.objects.order_by("-id").values_list("id", flat=True).first() or 0) + 1
    for plan in offer.ACTIVITIES:
        activity = built.activities[plan.slug]
        formulas = [built.formulas[plan.slug, item.code] for item in plan.formulas]
        for (slug, _), period in built.periods.items():
            if slug != plan.slug:
                continue
            for day in _days_of(plan, period, built.calendar, window):
                for key, places in _places(plan, schools, times):
                    pool = CapacityPool(
                        id=first + len(pools),
                        venue=built.venues[key],
                        date=day,
                        band=plan.formulas[0].band,
                        capacity=places,
                    )
                    pools.append(pool)
                    slots += [
                        Slot(
                            activity=activity,
                            venue=built.venues[key],
                            period=period,
                            formula=formula,
                            pool=pool,
                            date=day,
                        )
                        for formula in formulas
                    ]
    bulk_insert(pools)
    bulk_insert(slots)


def _days_of(
    plan: ActivityPlan, period: Period, calendar: SchoolCalendar, window: tuple[date, date]
) -> list[date]:
    days = list(date_range(max(period.start, window[0]), min(period.end, window[1])))
    if plan.is_holiday:
        return [d for d in days if d.weekday() < SATURDAY and calendar.days[d][0] is DayKindStored.HOLIDAY]
    wednesdays = plan.place == "centre"
    return [d for d in days if calendar.is_school_day(d) and (d.weekday() == 2) is wednesdays]


def _places(plan: ActivityPlan, schools: tuple[offer.SchoolPlan, ...], times: int) -> list[tuple[str, int]]:
    if plan.place == "schools":
        is_meal = plan.slug == "restauration-scolaire"
        return [(school.key, school.meals if is_meal else school.care) for school in schools]
    return [
        (key, places * times) for key, _, _, places in (offer.CENTRE, offer.GYMNASIUM) if key == plan.place
    ]


# Prices ---------------------------------------------------------------------------------------------------------


def _tariffs(calendar: SchoolCalendar) -> TariffPlan:
    """The plan in force since the start of last year; the linter of tariffs must have nothing to say."""
    start = calendar.previous.start
    plan = TariffPlan.objects.create(
        name=f"Tarifs depuis le {start:%d/%m/%Y}", deliberation_ref=prices.DELIBERATION, start=start
    )
    prices.write_plan(plan)
    activate_plan(SYSTEM, plan.pk)
    plan.refresh_from_db()
    return plan
