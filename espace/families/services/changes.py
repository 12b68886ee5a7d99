"""Changes to the record: asked by a family, or seen when a key is used; decided by the guichet, never overwritten."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from espace.accounts.models import User
from espace.audit.services import record
from espace.families import notices, rules
from espace.families.enums import ChangeState
from espace.families.errors import ChangeAlreadyDecided, NothingToChange, ReasonRequired
from espace.families.models import Household, Person, RecordChange
from espace.families.queries import own_household_for, person_for, person_of
from espace.families.services.common import locked_household, require
from espace.kernel import clock
from espace.kernel.actor import Actor, Permission
from espace.kernel.db import write_transaction
from espace.kernel.errors import NotFound
from espace.kernel.text import N_, normalise
from espace.town.queries import changes_need_review

ADDRESS = ("street", "street_extra", "postcode", "city")
CONTACT = ("phone", "email")
NAMES = ("first_name", "last_name")
LABELS = {
    "street": N_("Adresse"),
    "street_extra": N_("Complément d’adresse"),
    "postcode": N_("Code postal"),
    "city": N_("Commune"),
    "phone": N_("Téléphone"),
    "email": N_("Adresse e-mail"),
    "first_name": N_("Prénom"),
    "last_name": N_("Nom"),
}


def ask_record_change(
    actor: Actor, *, household_id: int, values: Mapping[str, str], person_id: int | None = None
) -> list[RecordChange]:
    """Asks to change columns of the household (`person_id` None: ADDRESS) or of one adult (CONTACT, NAMES).

    A parent changes their own household and themselves; an agent acting, any adult of that household. Waits for
    the guichet where the town says so, else (or when an agent asks) applied at once. The same column asked again
    replaces what was waiting. `NothingToChange`, `NotFound`; an unknown column is a `ValueError`.
    """
    if actor.user_id is None:
        raise NotFound
    allowed = ADDRESS if person_id is None else CONTACT + NAMES
    if not set(values) <= set(allowed):
        raise ValueError("not a column that a family may change")
    own_household_for(actor, household_id)
    person = person_for(actor, person_id) if person_id is not None else None
    own = person_of(actor)
    if person is not None and actor.on_behalf_of is None and (own is None or own.pk != person.pk):
        raise NotFound
    with write_transaction():
        household = locked_household(household_id)
        changes = note_changes(actor, household, person, values)
        if not changes:
            raise NothingToChange
        record(
            actor,
            "families.ask_record_change",
            object_kind="person" if person else "household",
            object_id=person_id if person else household_id,
            household_id=household_id,
            payload={"fields": sorted(c.field for c in changes)},
        )
        if actor.may(Permission.FAMILIES_WRITE) or not changes_need_review():
            _apply(changes)
            _settle(changes, ChangeState.APPLIED, "")
    return changes


def decide_record_change(
    actor: Actor, *, change_ids: Sequence[int], apply: bool, reason: str = ""
) -> list[RecordChange]:
    """Applies or refuses changes asked together (the columns of one address); the asker is told by e-mail.

    `ReasonRequired` to refuse without one; `ChangeAlreadyDecided` when one of them is no longer waiting.
    """
    require(actor, Permission.FAMILIES_WRITE)
    if not apply and not reason:
        raise ReasonRequired
    with write_transaction():
        changes = list(RecordChange.objects.select_for_update().filter(pk__in=change_ids).order_by("id"))
        if not changes or len(changes) != len(set(change_ids)):
            raise NotFound
        if len({(c.household_id, c.person_id, c.asked_by_id) for c in changes}) != 1:
            raise NotFound
        if any(c.state != ChangeState.PENDING for c in changes):
            raise ChangeAlreadyDecided
        if apply:
            _apply(changes)
        _settle(changes, ChangeState.APPLIED if apply else ChangeState.REFUSED, reason)
        first = changes[0]
        record(
            actor,
            "families.apply_change" if apply else "families.refuse_change",
            object_kind="person" if first.person_id else "household",
            object_id=first.person_id or first.household_id,
            household_id=first.household_id,
            payload={"fields": sorted(c.field for c in changes)},
            reason=reason,
        )
        labels = [LABELS.get(c.field, c.field) for c in changes]
        notices.record_change_decided(
            first.asked_by, first.household_id, labels, applied=apply, reason=reason
        )
    return changes


def note_changes(
    actor: Actor, household: Household, person: Person | None, values: Mapping[str, str]
) -> list[RecordChange]:
    """Writes a waiting change for each column that differs from the record; inside the caller's transaction."""
    target: Household | Person = person or household
    waiting = {
        c.field: c
        for c in RecordChange.objects.select_for_update()
        .filter(household=household, person=person, state=ChangeState.PENDING)
        .order_by("id")
    }
    noted = []
    for name, value in values.items():
        known = getattr(target, name)
        if same(name, known, value):
            continue
        change = waiting.get(name) or RecordChange(household=household, person=person, field=name)
        change.old_value, change.new_value = known, value[:250]
        change.asked_by_id = actor.user_id or 0
        change.asked_at = clock.now()
        change.save()
        noted.append(change)
    return noted


def note_differences(actor: Actor, user: User, household: Household, person: Person) -> list[RecordChange]:
    """What the adult typed in their account against the record: each difference is a task, nothing is overwritten.

    What the account leaves empty says nothing; an address is compared, and noted, as a whole.
    """
    typed = {name: getattr(user, name) for name in NAMES + CONTACT if getattr(user, name)}
    changes = note_changes(actor, household, person, typed)
    if user.street and user.city:
        address = {name: getattr(user, name) for name in ADDRESS}
        if any(not same(name, getattr(household, name), address[name]) for name in ADDRESS):
            changes += note_changes(actor, household, None, address)
    return changes


def same(name: str, known: str, value: str) -> bool:
    """Whether two ways of writing say the same: case, accents, dashes and spaces set apart, digits for a phone."""
    if name == "phone":
        return "".join(c for c in known if c.isdigit()) == "".join(c for c in value if c.isdigit())
    if name == "email":
        return known.casefold() == value.casefold()
    return normalise(known) == normalise(value)


def _apply(changes: Sequence[RecordChange]) -> None:
    targets: dict[tuple[str, int], Household | Person] = {}
    for change in changes:
        owner: Household | Person = change.person or change.household
        target = targets.setdefault((type(owner).__name__, owner.pk), owner)
        setattr(target, change.field, change.new_value)
    for target in targets.values():
        if isinstance(target, Person):
            target.search_text = rules.person_search_text(
                target.first_name, target.last_name, target.email, target.phone
            )
        target.save()


def _settle(changes: Sequence[RecordChange], state: ChangeState, reason: str) -> None:
    for change in changes:
        change.state, change.decided_at, change.reason = state, clock.now(), reason[:500]
        change.save(update_fields=["state", "decided_at", "reason"])
