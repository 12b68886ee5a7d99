"""« Créer mon espace »: each refusal, what is written, what is told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from espace.accounts import errors, queries, services, tasks
from espace.accounts.enums import AttemptKind, SignUpStep
from espace.accounts.models import Attempt, SignUpDraft, User
from espace.accounts.queries import Draft
from espace.audit.models import AuditEvent
from espace.kernel.actor import VISITOR
from espace.notifications.enums import Lane
from espace.notifications.models import OutboxMessage

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=ZoneInfo("Europe/Paris"))
EMAIL = "lea.martin@exemple.fr"
ORIGIN = "ip:192.0.2.1"
CHOSEN = services.Credentials("lea.martin", "Tilleul-2026")

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def start(email: str = EMAIL, token: str = "", origin: str = ORIGIN) -> Draft:
    return services.start_sign_up(VISITOR, token=token, email=email, origin=origin)


def last_code() -> str:
    message = OutboxMessage.objects.filter(lane=Lane.CODE).order_by("-id")[0]
    found = re.search(r"\b(\d{3}) (\d{3})\b", message.body)
    assert found
    return found.group(1) + found.group(2)


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def verified(email: str = EMAIL) -> Draft:
    draft = start(email)
    return services.verify_code(VISITOR, token=draft.token, typed=last_code())


def ready(email: str = EMAIL, first: str = "Léa", last: str = "Martin") -> Draft:
    draft = verified(email)
    for step, answer in {
        SignUpStep.IDENTITY: {"first_name": first, "last_name": last, "birth_date": "1990-02-28"},
        SignUpStep.ADDRESS: {
            "street": "3, rue du Pré",
            "street_extra": "",
            "postcode": "99450",
            "city": "Clairval",
        },
        SignUpStep.CONTACT: {"phone": "06 39 98 12 34"},
    }.items():
        draft = services.save_answer(VISITOR, token=draft.token, step=step, answer=answer)
    return draft


def test_an_address_gets_a_code_in_the_priority_lane_and_nothing_is_an_account(clock: object) -> None:
    draft = start("  Lea.Martin@Exemple.FR ")
    message = OutboxMessage.objects.get()
    assert (message.recipient, message.lane) == ("Lea.Martin@exemple.fr", Lane.CODE)
    assert "15 minutes" in message.body
    assert "existe déjà" not in message.body
    assert draft.reached is SignUpStep.CODE
    assert not User.objects.exists()
    stored = SignUpDraft.objects.get()
    assert last_code() not in (stored.code_hash, str(stored.answers))
    assert stored.code_expires_at == NOON + timedelta(minutes=15)


@pytest.mark.parametrize(
    "typed", ["", "lea", "lea@", "@exemple.fr", "lea@exemple", "lea martin@exemple.fr", "léa@exemple.fr", "a@b@c.fr",
              f"{'a' * 250}@exemple.fr", "lea@exemple.fr\nBcc: x@y.fr", "😀@exemple.fr"],
)  # fmt: skip
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(errors.InvalidEmail):
        start(typed)
    assert not OutboxMessage.objects.exists()
    assert not SignUpDraft.objects.exists()


def test_a_known_address_gets_the_same_answer_and_its_user_names_by_mail_only(clock: object) -> None:
    unknown = start("inconnue@exemple.fr")
    services.finish_sign_up(VISITOR, token=ready().token, credentials=CHOSEN)
    OutboxMessage.objects.all().delete()
    known = start(EMAIL.upper())
    assert (known.reached, known.verified, known.answers) == (
        unknown.reached,
        unknown.verified,
        unknown.answers,
    )
    body = OutboxMessage.objects.get().body
    assert "Un espace existe déjà à cette adresse" in body
    assert "lea.martin" in body


def test_two_adults_may_share_a_mailbox(clock: time_machine.Traveller) -> None:
    services.finish_sign_up(VISITOR, token=ready().token, credentials=CHOSEN)
    clock.shift(120)
    other = ready(first="Ali")
    services.finish_sign_up(
        VISITOR, token=other.token, credentials=services.Credentials("ali.martin", "Tilleul-2026")
    )
    assert queries.usernames_at(EMAIL) == ["lea.martin", "ali.martin"]


def test_the_right_code_proves_the_address_and_dies(clock: object) -> None:
    draft = start()
    code = last_code()
    draft = services.verify_code(VISITOR, token=draft.token, typed=f" {code[:3]} {code[3:]} ")
    assert draft.verified
    assert SignUpDraft.objects.get().code_hash == ""
    assert services.verify_code(VISITOR, token=draft.token, typed="whatever").verified


def test_a_wrong_code_is_counted_though_refused(clock: object) -> None:
    draft = start()
    with pytest.raises(errors.WrongCode):
        services.verify_code(VISITOR, token=draft.token, typed=other_than(last_code()))
    assert SignUpDraft.objects.get().code_tries == 1


def test_five_wrong_tries_kill_the_code_even_for_the_right_one(clock: object) -> None:
    draft = start()
    code = last_code()
    for _ in range(4):
        with pytest.raises(errors.WrongCode):
            services.verify_code(VISITOR, token=draft.token, typed=other_than(code))
    for typed in (other_than(code), code):
        with pytest.raises(errors.CodeUsedUp):
            services.verify_code(VISITOR, token=draft.token, typed=typed)
    assert not queries.draft_with(draft.token).verified  # type: ignore[union-attr]


def test_a_code_dies_after_fifteen_minutes(clock: time_machine.Traveller) -> None:
    draft = start()
    code = last_code()
    clock.shift(timedelta(minutes=15))
    with pytest.raises(errors.CodeExpired):
        services.verify_code(VISITOR, token=draft.token, typed=code)


def test_a_code_serves_only_in_the_browser_that_asked(clock: object) -> None:
    start()
    code = last_code()
    stranger = start(EMAIL, origin="ip:192.0.2.2")
    assert code != last_code() or pytest.skip("one chance in a million")
    with pytest.raises(errors.WrongCode):
        services.verify_code(VISITOR, token=stranger.token, typed=code)


@pytest.mark.parametrize("token", ["", "nobody", "x" * 500])
def test_without_a_draft_nothing_is_verified(token: str) -> None:
    with pytest.raises(errors.DraftMissing):
        services.verify_code(VISITOR, token=token, typed="123456")
    with pytest.raises(errors.DraftMissing):
        services.resend_code(VISITOR, token=token, origin=ORIGIN)
    with pytest.raises(errors.DraftMissing):
        services.save_answer(VISITOR, token=token, step=SignUpStep.CONTACT, answer={})
    with pytest.raises(errors.DraftMissing):
        services.finish_sign_up(VISITOR, token=token, credentials=CHOSEN)


def test_another_code_waits_a_minute_then_replaces_the_first(clock: time_machine.Traveller) -> None:
    draft = start()
    first = last_code()
    clock.shift(40)
    with pytest.raises(errors.CodeTooSoon) as refused:
        services.resend_code(VISITOR, token=draft.token, origin=ORIGIN)
    assert "20 secondes" in str(refused.value)
    clock.shift(20)
    services.resend_code(VISITOR, token=draft.token, origin=ORIGIN)
    if first != last_code():
        with pytest.raises(errors.WrongCode):
            services.verify_code(VISITOR, token=draft.token, typed=first)
    assert services.verify_code(VISITOR, token=draft.token, typed=last_code()).verified


def test_an_address_is_not_flooded_whoever_asks(clock: object) -> None:
    for n in range(6):
        start(origin=f"ip:192.0.2.{n}")
    with pytest.raises(errors.TooManyCodes):
        start(origin="ip:192.0.2.99")
    assert OutboxMessage.objects.count() == 6


def test_tries_are_counted_over_all_the_codes_of_an_address(clock: object) -> None:
    for _ in range(20):
        services.note_attempt(AttemptKind.SIGN_UP_CODE, f"address:{EMAIL}")
    draft = start()
    with pytest.raises(errors.TooManyAttempts):
        services.verify_code(VISITOR, token=draft.token, typed=last_code())


def test_no_address_is_kept_in_clear_by_the_throttle(clock: object) -> None:
    start()
    assert {len(subject) for subject in Attempt.objects.values_list("subject", flat=True)} == {64}


def test_going_back_to_the_same_address_sends_nothing_again(clock: object) -> None:
    draft = start()
    start(token=draft.token)
    assert OutboxMessage.objects.count() == 1
    services.verify_code(VISITOR, token=draft.token, typed=last_code())
    assert start(EMAIL.upper(), token=draft.token).verified
    assert OutboxMessage.objects.count() == 1


def test_changing_the_address_asks_for_its_own_code_and_keeps_the_rest(clock: object) -> None:
    draft = ready()
    changed = start("autre@exemple.fr", token=draft.token)
    assert changed.token == draft.token
    assert changed.reached is SignUpStep.CODE
    assert changed.answers == draft.answers


def test_steps_come_in_order(clock: object) -> None:
    draft = verified()
    for step in (SignUpStep.ADDRESS, SignUpStep.CONTACT, SignUpStep.EMAIL, SignUpStep.CREDENTIALS):
        with pytest.raises(errors.StepMissing):
            services.save_answer(VISITOR, token=draft.token, step=step, answer={})
    with pytest.raises(errors.StepMissing):
        services.finish_sign_up(VISITOR, token=draft.token, credentials=CHOSEN)


def test_the_last_step_makes_the_account_journals_it_and_welcomes(clock: object) -> None:
    user = services.finish_sign_up(VISITOR, token=ready().token, credentials=CHOSEN)
    user.refresh_from_db()
    assert (user.username, user.email, str(user)) == ("lea.martin", EMAIL, "Léa Martin")
    assert (user.birth_date, user.city, user.phone) == (date(1990, 2, 28), "Clairval", "06 39 98 12 34")
    assert user.check_password("Tilleul-2026")
    event = AuditEvent.objects.get()
    assert (event.action, event.object_id, event.user_id) == ("accounts.sign_up", user.pk, user.pk)
    assert "Tilleul" not in str(event.payload)
    welcome = OutboxMessage.objects.get(lane=Lane.NOTICE)
    assert (welcome.recipient, welcome.user_id, welcome.kind) == (EMAIL, user.pk, "accounts.welcome")
    assert "lea.martin" in welcome.body
    assert SignUpDraft.objects.get().answers == {}


def test_the_last_step_sent_twice_makes_one_account(clock: object) -> None:
    draft = ready()
    first = services.finish_sign_up(VISITOR, token=draft.token, credentials=CHOSEN)
    again = services.finish_sign_up(VISITOR, token=draft.token, credentials=CHOSEN)
    assert first == again
    assert User.objects.count() == 1
    assert OutboxMessage.objects.filter(kind="accounts.welcome").count() == 1


def test_a_finished_draft_opens_the_account_to_nobody_else(clock: time_machine.Traveller) -> None:
    draft = ready()
    services.finish_sign_up(VISITOR, token=draft.token, credentials=CHOSEN)
    with pytest.raises(errors.DraftMissing):
        services.finish_sign_up(
            VISITOR, token=draft.token, credentials=services.Credentials("lea.martin", "Autre-2026")
        )
    clock.shift(timedelta(minutes=11))
    with pytest.raises(errors.DraftMissing):
        services.finish_sign_up(VISITOR, token=draft.token, credentials=CHOSEN)


def test_the_other_parent_begins_anew_in_the_same_browser(clock: object) -> None:
    draft = ready()
    services.finish_sign_up(VISITOR, token=draft.token, credentials=CHOSEN)
    assert start("ali@exemple.fr", token=draft.token).token != draft.token


@pytest.mark.parametrize("taken", ["lea.martin", "LEA.Martin"])
def test_a_taken_user_name_is_refused_whatever_its_case(taken: str, clock: object) -> None:
    services.finish_sign_up(VISITOR, token=ready().token, credentials=CHOSEN)
    other = ready("ali@exemple.fr")
    with pytest.raises(errors.UsernameTaken):
        services.finish_sign_up(
            VISITOR, token=other.token, credentials=services.Credentials(taken, "Tilleul-2026")
        )
    assert User.objects.count() == 1
    assert queries.free_username_like(taken).lower() == "lea.martin2"
    assert queries.free_username("Léa", "Martin") == "lea.martin2"


@pytest.mark.parametrize(
    "name", ["", "ab", "léa", "lea martin", "lea@exemple.fr", "a" * 61, "lea\x00", "😀😀😀"]
)
def test_a_bad_user_name_is_refused(name: str, clock: object) -> None:
    draft = ready()
    with pytest.raises(errors.UsernameInvalid):
        services.finish_sign_up(
            VISITOR, token=draft.token, credentials=services.Credentials(name, "Tilleul-2026")
        )
    assert not User.objects.exists()


@pytest.mark.parametrize(
    "password",
    [
        "",
        "Ab1-xyz",
        "tilleul2026",
        "TILLEUL2026",
        "Password1",
        "lea.martin1A",
        "a" * 201,
        "Lea.Martin@exemple.fr",
    ],
)
def test_a_weak_password_is_refused_with_its_reasons(password: str, clock: object) -> None:
    draft = ready()
    with pytest.raises(errors.WeakPassword) as refused:
        services.finish_sign_up(
            VISITOR, token=draft.token, credentials=services.Credentials("lea.martin", password)
        )
    assert refused.value.reasons
    assert not User.objects.exists()


@pytest.mark.parametrize(
    "password", ["Ab1-xyzt", "quatre grands chevaux verts dansent", "Été2026é", "😀Tilleul1"]
)
def test_a_password_of_three_kinds_or_a_long_phrase_is_taken(password: str, clock: object) -> None:
    user = services.finish_sign_up(
        VISITOR, token=ready().token, credentials=services.Credentials("lea.martin", password)
    )
    assert user.check_password(password)


def test_an_abandoned_draft_is_forgotten_after_seven_days(clock: time_machine.Traveller) -> None:
    old = ready()
    clock.shift(timedelta(days=6, hours=23))
    young = start("ali@exemple.fr")
    assert tasks.purge_drafts() == 0
    clock.shift(timedelta(hours=2))
    assert queries.draft_with(old.token) is None
    assert tasks.purge_drafts() == 1
    assert queries.draft_with(young.token) is not None
    assert Attempt.objects.count() <= 3


def test_an_account_outlives_its_draft(clock: time_machine.Traveller) -> None:
    services.finish_sign_up(VISITOR, token=ready().token, credentials=CHOSEN)
    clock.shift(timedelta(days=8))
    assert tasks.purge_drafts() == 1
    assert User.objects.count() == 1
