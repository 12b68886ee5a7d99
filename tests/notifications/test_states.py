"""What became of a message: seen by its family and by the agents; sent again by them."""

from __future__ import annotations

import pytest
import time_machine

from espace.audit.models import AuditEvent
from espace.kernel.errors import NotFound
from espace.notifications import queries
from espace.notifications.enums import Lane, MessageState
from espace.notifications.errors import NothingToResend
from espace.notifications.models import OutboxMessage
from espace.notifications.services import enqueue, resend, send_batch
from espace.notifications.transport import NotAccepted
from tests.notifications.test_services import Recorder
from tests.portal.test_booking_month import text
from tests.support.cast import Character

MAIL = "/agents/courriels/"


@pytest.fixture
def refused(alice: Character) -> OutboxMessage:
    """A message to Alice that her mailbox refused for good."""
    message = enqueue(
        recipient=alice.user.email,
        kind="test",
        subject="Votre facture",
        body="Bonjour",
        user_id=alice.user.pk,
        household_id=alice.household.pk,
    )
    send_batch(Recorder(NotAccepted("550 5.1.1", permanent=True)))
    message.refresh_from_db()
    assert message.state == MessageState.FAILED
    return message


def test_a_parent_reads_their_own_messages_and_what_became_of_them(
    alice: Character, bob: Character, refused: OutboxMessage
) -> None:
    enqueue(recipient=alice.user.email, kind="test", subject="Bienvenue", body="…", user_id=alice.user.pk)
    page = text(alice.client.get("/mon-compte/"))
    assert "Bienvenue en cours d’envoi" in page
    assert "Votre facture non remis l’adresse n’existe pas, ou plus, alice@exemple.fr" in page
    send_batch(Recorder())
    assert "Bienvenue envoyé le mardi 24 novembre 2026 à 10 h" in text(alice.client.get("/mon-compte/"))
    for other in (bob,):
        assert "Votre facture" not in text(other.client.get("/mon-compte/"))


def test_a_message_that_waits_says_when_it_is_tried_again(
    alice: Character, frozen: time_machine.Traveller
) -> None:
    enqueue(recipient=alice.user.email, kind="test", subject="Bienvenue", body="…", user_id=alice.user.pk)
    send_batch(Recorder(NotAccepted("451 4.3.0", permanent=False)))
    assert "en cours d’envoi nouvel essai le mardi 24 novembre 2026 à 10 h 01" in text(
        alice.client.get("/mon-compte/")
    )


def test_a_code_is_never_shown(alice: Character, denise: Character) -> None:
    enqueue(
        recipient="a@exemple.fr",
        kind="accounts.new_email_code",
        subject="123 456 : votre code",
        body="123456",
        lane=Lane.CODE,
        user_id=alice.user.pk,
        household_id=alice.household.pk,
    )
    for page in (
        alice.client.get("/mon-compte/"),
        denise.client.get(f"/agents/familles/{alice.household.pk}/"),
    ):
        assert "123" not in re_codes(text(page))
    assert "Un code ou un lien pour votre compte" in text(alice.client.get("/mon-compte/"))


def re_codes(page: str) -> str:
    """What stands beside the words « un code »."""
    return page[page.index("Un code") - 40 : page.index("Un code") + 80]


def test_the_guichet_finds_it_on_the_home_page_and_on_the_file(
    denise: Character, alice: Character, refused: OutboxMessage
) -> None:
    assert "1 courriel non remis" in text(denise.client.get("/agents/"))
    page = text(denise.client.get(MAIL))
    assert "L’adresse n’existe pas, ou plus." in page
    assert alice.household.name in page
    file = text(denise.client.get(f"/agents/familles/{alice.household.pk}/"))
    assert "Votre facture non remis l’adresse n’existe pas, ou plus" in file


def test_it_is_sent_again_to_the_address_of_today(
    denise: Character, alice: Character, refused: OutboxMessage
) -> None:
    alice.user.email = "alice.moreau@exemple.org"
    alice.user.save()
    assert "à alice.moreau@exemple.org, son adresse d’aujourd’hui" in text(denise.client.get(MAIL))
    answer = denise.client.post(f"{MAIL}{refused.pk}/renvoyer/", follow=True)
    assert "Le courriel repart vers alice.moreau@exemple.org." in text(answer)
    carrier = Recorder()
    send_batch(carrier)
    assert carrier.to == ["alice.moreau@exemple.org"]
    refused.refresh_from_db()
    assert (refused.state, refused.attempts, refused.last_error) == (MessageState.SENT, 1, "")
    event = AuditEvent.objects.get(action="notifications.resend")
    assert (event.household_id, event.user_id) == (alice.household.pk, denise.user.pk)
    assert "@" not in str(event.payload)
    assert "renvoie un courriel" in text(denise.client.get(f"/agents/familles/{alice.household.pk}/"))


def test_what_left_is_not_sent_twice(denise: Character, refused: OutboxMessage) -> None:
    url = f"{MAIL}{refused.pk}/renvoyer/"
    denise.client.post(url)
    assert denise.client.post(url).status_code == 404
    with pytest.raises(NothingToResend):
        resend(denise.actor, message_id=refused.pk, recipient=refused.recipient)
    assert AuditEvent.objects.filter(action="notifications.resend").count() == 1


def test_a_code_is_not_sent_again(denise: Character, refused: OutboxMessage) -> None:
    OutboxMessage.objects.update(lane=Lane.CODE)
    assert queries.failed_count_for(denise.actor) == 0
    with pytest.raises(NothingToResend):
        resend(denise.actor, message_id=refused.pk, recipient=refused.recipient)


def test_only_the_guichet_sees_the_queue(alice: Character, remi: Character, refused: OutboxMessage) -> None:
    for who in (alice, remi):
        assert who.client.get(MAIL).status_code == 404
        assert who.client.post(f"{MAIL}{refused.pk}/renvoyer/").status_code == 404
        assert queries.failed_for(who.actor) == []
        with pytest.raises(NotFound):
            resend(who.actor, message_id=refused.pk, recipient="voleur@exemple.org")
    refused.refresh_from_db()
    assert refused.state == MessageState.FAILED


def test_nothing_personal_is_logged(
    denise: Character, refused: OutboxMessage, caplog: pytest.LogCaptureFixture
) -> None:
    denise.client.post(f"{MAIL}{refused.pk}/renvoyer/")
    send_batch(Recorder(NotAccepted("550 5.1.1", permanent=True)))
    assert refused.recipient not in caplog.text


def test_the_queue_costs_few_queries(
    denise: Character, refused: OutboxMessage, django_assert_max_num_queries: object
) -> None:
    with django_assert_max_num_queries(10):  # type: ignore[operator]
        denise.client.get(MAIL)
