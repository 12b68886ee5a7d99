"""What the demonstration town is and proposes: plain data, no database. No real town, no real person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

from espace.activities.enums import (
    Action,
    ActivityKind,
    Anchor,
    Band,
    BookingMode,
    EnrolmentPolicy,
    OffsetUnit,
    Timing,
    UnitKind,
)
from espace.activities.rules import END_OF_DAY, Deadlines, Tier, Window
from espace.attendance.enums import Proof
from espace.attendance.rules import Policy
from espace.kernel.calendar import at
from espace.town.enums import Grade, SchoolLevel

NOON = time(12, 0)
SITE_MAIL = "{}@sites.clairval-sur-aune.example"
OPENING = time(7, 30)

# Numbers that the regulator keeps for fiction; `.example` is nobody's domain; no French postcode starts with 99.
TOWN = {
    "name": "Clairval-sur-Aune",
    "tagline": "Espace Citoyens",
    "street": "2, place de l’Hôtel-de-Ville",
    "postcode": "99450",
    "city": "Clairval-sur-Aune",
    "phone": "01 99 00 10 00",
    "email": "mairie@clairval-sur-aune.example",
    "website": "https://www.clairval-sur-aune.example",
    "colour": "#00606e",
    "mail_from": "espace-citoyens@clairval-sur-aune.example",
    "changes_need_review": True,
}
GUICHET = {
    "slug": "guichet-unique",
    "name": "Guichet unique",
    "place": "Espace des Tanneries",
    "street": "4, rue des Tanneurs",
    "phone": "01 99 00 10 20",
    "email": "guichet@clairval-sur-aune.example",
    "note": "Le lundi matin est le moment le plus chargé. Le jeudi après-midi est calme.",
}
OPENINGS = ((time(9), NOON), (time(13, 30), time(18)))
OFFICE = {
    "name": "Régie centrale",
    "creditor": "Commune de Clairval-sur-Aune",
    "siret": "21994500000013",
    "acte_ref": "Arrêté n° 2019-042 du 12 mars 2019",
    "invoice_prefix": "RC",
    "payment_days": 30,
}
# Its months are left to the visitor: closed, computed, reviewed and issued by hand.
SPORTS_OFFICE = {
    "name": "Régie des sports",
    "creditor": "Commune de Clairval-sur-Aune",
    "siret": "21994500000013",
    "acte_ref": "Arrêté n° 2021-017 du 4 février 2021",
    "invoice_prefix": "RS",
    "payment_days": 30,
}
ACCOUNTING = {
    "7067": "Services périscolaires et d’enseignement",
    "70632": "Redevances à caractère de loisirs",
    "70631": "Redevances à caractère sportif",
}
DOCUMENTS = (
    (
        "mode-d-emploi",
        "Mode d’emploi de votre Espace Citoyens",
        "Créer son compte, saisir la Clé Enfance, réserver, annuler, régler : pas à pas.",
        "mode-d-emploi",
    ),
    (
        "reglement-de-la-regie",
        "Règlement de la régie centrale",
        "Délais, majorations, factures, moyens de paiement.",
        "reglement-de-la-regie",
    ),
    (
        "tarification",
        "Tarifs des activités municipales",
        "Tous les prix par tranche de quotient familial, tels qu’ils servent aux factures.",
        "tarification",
    ),
)


@dataclass(frozen=True, slots=True)
class SchoolPlan:
    """A school, which is also the venue of its canteen, morning and evening care, with its places."""

    key: str
    name: str
    level: SchoolLevel
    street: str
    meals: int
    care: int

    @property
    def grades(self) -> tuple[Grade, ...]:
        grades = tuple(Grade)
        return grades[:3] if self.level is SchoolLevel.NURSERY else grades[3:]


SCHOOLS = (
    SchoolPlan(
        "tilleuls", "École maternelle des Tilleuls", SchoolLevel.NURSERY, "11, rue des Tilleuls", 90, 45
    ),
    SchoolPlan("lavoir", "École élémentaire du Lavoir", SchoolLevel.ELEMENTARY, "3, rue du Lavoir", 140, 60),
    SchoolPlan(
        "petit-bois",
        "École maternelle du Petit-Bois",
        SchoolLevel.NURSERY,
        "27, chemin du Petit-Bois",
        70,
        36,
    ),
    SchoolPlan(
        "glycines", "École élémentaire des Glycines", SchoolLevel.ELEMENTARY, "8, allée des Glycines", 120, 48
    ),
)
CENTRE = ("centre", "Centre de loisirs du Moulin", "1, chemin du Moulin", 80)
GYMNASIUM = ("gymnase", "Complexe sportif des Prés", "15, route des Prés", 32)


@dataclass(frozen=True, slots=True)
class FormulaPlan:
    """What a parent picks, and its units (kind, tariff code)."""

    code: str
    label: str
    detail: str
    band: Band
    starts: time
    ends: time
    units: tuple[tuple[UnitKind, str], ...]


@dataclass(frozen=True, slots=True)
class ActivityPlan:
    """An activity; `place` is "schools", or the key of the venue where all children meet."""

    slug: str
    name: str
    kind: ActivityKind
    accounting: str
    policy: EnrolmentPolicy
    ages: tuple[int, int]
    place: str
    description: str
    formulas: tuple[FormulaPlan, ...]

    @property
    def is_holiday(self) -> bool:
        return self.kind in (ActivityKind.HOLIDAY_LEISURE, ActivityKind.HOLIDAY_SPORT)

    @property
    def booking_mode(self) -> BookingMode:
        return BookingMode.UNIT if self.is_holiday else BookingMode.PATTERN


_MEAL = (UnitKind.MEAL, "REPAS")


def _day(
    code: str, label: str, detail: str, hours: tuple[time, time], *units: tuple[UnitKind, str]
) -> FormulaPlan:
    return FormulaPlan(code, label, detail, Band.DAY, hours[0], hours[1], units)


ACTIVITIES = (
    ActivityPlan(
        "restauration-scolaire",
        "Restauration scolaire",
        ActivityKind.CANTEEN,
        "7067",
        EnrolmentPolicy.AUTOMATIC,
        (2, 12),
        "schools",
        "Le repas de midi et la pause méridienne, les lundis, mardis, jeudis et vendredis d’école.",
        (FormulaPlan("REPAS", "Repas", "de 11 h 30 à 13 h 30", Band.NOON, time(11, 30), time(13, 30), (_MEAL,)),),
    ),
    ActivityPlan(
        "accueil-du-matin",
        "Accueil du matin",
        ActivityKind.BEFORE_SCHOOL,
        "7067",
        EnrolmentPolicy.AUTOMATIC,
        (2, 12),
        "schools",
        "Avant l’école, dès 7 h 30 (APPS).",
        (
            FormulaPlan(
                "MATIN", "Matin", "de 7 h 30 à 8 h 30", Band.MORNING, OPENING, time(8, 30), ((UnitKind.CARE, "MATIN"),)
            ),
        ),
    ),
    ActivityPlan(
        "accueil-du-soir",
        "Accueil du soir",
        ActivityKind.AFTER_SCHOOL,
        "7067",
        EnrolmentPolicy.AUTOMATIC,
        (2, 12),
        "schools",
        "Après l’école, goûter compris, jusqu’à 18 h 30 (APPS).",
        (
            FormulaPlan(
                "SOIR", "Soir", "de 16 h 30 à 18 h 30", Band.EVENING, time(16, 30), time(18, 30),
                ((UnitKind.CARE, "SOIR"),),
            ),
        ),
    ),
    ActivityPlan(
        "accueil-de-loisirs-du-mercredi",
        "Accueil de loisirs du mercredi",
        ActivityKind.WEDNESDAY,
        "70632",
        EnrolmentPolicy.AUTOMATIC,
        (3, 12),
        "centre",
        "Au centre de loisirs, les mercredis d’école.",
        (
            _day("JOURNEE", "Journée", "de 7 h 30 à 18 h 30, repas compris", (OPENING, time(18, 30)),
                 (UnitKind.CARE, "MERCREDI_JOURNEE"), _MEAL),
            _day("MATIN_REPAS", "Matin + repas", "de 7 h 30 à 13 h 30", (OPENING, time(13, 30)),
                 (UnitKind.CARE, "MERCREDI_DEMI"), _MEAL),
            _day("MATIN", "Matin", "de 7 h 30 à 12 h", (OPENING, NOON), (UnitKind.CARE, "MERCREDI_DEMI")),
            _day("APRES_MIDI", "Après-midi", "de 13 h 30 à 18 h 30", (time(13, 30), time(18, 30)),
                 (UnitKind.CARE, "MERCREDI_DEMI")),
        ),
    ),
    ActivityPlan(
        "vacances-loisirs",
        "Vacances loisirs",
        ActivityKind.HOLIDAY_LEISURE,
        "70632",
        EnrolmentPolicy.AUTOMATIC,
        (3, 12),
        "centre",
        "Le centre de loisirs pendant les vacances scolaires.",
        (
            _day("JOURNEE", "Journée", "de 7 h 30 à 18 h 30, repas compris", (OPENING, time(18, 30)),
                 (UnitKind.CARE, "VACANCES_JOURNEE"), _MEAL),
            _day("MATIN_REPAS", "Matin + repas", "de 7 h 30 à 13 h 30", (OPENING, time(13, 30)),
                 (UnitKind.CARE, "VACANCES_DEMI"), _MEAL),
        ),
    ),
    ActivityPlan(
        "vacances-sport",
        "Vacances sport",
        ActivityKind.HOLIDAY_SPORT,
        "70631",
        EnrolmentPolicy.BY_AGENT,
        (6, 12),
        "gymnase",
        "Stages multisports pendant les vacances scolaires, dès 6 ans.",
        (
            _day("JOURNEE", "Journée de sport", "de 9 h à 17 h, repas compris", (time(9), time(17)),
                 (UnitKind.CARE, "SPORT_JOURNEE"), _MEAL),
        ),
    ),
)  # fmt: skip


# The mission's delays (issue 2, D). Late and impossible are two limits: the caterer orders on the eve at noon.
_EVE = Tier(Timing.LATE, Anchor.SLOT_DAY, 1, OffsetUnit.WORKING_DAYS, NOON)
_COUNTER = Tier(Timing.AGENT_ONLY, Anchor.SLOT_DAY, 0, OffsetUnit.CALENDAR_DAYS, OPENING)
CANCEL = Deadlines((Tier(Timing.IN_TIME, Anchor.SLOT_DAY, 2, OffsetUnit.WORKING_DAYS, NOON), _EVE, _COUNTER))
BOOK_HOLIDAYS = Deadlines(
    (Tier(Timing.IN_TIME, Anchor.PERIOD_START, 4, OffsetUnit.WEEKS, END_OF_DAY), _EVE, _COUNTER)
)
WINDOW_LABEL = "Réservations de rentrée"


def book_in_school_year(first_day: date) -> Deadlines:
    """Fifteen days ahead; until 30 September of that year, nothing booked is late."""
    fifteen = Tier(Timing.IN_TIME, Anchor.SLOT_DAY, 15, OffsetUnit.CALENDAR_DAYS, END_OF_DAY)
    return Deadlines((fifteen, _EVE, _COUNTER), (Window(Timing.IN_TIME, end_of_september(first_day)),))


def end_of_september(first_day: date) -> datetime:
    return at(date(first_day.year, 9, 30), END_OF_DAY)


ACTIONS = (Action.BOOK, Action.CANCEL)
# Children for one adult, under six and from six (R227-16 of the code de l'action sociale); none is set for a meal.
RATIOS = {
    ActivityKind.BEFORE_SCHOOL: (10, 14),
    ActivityKind.AFTER_SCHOOL: (10, 14),
    ActivityKind.WEDNESDAY: (8, 12),
    ActivityKind.HOLIDAY_LEISURE: (8, 12),
    ActivityKind.HOLIDAY_SPORT: (8, 12),
}
# What excuses an absence, by kind of activity: the rule of Saint-Exupéry where a meal was ordered, one's honour else.
CERTIFICATE = Policy(Proof.CERTIFICATE, delay=3, refused_after=10, late_carence=2)
ON_HONOUR = Policy(Proof.DECLARATION, delay=10, refused_after=10)
ABSENCES = {
    ActivityKind.BEFORE_SCHOOL: ON_HONOUR,
    ActivityKind.AFTER_SCHOOL: ON_HONOUR,
    ActivityKind.CANTEEN: CERTIFICATE,
    ActivityKind.WEDNESDAY: CERTIFICATE,
    ActivityKind.HOLIDAY_LEISURE: CERTIFICATE,
    ActivityKind.HOLIDAY_SPORT: CERTIFICATE,
}
KITCHEN = {
    "slug": "cuisine",
    "name": "Cuisine centrale",
    "place": "Cuisine centrale",
    "street": "6, rue des Tanneurs",
    "phone": "01 99 00 10 30",
    "email": "cuisine@clairval-sur-aune.example",
}

# How each waiting list works, and what the town publishes as counting on it; never for the canteen.
WAITING = {
    "accueil-du-soir": "AUTOMATIC",
    "accueil-de-loisirs-du-mercredi": "AUTOMATIC",
    "vacances-loisirs": "AUTOMATIC",
    "vacances-sport": "BY_AGENT",
}
CRITERIA = (
    ("accueil-de-loisirs-du-mercredi", "TWO_PARENTS_WORKING", "Deux parents en activité", 10),
    ("accueil-de-loisirs-du-mercredi", "SINGLE_PARENT_WORKING", "Parent seul en activité", 10),
    ("accueil-de-loisirs-du-mercredi", "SIBLING_PRESENT", "Frère ou sœur déjà accueilli", 5),
    ("vacances-loisirs", "TWO_PARENTS_WORKING", "Deux parents en activité", 10),
    ("vacances-loisirs", "SINGLE_PARENT_WORKING", "Parent seul en activité", 10),
    ("vacances-loisirs", "INTEGRATION", "Parcours d’insertion", 8),
)


def schools_for(households: int) -> tuple[SchoolPlan, ...]:
    """The four schools, and as many pairs more as a larger town needs (about sixty households a school)."""
    pairs = max(0, (households - 240 + 119) // 120)
    more = []
    for number in range(pairs):
        name = _NAMES[number % len(_NAMES)]
        again = number // len(_NAMES)
        suffix = "" if not again else f" {again + 1}"
        for level, kind, meals, care in (
            (SchoolLevel.NURSERY, "maternelle", 90, 60),
            (SchoolLevel.ELEMENTARY, "élémentaire", 140, 80),
        ):
            more.append(
                SchoolPlan(
                    f"{kind[0]}{number}",
                    f"École {kind} {name}{suffix}",
                    level,
                    f"{number + 1}, {name}",
                    meals,
                    care,
                )
            )
    return (*SCHOOLS, *more)


_NAMES = (
    "des Aubépines", "du Verger", "des Hirondelles", "de la Garenne", "des Coquelicots", "du Pré-Vert", "des Noyers",
    "de la Fontaine", "des Sorbiers", "du Belvédère", "des Mésanges", "de la Clairière", "des Peupliers", "du Gué",
)  # fmt: skip
