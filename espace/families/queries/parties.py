"""Who owes and who is told: the payer of a household, its name and address as printed, its adults' mailboxes."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db.models import F, QuerySet

from espace.families.enums import GuardianRole, MemberRole
from espace.families.models import Guardianship, Household, HouseholdMember, Party, ProtectionMeasure
from espace.families.queries.dated import valid_on
from espace.families.queries.visibility import hidden_pairs
from espace.kernel import clock
from espace.kernel.asking import asked_again


def debtors_of(household_ids: Collection[int]) -> dict[int, int]:
    """Household id -> party id of its payer, today: a PAYER_ONLY guardian of one of its children, else its first
    adult. A payer who lives in another home of the same child pays for that home only. A household without an
    adult and without a payer is left out. 5 queries at most."""
    today = clock.today()
    ids = list(household_ids)
    members = HouseholdMember.objects.filter(valid_on(today), household_id__in=ids).order_by("start", "id")
    first_adult: dict[int, int] = {}
    homes: dict[int, list[int]] = {}
    for household_id, person_id, role in members.values_list("household_id", "person_id", "role"):
        if role == MemberRole.ADULT:
            first_adult.setdefault(household_id, person_id)
        else:
            homes.setdefault(person_id, []).append(household_id)
    parties = dict(
        Party.objects.filter(person_id__in=first_adult.values()).order_by("id").values_list("person_id", "id")
    )
    debtors = {h: parties[person] for h, person in first_adult.items() if person in parties}
    payers = list(
        Guardianship.objects.filter(valid_on(today), child_id__in=homes, role=GuardianRole.PAYER_ONLY)
        .order_by("-id")
        .values_list("child_id", "party_id", "party__person_id")
    )
    elsewhere = _homes_of([person for _, _, person in payers if person])
    children_homes = _homes_of([child for child, _, _ in payers])
    for child_id, party_id, person_id in payers:
        own = elsewhere.get(person_id, set()) & children_homes.get(child_id, set()) if person_id else set()
        for household_id in homes[child_id]:
            if not own or household_id in own:
                debtors[household_id] = party_id
    return debtors


def debtor_snapshots(debtors: dict[int, int]) -> dict[int, dict[str, Any]]:
    """Names and address as printed today, to be frozen on invoices: {household id: party id} -> {household id:
    snapshot}, which holds `name`, `household`, `number`, `siret`, `street`, `street_extra`, `postcode`, `city`.
    A payer from whom someone of that household is protected reads neither its name, its number nor its address.
    4 queries; `Household.DoesNotExist`, `Party.DoesNotExist`."""
    households = {h.pk: h for h in Household.objects.filter(pk__in=debtors).order_by("id")}
    parties = {
        p.pk: p
        for p in Party.objects.filter(pk__in=debtors.values())
        .select_related("person", "organisation")
        .order_by("id")
    }
    apart = _kept_apart(
        {h: p.person_id for h, party in debtors.items() if (p := parties.get(party)) and p.person_id}
    )
    snapshots = {}
    for household_id, party_id in debtors.items():
        if household_id not in households:
            raise Household.DoesNotExist
        if party_id not in parties:
            raise Party.DoesNotExist
        household, party = households[household_id], parties[party_id]
        snapshots[household_id] = {
            "name": str(party),
            "household": household.name,
            "number": household.number,
            "siret": party.organisation.siret if party.organisation else "",
            "street": household.street,
            "street_extra": household.street_extra,
            "postcode": household.postcode,
            "city": household.city,
        }
        if household_id in apart:
            hidden = ("household", "number", "street", "street_extra", "postcode", "city")
            snapshots[household_id] |= dict.fromkeys(hidden, "")
    return snapshots


def _kept_apart(payers: dict[int, int]) -> set[int]:
    """The households of which someone is hidden from the person who pays for it and lives elsewhere. 1 query, 2 when
    someone is."""
    pairs = hidden_pairs(payers.values())
    if not pairs:
        return set()
    members = HouseholdMember.objects.filter(valid_on(clock.today()), household_id__in=payers).order_by("id")
    rows = list(members.values_list("household_id", "person_id"))
    at_home = set(rows) & set(payers.items())
    return {
        household_id
        for household_id, person_id in rows
        if person_id in pairs.get(payers[household_id], ())
        and (household_id, payers[household_id]) not in at_home
    }


def adults_to_notify(
    household_ids: Collection[int], *, for_bills: bool = False, about: Collection[int] | None = None
) -> dict[int, list[tuple[str, int | None, str]]]:
    """Household id -> [(e-mail, account id or None, first name)] of its adults who can be written to today.

    `about` are the children that the message speaks of: an adult from whom one of them is protected is left out. A
    caller that does not say (None) writes to nobody from whom a child of that household is protected. A bill says an
    amount and a date, and goes to whoever may see it.

    A linked adult is written to at the address of their account, another at the one on file; two adults who share
    a mailbox are written to once. With `for_bills`, those who may not see the bills are left out. 2 queries, 3 for bills.
    """
    hidden = _without_bills(household_ids) if for_bills else _out_of_sight(household_ids, about)
    found: dict[int, list[tuple[str, int | None, str]]] = {h: [] for h in household_ids}
    for row in _adults(household_ids, clock.today()):
        if (row.household_id, row.person_id) in hidden:
            continue
        user = row.person.user
        email = (user.email if user else "") or row.person.email
        already = {e.casefold() for e, _, _ in found[row.household_id]}
        if email and email.casefold() not in already:
            found[row.household_id].append((email, user.pk if user else None, row.person.first_name))
    return found


def accounts_of_adults(household_ids: Collection[int]) -> set[int]:
    """The accounts of those who are, or were, adults of these households. 1 query."""
    rows = HouseholdMember.objects.filter(
        household_id__in=list(household_ids), role=MemberRole.ADULT, person__user__isnull=False
    )
    return set(rows.order_by("id").values_list("person__user_id", flat=True))


@asked_again
def _adults(household_ids: Collection[int], day: date) -> QuerySet[HouseholdMember]:
    rows = HouseholdMember.objects.filter(
        valid_on(day), household_id__in=household_ids, role=MemberRole.ADULT
    )
    return rows.select_related("person__user").order_by("start", "id")


def household_names(household_ids: Collection[int]) -> dict[int, str]:
    """The name of each of these households, for who already lists something of theirs. 1 query."""
    return dict(
        Household.objects.filter(id__in=sorted(household_ids)).order_by("id").values_list("id", "name")
    )


def _out_of_sight(household_ids: Collection[int], about: Collection[int] | None) -> set[tuple[int, int]]:
    """(household, adult) from whom a child the message speaks of is protected. 1 query."""
    today = clock.today()
    rows = ProtectionMeasure.objects.filter(
        valid_on(today),
        valid_on(today, "hidden_from__memberships__"),
        hidden_from__memberships__household_id__in=list(household_ids),
    )
    if about is not None:
        rows = rows.filter(protected_id__in=list(about))
    else:
        rows = rows.filter(
            protected__memberships__household=F("hidden_from__memberships__household"),
            protected__memberships__role=MemberRole.CHILD,
        )
    return set(rows.order_by("id").values_list("hidden_from__memberships__household_id", "hidden_from_id"))


def _homes_of(person_ids: Collection[int]) -> dict[int, set[int]]:
    homes: dict[int, set[int]] = {}
    if person_ids:
        rows = HouseholdMember.objects.filter(valid_on(clock.today()), person_id__in=list(person_ids))
        for person_id, household_id in rows.order_by("id").values_list("person_id", "household_id"):
            homes.setdefault(person_id, set()).add(household_id)
    return homes


def _without_bills(household_ids: Collection[int]) -> set[tuple[int, int]]:
    """(household, adult) whose every link to the household's children says not to show the bills. 2 queries."""
    today = clock.today()
    children: dict[int, list[int]] = {}
    rows = HouseholdMember.objects.filter(
        valid_on(today), household_id__in=list(household_ids), role=MemberRole.CHILD
    )
    for household_id, child_id in rows.order_by("id").values_list("household_id", "person_id"):
        children.setdefault(child_id, []).append(household_id)
    sees: dict[tuple[int, int], bool] = {}
    links = Guardianship.objects.filter(valid_on(today), child_id__in=children, party__person__isnull=False)
    for child_id, person_id, can_view in links.order_by("id").values_list(
        "child_id", "party__person_id", "can_view_bills"
    ):
        for household_id in children[child_id]:
            key = (household_id, person_id)
            sees[key] = sees.get(key, False) or can_view
    return {key for key, can_view in sees.items() if not can_view}
