"""What the agents' pages of absences say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.urls import reverse

from espace.attendance.enums import Consequence, Proof
from espace.attendance.queries import (
    AbsenceView,
    ActivityPolicies,
    Dated,
    SiteAbsences,
    absences_on_for,
    proofs_to_check_count_for,
)
from espace.attendance.rules import Policy
from espace.backoffice.absences.forms import ANCHORS, PROOFS, UNITS
from espace.kernel.actor import Actor, Permission
from espace.kernel.calendar import ONE_DAY
from espace.kernel.text import format_date_short, format_time, plural_fr
from espace.ui.items import Tab

ISO_LENGTH = 10
A_YEAR = timedelta(days=366)


def tabs(actor: Actor, current: str) -> list[Tab]:
    """The pages this agent may open. 1 query for an agent of health."""
    found = []
    if actor.may(Permission.FAMILIES_READ):
        found.append(Tab("Absences du jour", reverse("agent_absences"), current == "day"))
    if actor.may(Permission.HEALTH):
        count = proofs_to_check_count_for(actor)
        found.append(Tab("Justificatifs à lire", reverse("agent_proofs"), current == "proofs", count))
    if actor.may(Permission.ACTIVITIES):
        found.append(Tab("Règles", reverse("agent_absence_policies"), current == "rules"))
    return found


@dataclass(frozen=True, slots=True)
class Row:
    child: str
    household_id: int
    formula: str
    announced: str
    back_on: date
    place: str


@dataclass(frozen=True, slots=True)
class Site:
    venue: str
    count: str
    rows: list[Row]


@dataclass(frozen=True, slots=True)
class Day:
    """The absences of a day, and the addresses of its neighbours."""

    day: date
    is_today: bool
    previous: str
    following: str
    sites: list[Site]


def day_of(actor: Actor, day: date, today: date) -> Day:
    return Day(
        day=day,
        is_today=day == today,
        previous=(day - ONE_DAY).isoformat(),
        following=(day + ONE_DAY).isoformat(),
        sites=[_site(site, today) for site in absences_on_for(actor, day)],
    )


def day_asked(text: str, today: date) -> date:
    """The day an address names; today when it names none that can be."""
    try:
        day = date.fromisoformat(text) if len(text) == ISO_LENGTH else today
    except ValueError:
        return today
    return day if abs(day - today) < A_YEAR else today


def _site(site: SiteAbsences, today: date) -> Site:
    n = site.children
    rows = []
    for row in site.rows:
        at = row.announced_at
        when = "aujourd’hui" if at.date() == today else f"le {format_date_short(at.date())}"
        place = "place gardée" if row.is_kept else "place rendue"
        said = f"{when} à {format_time(at)}"
        rows.append(Row(row.child, row.household_id, row.formula, said, row.back_on, place))
    return Site(site.venue, f"{n} {plural_fr(n, 'enfant absent', 'enfants absents')}", rows)


@dataclass(frozen=True, slots=True)
class ProofCard:
    """A proof to read: whose, of which days, whether it is late, what it would excuse."""

    view: AbsenceView
    is_late: bool
    excuses: str


def proof_cards(views: list[AbsenceView]) -> list[ProofCard]:
    found = []
    for view in views:
        due = [line for line in view.lines if line.why]
        free = sum(1 for line in due if line.consequence is Consequence.FREE)
        late = view.prove_by is not None and view.received_at is not None and view.received_at > view.prove_by
        words = f"{free} sur {len(due)} {plural_fr(len(due), 'prestation due', 'prestations dues')}"
        found.append(ProofCard(view, late, words))
    return found


@dataclass(frozen=True, slots=True)
class PolicyRow:
    activity_id: int
    activity: str
    now: str
    coming: list[str]


def policy_rows(found: list[ActivityPolicies]) -> list[PolicyRow]:
    return [
        PolicyRow(
            one.activity_id,
            one.activity,
            words_of(one.now.policy) if one.now else "Une absence ne change pas le prix.",
            [_coming(dated) for dated in one.coming],
        )
        for one in found
    ]


def words_of(policy: Policy) -> str:
    """A rule in sentences."""
    unit, anchor = UNITS.get(policy.unit, ""), ANCHORS[policy.anchor]
    first = (
        f"{PROOFS[policy.proof]}, sous {policy.delay} {unit} après le {anchor}\u00a0: {_due(policy.carence)}."
    )
    if policy.refused_after == policy.delay:
        return f"{first} Ensuite, tout reste dû."
    late = _due(max(policy.carence, policy.late_carence))
    return f"{first} Jusqu’à {policy.refused_after} {unit}\u00a0: {late}. Ensuite, tout reste dû."


def _due(days: int) -> str:
    if not days:
        return "rien n’est facturé"
    return f"{days} {plural_fr(days, 'jour reste dû', 'jours restent dus')}"


def initial_of(found: ActivityPolicies, today: date) -> dict[str, object]:
    """What the form begins with: the rule of today, or a usual one."""
    policy = (
        found.now.policy
        if found.now
        else Policy(Proof.CERTIFICATE, delay=3, refused_after=10, late_carence=2)
    )
    return {
        "proof": policy.proof.value,
        "delay": policy.delay,
        "refused_after": policy.refused_after,
        "unit": policy.unit.value,
        "anchor": policy.anchor.value,
        "carence": policy.carence,
        "late_carence": policy.late_carence,
        "start": today,
    }


def _coming(dated: Dated) -> str:
    return f"À partir du {format_date_short(dated.start)} {dated.start.year} : {words_of(dated.policy)}"
