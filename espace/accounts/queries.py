"""Reading accounts: their grants, their sign-up, their own page."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from allauth.mfa.models import Authenticator
from django.db.models import Q

from espace.accounts import rules
from espace.accounts.enums import SignUpStep
from espace.accounts.models import CalendarAddress, RoleGrant, SignUpDraft, User
from espace.kernel import clock
from espace.kernel.actor import Actor, Channel, Grant, Permission
from espace.kernel.crypto import keyed_hash
from espace.kernel.errors import NotFound


def grants_of(user: User) -> tuple[Grant, ...]:
    """The grants valid today. 1 query."""
    today = clock.today()
    rows = RoleGrant.objects.filter(user=user, start__lte=today).filter(
        Q(end__isnull=True) | Q(end__gt=today)
    )
    return tuple(
        Grant(Permission(permission), kind, scope_id)
        for permission, kind, scope_id in rows.order_by("id").values_list(
            "permission", "scope_kind", "scope_id"
        )
    )


def username_of(typed: str) -> str:
    """The user name behind what is typed to sign in: an address that a single account holds gives its name, anything
    else is itself. ≤ 1 query."""
    if "@" not in typed:
        return typed
    names = list(
        User.objects.filter(email__iexact=typed.strip(), is_active=True)
        .order_by("id")
        .values_list("username", flat=True)[:2]
    )
    return names[0] if len(names) == 1 else typed


@dataclass(frozen=True, slots=True)
class Draft:
    """A sign-up under way, as its screens read it. `reached` is the first step still to be done."""

    token: str
    email: str
    verified: bool
    answers: dict[str, dict[str, str]]
    reached: SignUpStep
    code_sent_at: datetime | None
    done: bool

    def answer(self, step: SignUpStep) -> dict[str, str]:
        """What was said at a step, as checked; empty before."""
        return self.answers.get(step.value, {})

    def typed(self, step: SignUpStep) -> dict[str, str]:
        """What the page of a step shows: what was typed last, checked or not."""
        return self.answers.get(rules.typed_at(step)) or self.answer(step)


def draft_with(token: str) -> Draft | None:
    """The sign-up whose token the browser holds; None when there is none or it is too old. 1 query."""
    oldest = clock.now() - rules.DRAFT_LIFETIME
    row = SignUpDraft.objects.filter(token=token, updated_at__gt=oldest).first() if token else None
    return as_draft(row) if row else None


def as_draft(row: SignUpDraft) -> Draft:
    """A stored draft in the shape screens read. No query."""
    verified = row.email_verified_at is not None
    return Draft(
        token=row.token,
        email=row.email,
        verified=verified,
        answers=row.answers,
        reached=rules.next_step(email=row.email, verified=verified, answered=row.answers),
        code_sent_at=row.code_sent_at,
        done=row.user_id is not None,
    )


def usernames_at(email: str) -> list[str]:
    """The user names of the active accounts of an address, oldest first. 1 query."""
    rows = User.objects.filter(email__iexact=email, is_active=True).order_by("id")
    return list(rows.values_list("username", flat=True))


def free_username(first_name: str, last_name: str) -> str:
    """A user name that nobody has, made from the names. 1 query."""
    return free_username_like(rules.username_base(first_name, last_name))


def free_username_like(name: str) -> str:
    """That user name if nobody has it, else with the first number that makes it free. 1 query."""
    name = name[:55]
    taken = User.objects.filter(username__istartswith=name).order_by("id").values_list("username", flat=True)
    return rules.free_name(name, {other.lower() for other in taken})


@dataclass(frozen=True, slots=True)
class Account:
    """What « Mon compte » shows of one's own account."""

    user_id: int
    username: str
    email: str
    first_name: str
    last_name: str
    birth_date: date | None
    street: str
    street_extra: str
    postcode: str
    city: str
    phone: str
    wants_reminders: bool


def account_for(actor: Actor) -> Account:
    """The actor's own account; `NotFound` for a visitor. 1 query."""
    row = User.objects.filter(pk=actor.user_id).first() if actor.user_id else None
    if row is None:
        raise NotFound
    return Account(
        row.pk, row.username, row.email, row.first_name, row.last_name, row.birth_date,
        row.street, row.street_extra, row.postcode, row.city, row.phone, row.wants_reminders,
    )  # fmt: skip


# The private calendar --------------------------------------------------------------------------------------------

CALENDAR_PURPOSE = "calendar-address"


@dataclass(frozen=True, slots=True)
class CalendarHolder:
    """Whose calendar a secret address opens: that adult, without the powers an agent may have."""

    address_id: int
    actor: Actor
    with_limits: bool


def holder_of(secret: str) -> CalendarHolder | None:
    """Who made that address, if it still serves. 1 query."""
    row = (
        CalendarAddress.objects.filter(key_hash=keyed_hash(CALENDAR_PURPOSE, secret), user__is_active=True)
        .select_related("user")
        .order_by("id")
        .first()
    )
    if row is None:
        return None
    actor = Actor(row.user_id, str(row.user), Channel.PORTAL)
    return CalendarHolder(row.pk, actor, row.with_limits)


@dataclass(frozen=True, slots=True)
class OwnCalendar:
    """What one may read of one's own address: never the address itself."""

    made_at: datetime
    with_limits: bool


def own_calendar_for(actor: Actor) -> OwnCalendar | None:
    """The actor's calendar address, if they made one. 1 query."""
    if actor.user_id is None:
        return None
    row = CalendarAddress.objects.filter(user_id=actor.user_id).order_by("id").first()
    return OwnCalendar(row.made_at, row.with_limits) if row else None


def accounts_to_remind(user_ids: Collection[int]) -> set[int]:
    """Those of these accounts that have an address, are open, and did not turn reminders off. 1 query."""
    rows = User.objects.filter(pk__in=list(user_ids), is_active=True, wants_reminders=True).exclude(email="")
    return set(rows.order_by("id").values_list("id", flat=True))


def has_grants(user_id: int) -> bool:
    """Whether the account is an agent's today, second factor or not. 1 query."""
    user = User.objects.filter(pk=user_id).first()
    return user is not None and bool(grants_of(user))


def has_second_factor(actor: Actor) -> bool:
    """Whether the actor's account has a telephone set up. 1 query."""
    return bool(Authenticator.objects.filter(user_id=actor.user_id, type=Authenticator.Type.TOTP).exists())


def unused_recovery_codes(actor: Actor) -> list[str]:
    """The recovery codes not spent yet, empty when there are none. 1 query."""
    kept = Authenticator.objects.filter(user_id=actor.user_id, type=Authenticator.Type.RECOVERY_CODES).first()
    return list(kept.wrap().get_unused_codes()) if kept else []
