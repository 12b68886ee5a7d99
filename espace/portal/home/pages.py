"""What the pages of a visitor are made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from espace.activities.enums import Action, ActivityKind
from espace.activities.queries import ActivityEntry, catalogue
from espace.kernel.calendar import ONE_DAY, SATURDAY, UnknownDay, monday_of
from espace.kernel.http import told
from espace.kernel.money import Money
from espace.kernel.text import format_quotient
from espace.portal.home.dates import HORIZON, KeyDate, key_dates
from espace.portal.home.delays import Delay, delays, headline
from espace.portal.home.documents import late_fee
from espace.portal.home.forms import SimulatorForm
from espace.portal.home.guide import Section, guide
from espace.portal.home.opening import Opening, opening
from espace.portal.home.simulator import MAX_CHILDREN, SCHOOL_DAYS, Estimate, bookable, estimate
from espace.pricing.errors import PricingRefusal
from espace.pricing.queries import DatedTariff, tariffs
from espace.pricing.rules import QuoteRequest, quote
from espace.town import queries as town_queries
from espace.ui.items import FileItem

EXAMPLE = 812_00  # the quotient of the example on the home page, in hundredths


@dataclass(frozen=True, slots=True)
class Rate:
    label: str
    price: Money


@dataclass(frozen=True, slots=True)
class HomePage:
    opening: Opening
    delays: list[tuple[str, str]]
    dates: list[KeyDate]
    files: list[FileItem]
    example: str
    bracket: str
    rates: list[Rate]
    children: list[int]
    menus: list[tuple[date, tuple[str, ...]]]


def home(now: datetime) -> HomePage:
    """5 queries beside the frame's."""
    today = now.date()
    end = today + HORIZON + timedelta(days=60)
    calendar, menus = town_queries.calendar_and_menus(today - timedelta(days=30), end, _menus_from(today))
    offer = catalogue()
    plan = tariffs(today, today + ONE_DAY).plan_on(today)
    bracket, rates = example_rates(plan)
    return HomePage(
        opening=opening(town_queries.opening_hours(), now, calendar),
        delays=headline(offer, now),
        dates=key_dates(offer, calendar, now),
        files=files(),
        example=format_quotient(EXAMPLE),
        bracket=bracket,
        rates=rates,
        children=list(range(1, MAX_CHILDREN + 1)),
        menus=list(menus.items()),
    )


def _menus_from(today: date) -> date:
    """The Monday whose menus are shown: this week's, or on a week-end that of the week to come."""
    return monday_of(today + timedelta(days=2) if today.weekday() >= SATURDAY else today)


def files() -> list[FileItem]:
    """The public documents as links. 1 query."""
    return [
        FileItem(
            name=document.title,
            url=reverse("public_document", args=[document.slug]),
            note=f"{_('PDF accessible')} — {document.description[:1].lower()}{document.description[1:]}",
        )
        for document in town_queries.public_documents()
    ]


def example_rates(plan: DatedTariff | None) -> tuple[str, list[Rate]]:
    """The bracket of the example and its first prices, by the engine."""
    if plan is None:
        return "", []
    rates: list[Rate] = []
    bracket = ""
    for code, rule in list(plan.tariff.rules.items())[:4]:
        try:
            found = quote(QuoteRequest(code, quotient=EXAMPLE), plan.tariff)
        except PricingRefusal:
            continue
        bracket = bracket or found.steps[1].label
        rates.append(Rate(rule.label, found.amount))
    return bracket, rates


# Simulator ------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class SimulatorPage:
    """`asked`: the address holds a question. `estimate` None: not asked, or not understood."""

    form: SimulatorForm
    asked: bool
    year: str = ""
    estimate: Estimate | None = None
    refusal: str = ""
    is_example: bool = False

    @property
    def is_answered(self) -> bool:
        return self.estimate is not None


def simulator(asked: QueryDict, now: datetime) -> SimulatorPage:
    """4 queries beside the frame's."""
    today = now.date()
    offer = catalogue()
    activities = bookable(offer)
    data, is_example = _with_default_week(asked, activities)
    town = town_queries.identity()
    form = SimulatorForm(data, activities=activities, town=town.name)
    page = SimulatorPage(form, asked=bool(asked), is_example=is_example)
    if not form.is_valid():
        return page
    year = town_queries.school_year_to_show(today)
    if year is None:
        page.refusal = _("Le calendrier scolaire n’est pas encore connu.")
        return page
    page.year = year.label
    calendar = town_queries.calendar(year.start, year.end)
    try:
        page.estimate = estimate(
            form.wish(), offer, tariffs(year.start, year.end), calendar, year.start, year.end, today
        )
    except PricingRefusal as refusal:
        page.refusal = told(refusal)
    except UnknownDay:
        page.refusal = _("Le calendrier scolaire n’est pas encore connu.")
    return page


def _with_default_week(asked: QueryDict, activities: list[ActivityEntry]) -> tuple[QueryDict, bool]:
    """Before any question, or when only the quotient came from the home page: a meal each school day."""
    slugs = {a.slug: a for a in activities}
    if any(slug in asked for slug in slugs) or "semaine" in asked:
        return asked, False
    data = asked.copy()
    for slug, activity in slugs.items():
        if activity.kind is ActivityKind.CANTEEN:
            data.setlist(slug, [str(day) for day in SCHOOL_DAYS])
    data.setdefault("enfants", "1")
    return data, True


# Help -----------------------------------------------------------------------------------------------------------


def help_page(now: datetime) -> dict[str, list[Section] | list[Delay] | list[FileItem]]:
    """The guide's sections, the delays, the documents. 4 queries."""
    today = now.date()
    plan = tariffs(today, today + ONE_DAY).plan_on(today)
    return {
        "sections": guide(town_queries.identity(), late_fee(plan)),
        "booking": delays(catalogue(), Action.BOOK, now),
        "files": files(),
    }
