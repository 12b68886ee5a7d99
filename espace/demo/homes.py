"""Draws the households of the town: a dozen made by hand, which show each case once, then as many as wanted."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random

from espace.demo import accounts, people
from espace.demo.events import AddChild, Adult, IssueKey, OpenHousehold, RedeemKey, Schooling, SignUp
from espace.demo.offer import TOWN
from espace.demo.people import Register
from espace.demo.school_calendar import Year
from espace.kernel.calendar import at, monday_of
from espace.town.enums import Grade

GRADES = tuple(Grade)
ELSEWHERE = ("99460", "Villers-le-Haut")
QUOTIENTS = (
    0,
    310,
    425,
    512,
    598,
    640,
    733,
    812,
    905,
    998,
    1150,
    1264,
    1390,
    1520,
    1688,
    1745,
    1900,
    2140,
    2600,
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a hand-made household must be; anything left out is drawn."""

    surname: str = ""
    adults: tuple[accounts.Account, ...] = ()
    couple: bool | None = None
    children: tuple[tuple[str, int], ...] = ()  # (first name, place of the grade)
    quotient: int | None = -1
    resident: bool = True
    packed_lunch: int = -1
    shares_with_next: int = -1  # the child who lives by turns with the next household
    halves: bool = False  # who spends half of each holiday with each parent
    linked: bool | None = None
    shared_mailbox: bool = False


