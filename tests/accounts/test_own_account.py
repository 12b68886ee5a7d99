"""« Mon compte » and « mot de passe oublié »."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from espace.accounts import errors, services
from espace.accounts.models import User
from espace.audit.models import AuditEvent
from espace.kernel.actor import VISITOR, Actor, Channel
from espace.notifications.enums import Lane
from espace.notifications.models import OutboxMessage
from tests.support.cast import PASSWORD, make_account

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=ZoneInfo("Europe/Paris"))
NEW = "Erable-2027"
ORIGIN = "ip:192.0.2.1"

pytestmark = pytest.mark.django_db


@pytest.fixture
def lea() -> User:
    return make_account("Léa", "Martin")


@pytest.fixture
def actor(lea: User) -> Actor:
    return Actor(lea.pk, str(lea), Channel.PORTAL)


def actions() -> list[str]:
    return list(AuditEvent.objects.order_by("id").values_list("action", flat=True))


def links() -> list[str]:
    body = OutboxMessage.objects.get(kind="accounts.forgotten").body
    return re.findall(r"/mot-de-passe-oublie/([\w.-]+)/", body)


def test_a_password_changes_and_its_owner_is_told(actor: Actor, lea: User) -> None:
    services.change_password(actor, current=PASSWORD, new=NEW)
    lea.refresh_from_db()
    assert lea.check_password(NEW)
    assert actions() == ["accounts.change_password"]
    message = OutboxMessage.objects.get()
    assert (message.recipient, message.kind) == (lea.email, "accounts.changed")
    assert NEW not in message.body + str(list(AuditEvent.objects.order_by("id").values()))


def test_a_password_does_not_change_without_the_current_one(actor: Actor, lea: User) -> None:
    with pytest.raises(errors.WrongPassword):
        services.change_password(actor, current="autre", new=NEW)
    with pytest.raises(errors.WeakPassword):
        services.change_password(actor, current=PASSWORD, new="court")
    lea.refresh_from_db()
    assert lea.check_password(PASSWORD)
    assert not OutboxMessage.objects.exists()
    assert actions() == []


def test_the_current_password_is_not_guessed_for_ever(actor: Actor) -> None:
    for _ in range(10):
        with pytest.raises(errors.WrongPassword):
            services.refuse_wrong_password(actor, "autre")
    with pytest.raises(errors.TooManyAttempts):
        services.refuse_wrong_password(actor, PASSWORD)


def test_the_right_password_is_never_counted_as_a_try(actor: Actor) -> None:
    for _ in range(15):
        services.refuse_wrong_password(actor, PASSWORD)


def test_a_user_name_changes(actor: Actor, lea: User) -> None:
    services.change_username(actor, current=PASSWORD, username="Lea-59")
    lea.refresh_from_db()
    assert lea.username == "Lea-59"
    assert AuditEvent.objects.get().payload == {"before": "lea", "after": "Lea-59"}
    assert "Lea-59" in OutboxMessage.objects.get().body


def test_only_the_case_of_a_user_name_may_change(actor: Actor, lea: User) -> None:
    services.change_username(actor, current=PASSWORD, username="LEA")
    lea.refresh_from_db()
    assert lea.username == "LEA"


@pytest.mark.parametrize(
    ("username", "refusal"), [("l a", errors.UsernameInvalid), ("ALI", errors.UsernameTaken)]
)
def test_a_user_name_is_refused(
    actor: Actor, lea: User, username: str, refusal: type[errors.AccountRefusal]
) -> None:
    make_account("Ali", "Martin")
    with pytest.raises(refusal):
        services.change_username(actor, current=PASSWORD, username=username)
    with pytest.raises(errors.WrongPassword):
        services.change_username(actor, current="autre", username="lea-59")
    lea.refresh_from_db()
    assert lea.username == "lea"


def new_code() -> str:
    body = OutboxMessage.objects.get(kind="accounts.new_email_code").body
    found = re.search(r"\b(\d{3}) (\d{3})\b", body)
    assert found
    return found.group(1) + found.group(2)


def test_an_address_changes_once_its_code_is_typed(actor: Actor, lea: User) -> None:
    pending = services.ask_email_change(actor, current=PASSWORD, email=" nouvelle@EXEMPLE.fr")
    code = OutboxMessage.objects.get()
    assert (code.recipient, code.lane) == ("nouvelle@exemple.fr", Lane.CODE)
    lea.refresh_from_db()
    assert lea.email == "lea@exemple.fr"
    services.confirm_email_change(actor, pending=pending, typed=new_code())
    lea.refresh_from_db()
    assert lea.email == "nouvelle@exemple.fr"
    told = OutboxMessage.objects.get(kind="accounts.changed")
    assert told.recipient == "lea@exemple.fr"
    assert actions() == ["accounts.change_email"]


def test_an_address_does_not_change_without_its_code(actor: Actor, lea: User) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        pending = services.ask_email_change(actor, current=PASSWORD, email="nouvelle@exemple.fr")
        wrong = f"{(int(new_code()) + 1) % 1_000_000:06d}"
        for _ in range(5):
            with pytest.raises(errors.WrongCode):
                services.confirm_email_change(actor, pending=pending, typed=wrong)
        with pytest.raises(errors.CodeUsedUp):
            services.confirm_email_change(actor, pending=pending, typed=new_code())
        clock.shift(timedelta(minutes=15))
        with pytest.raises(errors.CodeExpired):
            services.confirm_email_change(actor, pending=pending, typed=new_code())
    lea.refresh_from_db()
    assert lea.email == "lea@exemple.fr"


def test_another_account_cannot_use_the_code(actor: Actor) -> None:
    ali = make_account("Ali", "Martin")
    pending = services.ask_email_change(actor, current=PASSWORD, email="nouvelle@exemple.fr")
    with pytest.raises(errors.WrongCode):
        services.confirm_email_change(
            Actor(ali.pk, str(ali), Channel.PORTAL), pending=pending, typed=new_code()
        )


def test_changing_address_is_refused_in_words(actor: Actor) -> None:
    with pytest.raises(errors.InvalidEmail):
        services.ask_email_change(actor, current=PASSWORD, email="nouvelle")
    with pytest.raises(errors.WrongPassword):
        services.ask_email_change(actor, current="autre", email="nouvelle@exemple.fr")
    for _ in range(5):
        services.ask_email_change(actor, current=PASSWORD, email="nouvelle@exemple.fr")
    with pytest.raises(errors.TooManyCodes):
        services.ask_email_change(actor, current=PASSWORD, email="nouvelle@exemple.fr")


def test_contact_details_change_and_only_what_changed_is_journaled(actor: Actor, lea: User) -> None:
    contact = services.Contact("3, rue du Pré", "", "99450", "Clairval", "06 39 98 12 34")
    services.change_contact(actor, contact=contact)
    services.change_contact(actor, contact=contact)
    lea.refresh_from_db()
    assert (lea.street, lea.phone) == ("3, rue du Pré", "06 39 98 12 34")
    assert [e.payload for e in AuditEvent.objects.order_by("id")] == [
        {"fields": ["street", "postcode", "city", "phone"]}
    ]


@pytest.mark.parametrize("typed", ["lea@exemple.fr", " LEA@Exemple.fr ", "lea", "LEA"])
def test_what_is_forgotten_comes_by_mail_with_a_link_an_account(lea: User, typed: str) -> None:
    make_account("Ali", "Martin", email="lea@exemple.fr")
    services.send_identifiers(VISITOR, typed=typed, origin=ORIGIN)
    message = OutboxMessage.objects.get()
    assert message.recipient == "lea@exemple.fr"
    assert "    lea\n" in message.body
    assert "    ali\n" in message.body
    assert len(links()) == 2


@pytest.mark.parametrize("typed", ["inconnue@exemple.fr", "inconnue", "", "@", "x" * 254])
def test_nothing_is_sent_nor_said_for_an_unknown_one(lea: User, typed: str) -> None:
    services.send_identifiers(VISITOR, typed=typed, origin=ORIGIN)
    assert not OutboxMessage.objects.exists()


def test_a_closed_account_gets_no_link(lea: User) -> None:
    User.objects.update(is_active=False)
    services.send_identifiers(VISITOR, typed="lea", origin=ORIGIN)
    assert not OutboxMessage.objects.exists()


def test_a_mailbox_is_not_flooded(lea: User) -> None:
    for _ in range(5):
        services.send_identifiers(VISITOR, typed="lea", origin=ORIGIN)
    with pytest.raises(errors.TooManyAttempts):
        services.send_identifiers(VISITOR, typed="LEA", origin=ORIGIN)
    assert OutboxMessage.objects.count() == 5


def test_a_link_changes_the_password_once(lea: User) -> None:
    services.send_identifiers(VISITOR, typed="lea", origin=ORIGIN)
    (link,) = links()
    assert services.reset_link_is_live(link)
    assert services.reset_link_is_live(link), "looking changes nothing"
    with pytest.raises(errors.WeakPassword):
        services.reset_password(VISITOR, link=link, password="court")
    services.reset_password(VISITOR, link=link, password=NEW)
    lea.refresh_from_db()
    assert lea.check_password(NEW)
    assert actions() == ["accounts.send_identifiers", "accounts.reset_password"]
    assert OutboxMessage.objects.filter(kind="accounts.changed").count() == 1
    with pytest.raises(errors.LinkDead):
        services.reset_password(VISITOR, link=link, password="Autre-2027")


def test_a_link_dies_after_an_hour(lea: User) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        services.send_identifiers(VISITOR, typed="lea", origin=ORIGIN)
        (link,) = links()
        clock.shift(timedelta(minutes=59))
        assert services.reset_link_is_live(link)
        clock.shift(timedelta(minutes=2))
        assert not services.reset_link_is_live(link)


@pytest.mark.parametrize(
    "link", ["", ".", "x", "MQ.abc", "MQ", "é.é", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5.abc-def", "\x00.\x00"]
)
def test_a_made_up_link_is_dead(lea: User, link: str) -> None:
    assert not services.reset_link_is_live(link)
    with pytest.raises(errors.LinkDead):
        services.reset_password(VISITOR, link=link, password=NEW)


def test_a_link_opens_only_its_own_account(lea: User) -> None:
    ali = make_account("Ali", "Martin")
    services.send_identifiers(VISITOR, typed="lea", origin=ORIGIN)
    (link,) = links()
    services.send_identifiers(VISITOR, typed="ali", origin=ORIGIN)
    other = OutboxMessage.objects.get(recipient=ali.email).body
    stolen = re.findall(r"/mot-de-passe-oublie/([\w-]+)\.", other)[0] + "." + link.partition(".")[2]
    assert not services.reset_link_is_live(stolen)
