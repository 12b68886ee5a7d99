"""What holds after every act, whatever it was: I1, I2, I7, I9 to I13, I15, checked on the rows themselves.

Each check names its invariant (`docs/rules/invariants.md`) in the sentence it fails with.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django.db.models import Q

from espace.attendance.queries import consumption
from espace.attendance.queries.proof import preuve as prove_absences
from espace.bookings.queries.proof import preuve as prove_places
from espace.bookings.queries.proof import preuve_events
from espace.families.models import CustodyArrangement, CustodyException, Guardianship
from espace.kernel.calendar import date_range
from espace.operations.proof import PROOFS
from tests.stateful.ledger import Ledger, holds, stored_as
from tests.stateful.seen import ACTIVE, EXPECTED, BookingSeen, SlotSeen, pools_seen
from tests.stateful.small_town import AFTER, FIRST, SmallTown

Rows = Mapping[int, BookingSeen]
Frozen = dict[int, tuple[datetime, bool, object]]
OTHERS = ("bills", "payments", "documents", "custody")


def as_told(ledger: Ledger, rows: Rows) -> None:
    """The database says what the families were told; each place offered is theirs until the second they read."""
    stored = stored_as(rows.values())
    assert stored == ledger.standing, f"not as told: {sorted(stored.items() ^ ledger.standing.items())}"
    until = {row.key: row.offer_until for row in rows.values() if row.state == "OFFERED"}
    assert until == ledger.until, "not the answer's limit that was told"


def places(ledger: Ledger, rows: Rows, slots: Mapping[int, SlotSeen], now: datetime) -> None:
    """I7, I10, I11: counted, never above the capacity, never idle while someone waits for them."""
    taken = Counter(slots[row.slot].pool for row in rows.values() if holds(row))
    waiting = Counter(slots[row.slot].pool for row in rows.values() if row.state == "WAITLISTED")
    for pool, counted in pools_seen().items():
        capacity = counted[0]
        assert counted[1:] == (taken[pool], waiting[pool]), (
            f"I10: pool {pool} {counted}, {taken[pool]}, {waiting[pool]}"
        )
        assert 0 <= taken[pool] <= capacity, f"I7, I10: pool {pool} holds {taken[pool]} of {capacity}"
        assert counted[1:] == (ledger.taken(pool), ledger.waiting(pool)), f"I10: pool {pool} is not as told"
    for row in rows.values():
        pool = slots[row.slot].pool
        idle = row.state == "WAITLISTED" and taken[pool] < ledger.capacity[pool]
        assert not (idle and ledger.offers(row.slot, now)), f"I11: booking {row.id} waits for a free place"


def one_at_a_time(rows: Iterable[BookingSeen], slots: Mapping[int, SlotSeen]) -> None:
    """I9, I12: once in a slot, and nowhere else at that hour."""
    active = [row for row in rows if row.state in ACTIVE]
    twice = [key for key, number in Counter(row.key for row in active).items() if number > 1]
    assert not twice, f"I9: {twice}"
    expected: dict[tuple[int, date], list[SlotSeen]] = defaultdict(list)
    for row in active:
        assert row.day == slots[row.slot].day, f"booking {row.id} is not of the day of its slot"
        if row.state not in EXPECTED:
            continue
        seen = slots[row.slot]
        others = expected[row.child, row.day]
        assert not any(seen.meets(other) for other in others), f"I12: child {row.child} twice on {row.day}"
        others.append(seen)


def enrolled(rows: Iterable[BookingSeen], today: date) -> None:
    """Whoever is expected, or waits, has the right to book that day; pending is the booking of a pending enrolment."""
    for row in rows:
        if row.state not in ACTIVE or row.day < today:
            continue
        assert row.enrolment_state in ("PENDING", "ACCEPTED"), (
            f"booking {row.id}: enrolment {row.enrolment_state}"
        )
        assert row.start <= row.day < row.end, f"booking {row.id} is outside its enrolment"
        if row.state in EXPECTED:
            pending = row.enrolment_state == "PENDING"
            assert pending == (row.state == "PENDING_ENROLMENT"), f"booking {row.id} is {row.state}"


def frozen(known: Frozen, rows: Rows) -> None:
    """I13: when it was asked, whether it was late and by which rule never change."""
    for pk, row in rows.items():
        is_now = (row.asked, row.late, row.rule)
        assert known.setdefault(pk, is_now) == is_now, f"I13: booking {pk} was {known[pk]}, is {is_now}"


def one_home(town: SmallTown) -> None:
    """I2: one arrangement, and one exception at most, for each child and day."""
    children = [child.pk for child in town.children]
    arrangements = CustodyArrangement.objects.filter(child_id__in=children).order_by("id")
    exceptions = CustodyException.objects.filter(child_id__in=children).order_by("id")
    spans = list(arrangements.values_list("child_id", "start", "end"))
    excepted = list(exceptions.values_list("child_id", "start", "end"))
    for child in children:
        for day in date_range(FIRST, AFTER):
            covering = sum(c == child and s <= day and (e is None or day < e) for c, s, e in spans)
            assert covering == 1, f"I2: {covering} arrangements for {child} on {day}"
            assert sum(c == child and s <= day < e for c, s, e in excepted) <= 1, f"I2: {child} on {day}"


def answered_for(town: SmallTown) -> None:
    """I1: each child has someone with authority."""
    for child in town.children:
        with_authority = Guardianship.objects.filter(
            Q(end=None) | Q(end__gt=FIRST), child=child, role="AUTHORITY"
        )
        assert with_authority.exists(), f"I1: {child.pk}"


def billed_once(town: SmallTown, slots: Mapping[int, SlotSeen], rows: Rows) -> None:
    """I15: one outcome and one effect for each child and slot."""
    found = consumption(town.town.office.pk, FIRST, AFTER)
    counted = Counter((c.booking.child_id, rows[c.booking.booking_id].slot) for c in found)
    twice = [key for key, number in counted.items() if number > 1]
    assert not twice, f"I15: billed twice {twice}"


def proved() -> None:
    """The proofs of what the machine changes at each act."""
    found = [*prove_places(), *preuve_events(), *prove_absences()]
    assert not found, f"preuve: {found}"


def all_proved() -> None:
    """Every other one, once at the end."""
    found = [sentence for name in OTHERS for sentence in PROOFS[name]()]
    assert not found, f"preuve: {found}"