HAND_MADE = (
    Wanted("Perrin", (accounts.LINKED_PARENT,), False, (("Léo", 6), ("Zélie", 2)), 812, shares_with_next=1, halves=True, linked=True),
    Wanted("Lebihan", (accounts.OTHER_PARENT,), False, (), 1520, linked=True),
    Wanted("Belkacem", (accounts.PARENT_WITH_KEY,), True, (("Ilyès", 4), ("Lina", 1)), 640, linked=False),
    Wanted("Tessier", couple=True, children=(("Marius", 7), ("Iris", 5), ("Gustave", 1)), quotient=425, linked=True),
    Wanted("Camara", couple=False, children=(("Fanta", 3),), quotient=0, linked=True),
    Wanted("Kowalczyk", couple=True, children=(("Élise", 5),), quotient=None, linked=False),
    Wanted("Vasseur", couple=True, children=(("Basile", 6), ("Romane", 4)), quotient=1264, resident=False, linked=True),
    Wanted("Ribeiro", couple=True, children=(("Salomé", 3),), quotient=998, packed_lunch=0, linked=True),
    Wanted("Nguyen", couple=True, children=(("Linh-Anh", 2), ("Noah", 6)), quotient=733, linked=True, shared_mailbox=True),
    Wanted("Maréchal", couple=True, children=(("Ambre", 3), ("Axel", 3), ("Louis", 0)), quotient=1745, linked=True),
    Wanted("Haddad", couple=False, children=(("Nour", 4), ("Adam", 2)), quotient=512, shares_with_next=0, linked=False),
    Wanted("Delcourt", couple=True, children=(("Suzanne", 1),), quotient=2140, linked=True),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Span:
    """The school years that the plan covers; grades are those of `current`, which holds today."""

    years: tuple[Year, ...]
    current: Year
    holidays: tuple[tuple[date, date], ...] = ()  # those that two homes may halve

    @property
    def first(self) -> Year:
        return self.years[0]


@dataclass(eq=False)
class Home:
    """A household drawn: its events, and who of it can act on the portal."""

    opened: OpenHousehold
    rng: Random
    children: list[AddChild] = field(default_factory=list)
    events: list[SignUp | IssueKey | RedeemKey] = field(default_factory=list)
    linked: str = ""
    is_left_alone: bool = False  # the family that the newcomer plays: nothing is booked for it yet


def draw_homes(count: int, seed: str, span: Span, sectors: list[tuple[str, str]], today: date) -> list[Home]:
    """`count` households; `sectors` are couples (nursery, elementary school).

    Each is drawn by its own generator: the first of a large town are those of a small one.
    """
    register, homes = Register(), []
    waiting: tuple[Home, Wanted] | None = None
    for number in range(count):
        rng = Random(f"{seed}:{number}")
        wanted = HAND_MADE[number] if number < len(HAND_MADE) else _drawn(rng)
        if number == count - 1:
            wanted = _alone(wanted)
        home = _home(number, wanted, rng, register, span.first)
        homes.append(home)
        if waiting is not None:
            before, asked = waiting
            before.children = _children(before, asked, span, sectors, partner=home)
            waiting = None
        if wanted.shares_with_next >= 0:
            waiting = (home, wanted)
        else:
            home.children = _children(home, wanted, span, sectors)
        _accounts(home, wanted, span.first, today)
    return homes


def _drawn(rng: Random) -> Wanted:
    last = rng.choice(people.SURNAMES)
    how_many = rng.choices((1, 2, 3), (40, 46, 14))[0]
    children = tuple((name, rng.randrange(8)) for name in rng.sample(people.CHILDREN, how_many))
    return Wanted(
        last,
        couple=rng.random() < 0.72,
        children=tuple(sorted(children, key=lambda child: -child[1])),
        quotient=None if rng.random() < 0.06 else rng.choice(QUOTIENTS) + rng.randrange(90),
        resident=rng.random() < 0.92,
        packed_lunch=0 if rng.random() < 0.03 else -1,
        shares_with_next=0 if rng.random() < 0.06 else -1,
        linked=rng.random() < 0.65,
    )


def _alone(wanted: Wanted) -> Wanted:
    """The last household has no next one to share a child with."""
    if wanted.shares_with_next < 0:
        return wanted
    return Wanted(
        wanted.surname, wanted.adults, wanted.couple, wanted.children, wanted.quotient, wanted.resident
    )


def _home(number: int, wanted: Wanted, rng: Random, register: Register, first: Year) -> Home:
    key = f"f{number:03d}"
    adults = [
        Adult(f"{key}a0", a.first_name, a.last_name, _grown(rng), a.email, register.phone(), a.username)
        for a in wanted.adults
    ]
    for account in wanted.adults:
        register.username(account.first_name, account.last_name)
    genders = [people.WOMEN, people.MEN] if rng.random() < 0.6 else [people.MEN, people.WOMEN]
    for place in range(len(adults), 2 if wanted.couple else 1):
        given = rng.choice(genders[place])
        last = rng.choice(people.SURNAMES) if place and rng.random() < 0.4 else wanted.surname
        username = register.username(given, last)
        mail = adults[0].email if place and wanted.shared_mailbox else f"{username}@exemple.fr"
        adults.append(Adult(f"{key}a{place}", given, last, _grown(rng), mail, register.phone(), username))
    street, extra = people.street(rng)
    day = date(first.start.year, 5, 4) + timedelta(days=rng.randrange(22))
    town = (TOWN["postcode"], TOWN["city"]) if wanted.resident else ELSEWHERE
    opened = OpenHousehold(
        _time(day, rng), key, " – ".join(dict.fromkeys(a.last_name for a in adults)), street, extra,
        str(town[0]), str(town[1]), tuple(adults), None if wanted.quotient is None else wanted.quotient * 100,
        wanted.resident,
    )  # fmt: skip
    return Home(opened, rng, is_left_alone=accounts.PARENT_WITH_KEY in wanted.adults)


def _grown(rng: Random) -> date:
    return date(rng.randrange(1978, 1997), rng.randrange(1, 13), rng.randrange(1, 28))


def _time(day: date, rng: Random) -> datetime:
    return at(day, time(rng.randrange(9, 17), rng.randrange(60), rng.randrange(60)))


def _children(
    home: Home, wanted: Wanted, span: Span, sectors: list[tuple[str, str]], partner: Home | None = None
) -> list[AddChild]:
    """The children, their grade being that of the current school year."""
    rng, key = home.rng, home.opened.key
    sector = sectors[rng.randrange(len(sectors))]
    found = []
    for place, (first_name, grade) in enumerate(wanted.children):
        born = date(span.current.start.year - 3 - grade, 1, 1) + timedelta(days=rng.randrange(364))
        is_shared = partner is not None and place == wanted.shares_with_next
        homes = (key, partner.opened.key) if partner is not None and is_shared else (key,)
        opened = max(home.opened.at, partner.opened.at) if partner is not None else home.opened.at
        last_name = home.opened.adults[-1].last_name
        if partner is not None and is_shared:
            last_name = f"{partner.opened.adults[0].last_name}-{home.opened.adults[0].last_name}"
        found.append(
            AddChild(
                opened + timedelta(minutes=2 + place), f"{key}c{place}", first_name, last_name, born, homes,
                monday_of(span.first.start) if is_shared else None, wanted.packed_lunch == place,
                tuple(_schoolings(grade, span, sector)), span.holidays if is_shared and wanted.halves else (),
            )
        )  # fmt: skip
    return found


def _schoolings(grade: int, span: Span, sector: tuple[str, str]) -> list[Schooling]:
    found = []
    for year in span.years:
        then = grade + year.start.year - span.current.start.year
        if 0 <= then < len(GRADES):
            found.append(Schooling(year.start, sector[0] if then < 3 else sector[1], GRADES[then]))
    return found


def _accounts(home: Home, wanted: Wanted, first: Year, today: date) -> None:
    """Who created an account in June and typed their key; the newcomers' own are of these last days: one parent has
    an account and a key, the other a key and no account yet."""
    rng, opened = home.rng, home.opened
    if home.is_left_alone:
        home.events = [
            _sign_up(opened, opened.adults[0], at(today - timedelta(days=4), time(20, 41))),
            *(
                IssueKey(at(today - timedelta(days=3), time(10, 12 + place)), opened.key, adult.key)
                for place, adult in enumerate(opened.adults)
            ),
        ]
        return
    if not wanted.linked:
        return
    home.linked = opened.adults[0].key
    for adult in opened.adults if wanted.shared_mailbox else opened.adults[:1]:
        day = date(first.start.year, 6, 8) + timedelta(days=rng.randrange(12))
        signed_up = at(day, time(rng.randrange(18, 23), rng.randrange(60), rng.randrange(60)))
        home.events += [
            IssueKey(_time(day - timedelta(days=7), rng), opened.key, adult.key),
            _sign_up(opened, adult, signed_up),
            RedeemKey(signed_up + timedelta(minutes=3), adult.key),
        ]


def _sign_up(home: OpenHousehold, adult: Adult, when: datetime) -> SignUp:
    return SignUp(when, adult, home.street, home.street_extra, home.postcode, home.city)
