"""« Créer mon espace »: a draft of ours until the last step, which makes the account in one transaction."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from espace.accounts import errors, notices, rules
from espace.accounts.enums import AttemptKind, SignUpStep
from espace.accounts.models import SignUpDraft, User
from espace.accounts.passwords import refuse_weak_password
from espace.accounts.queries import Draft, as_draft, usernames_at
from espace.accounts.services.attempts import count_attempt
from espace.accounts.services.users import insert_user
from espace.audit.services import record
from espace.kernel import clock
from espace.kernel.actor import Actor
from espace.kernel.crypto import keyed_hash
from espace.kernel.db import write_transaction
from espace.kernel.text import has_forbidden_characters

HOUR = timedelta(hours=1)
CODES_PER_ADDRESS = 6
CODES_PER_ORIGIN = 60  # a town hall's or a school's public computers share one origin
TRIES_PER_ADDRESS = 20
LONGEST_TYPED = 300
REPLAY = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Credentials:
    """What the person chose to sign in with."""

    username: str
    password: str


def start_sign_up(actor: Actor, *, token: str, email: str, origin: str) -> Draft:
    """Begins, or goes on with, a sign-up at this address and sends its code; returns the draft.

    `token` is the browser's or "" for a new one; `origin` is throttled ("ip:…"). The answer is the same whether
    the address is known or not: only the message says so. An address already proved by this draft sends nothing.
    Raises InvalidEmail, TooManyCodes.
    """
    email = _valid_email(email)
    draft = _open_draft(token)
    if draft and draft.user_id:
        draft, token = None, ""  # that one is over: someone else of the home begins theirs
    if draft and draft.email.lower() == email.lower() and draft.email_verified_at:
        return as_draft(draft)
    if draft and draft.email.lower() == email.lower() and _has_live_code(draft):
        return as_draft(draft)  # back and forth between two pages asks for no other code
    _count_code(email, origin)
    with write_transaction():
        row = _locked(token)
        if row is None:
            row = SignUpDraft(token=secrets.token_urlsafe(32), created_at=clock.now())
        row.email, row.email_verified_at = email, None
        _send_new_code(row)
        row.step = as_draft(row).reached
        row.save()
    return as_draft(row)


def resend_code(actor: Actor, *, token: str, origin: str) -> Draft:
    """Sends another code, which replaces the last. Raises DraftMissing, CodeTooSoon (seconds), TooManyCodes."""
    draft = _open_draft(token)
    if draft is None or not draft.email:
        raise errors.DraftMissing
    _refuse_too_soon(draft)
    _count_code(draft.email, origin)
    with write_transaction():
        draft = _locked(token)
        if draft is None:
            raise errors.DraftMissing
        _refuse_too_soon(draft)
        _send_new_code(draft)
        draft.save()
    return as_draft(draft)


def verify_code(actor: Actor, *, token: str, typed: str) -> Draft:
    """Proves the address. A wrong try is counted even though it is refused.

    Raises DraftMissing, WrongCode, CodeExpired, CodeUsedUp, TooManyAttempts.
    """
    draft = _open_draft(token)
    if draft is None or not draft.email:
        raise errors.DraftMissing
    if draft.email_verified_at:
        return as_draft(draft)
    subject = f"address:{draft.email.lower()}"
    if not count_attempt(AttemptKind.SIGN_UP_CODE, subject, limit=TRIES_PER_ADDRESS, within=HOUR):
        raise errors.TooManyAttempts
    with write_transaction():
        draft = _locked(token)
        if draft is None:
            raise errors.DraftMissing
        refusal = _try_code(draft, typed)
        draft.updated_at = clock.now()
        draft.save()
    if refusal:
        raise refusal
    return as_draft(draft)


def save_answer(actor: Actor, *, token: str, step: SignUpStep, answer: dict[str, str]) -> Draft:
    """Keeps what a step was told, so that back and reload lose nothing. `answer` is plain, checked by the form.

    Raises DraftMissing, StepMissing when a step before it is not done.
    """
    with write_transaction():
        draft = _locked(token)
        if draft is None:
            raise errors.DraftMissing
        if step not in rules.ANSWERED or not rules.may_visit(step, as_draft(draft).reached):
            raise errors.StepMissing
        kept = {name: said for name, said in draft.answers.items() if name != rules.typed_at(step)}
        draft.answers = {**kept, step.value: answer}
        draft.step = as_draft(draft).reached
        draft.updated_at = clock.now()
        draft.save()
    return as_draft(draft)


def keep_typed(actor: Actor, *, token: str, step: SignUpStep, typed: dict[str, str]) -> None:
    """Keeps what is in a step's boxes when one goes back before it is done: shown again, never used unchecked.

    What is too long or holds signs no database keeps is left out. A draft that is gone or over keeps nothing.
    """
    said = {n: v for n, v in typed.items() if len(v) <= LONGEST_TYPED and not has_forbidden_characters(v)}
    with write_transaction():
        draft = _locked(token)
        if draft is None or draft.user_id or not rules.may_visit(step, as_draft(draft).reached):
            return
        draft.answers = {**draft.answers, rules.typed_at(step): said}
        draft.updated_at = clock.now()
        draft.save()


def finish_sign_up(actor: Actor, *, token: str, credentials: Credentials) -> User:
    """Makes the account, journals it and writes the welcome message; a draft makes one account, however often sent.

    Raises DraftMissing, StepMissing, UsernameInvalid, UsernameTaken, WeakPassword.
    """
    draft = _open_draft(token)
    if draft is None:
        raise errors.DraftMissing
    if draft.user_id is None:
        if as_draft(draft).reached is not SignUpStep.CREDENTIALS:
            raise errors.StepMissing
        _refuse_credentials(draft, credentials)
    with write_transaction():
        draft = _locked(token)
        if draft is None:
            raise errors.DraftMissing
        if draft.user_id is not None:
            return _already_made(draft, credentials)
        user = _make_user(draft, credentials)
        draft.user, draft.answers, draft.updated_at = user, {}, clock.now()
        draft.save()
        record(
            Actor(user.pk, str(user), actor.channel),
            "accounts.sign_up",
            object_kind="user",
            object_id=user.pk,
            payload={"username": user.username},
        )
        notices.welcome(user)
    return user


def purge_drafts() -> int:
    """Deletes the sign-ups left for seven days, done or not; the accounts stay. Returns how many."""
    with write_transaction():
        deleted, _ = SignUpDraft.objects.filter(updated_at__lte=clock.now() - rules.DRAFT_LIFETIME).delete()
    return deleted


# Inside ---------------------------------------------------------------------------------------------------------


def _valid_email(email: str) -> str:
    email = rules.tidy_email(email)
    try:
        validate_email(email)
    except ValidationError:
        raise errors.InvalidEmail from None
    if len(email) > 254:
        raise errors.InvalidEmail
    return email


def _open_draft(token: str) -> SignUpDraft | None:
    oldest = clock.now() - rules.DRAFT_LIFETIME
    return SignUpDraft.objects.filter(token=token, updated_at__gt=oldest).first() if token else None


def _locked(token: str) -> SignUpDraft | None:
    return SignUpDraft.objects.select_for_update().filter(token=token).first() if token else None


def _has_live_code(draft: SignUpDraft) -> bool:
    return _state(draft) is rules.CodeState.LIVE


def _state(draft: SignUpDraft) -> rules.CodeState:
    return rules.code_state(
        has_code=bool(draft.code_hash),
        expires_at=draft.code_expires_at,
        tries=draft.code_tries,
        now=clock.now(),
    )


def _count_code(email: str, origin: str) -> None:
    for subject, limit in ((f"address:{email.lower()}", CODES_PER_ADDRESS), (origin, CODES_PER_ORIGIN)):
        if not count_attempt(AttemptKind.SIGN_UP_EMAIL, subject, limit=limit, within=HOUR):
            raise errors.TooManyCodes


def _refuse_too_soon(draft: SignUpDraft) -> None:
    if seconds := rules.seconds_before_resend(draft.code_sent_at, clock.now()):
        raise errors.CodeTooSoon(seconds=seconds)


def _send_new_code(draft: SignUpDraft) -> None:
    """Six digits in the priority lane; only their keyed hash stays, bound to this draft and this address."""
    code = f"{secrets.randbelow(1_000_000):06d}"
    now = clock.now()
    draft.code_hash = _code_hash(draft, code)
    draft.code_sent_at, draft.code_expires_at, draft.code_tries = now, now + rules.CODE_LIFETIME, 0
    draft.updated_at = now
    notices.send_code(draft.email, code, usernames_at(draft.email))


def _code_hash(draft: SignUpDraft, code: str) -> str:
    return keyed_hash("sign-up-code", f"{draft.token}:{draft.email}:{code}")


def _try_code(draft: SignUpDraft, typed: str) -> errors.AccountRefusal | None:
    match _state(draft):
        case rules.CodeState.NONE | rules.CodeState.EXPIRED:
            return errors.CodeExpired()
        case rules.CodeState.USED_UP:
            return errors.CodeUsedUp()
    if hmac.compare_digest(draft.code_hash, _code_hash(draft, rules.digits_of(typed))):
        draft.email_verified_at, draft.code_hash, draft.code_expires_at = clock.now(), "", None
        draft.step = as_draft(draft).reached
        return None
    draft.code_tries += 1
    return errors.CodeUsedUp() if draft.code_tries >= rules.CODE_TRIES else errors.WrongCode()


def _refuse_credentials(draft: SignUpDraft, credentials: Credentials) -> None:
    if not rules.is_username(credentials.username):
        raise errors.UsernameInvalid
    identity = draft.answers[SignUpStep.IDENTITY.value]
    refuse_weak_password(
        credentials.password,
        username=credentials.username,
        email=draft.email,
        first_name=identity["first_name"],
        last_name=identity["last_name"],
    )


def _already_made(draft: SignUpDraft, credentials: Credentials) -> User:
    """The same form sent twice: the account that the first one made, to whoever knows what it was given."""
    user = draft.user
    if (
        user is None
        or draft.updated_at < clock.now() - REPLAY
        or not user.check_password(credentials.password)
    ):
        raise errors.DraftMissing
    return user


def _make_user(draft: SignUpDraft, credentials: Credentials) -> User:
    identity = draft.answers[SignUpStep.IDENTITY.value]
    user = User(
        username=credentials.username,
        email=draft.email,
        first_name=identity["first_name"],
        last_name=identity["last_name"],
        birth_date=date.fromisoformat(identity["birth_date"]),
        **draft.answers[SignUpStep.ADDRESS.value],
        **draft.answers[SignUpStep.CONTACT.value],
        date_joined=clock.now(),
    )
    user.set_password(credentials.password)
    insert_user(user)
    return user
