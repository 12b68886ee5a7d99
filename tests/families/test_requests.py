"""« Je n’ai pas de clé », and changes to the record."""

from __future__ import annotations

from datetime import date

import pytest

from espace.accounts.models import User
from espace.audit.models import AuditEvent
from espace.families import errors, services
from espace.families.enums import KeyRequestState
from espace.families.models import FamilyKey, Household, KeyRequest, RecordChange
from espace.families.queries import families_of_child_for
from espace.kernel.actor import Actor, Channel
from espace.kernel.errors import NotFound
from espace.notifications.models import OutboxMessage
from espace.town.models import Municipality
from tests.support.cast import make_account
from tests.support.family import Home


@pytest.fixture
def maud(home: Home) -> User:
    return make_account("Maud", "Ferrand")


def actor_of(user: User) -> Actor:
    return Actor(user.pk, str(user), Channel.PORTAL)


def ask(user: User, *, known: bool = True) -> KeyRequest:
    return services.request_key(
        actor_of(user),
        already_known=known,
        child_first_name="Maelys",
        child_last_name="Ferand Ouedraogo",
        child_birth_date=date(2018, 3, 4),
    )


def kinds() -> list[str]:
    return list(OutboxMessage.objects.order_by("id").values_list("kind", flat=True))


def test_one_open_request_per_account(home: Home, maud: User) -> None:
    ask(maud)
    with pytest.raises(errors.RequestAlreadyOpen):
        ask(maud)
    assert kinds() == ["families.key_request"]


def test_the_family_is_found_in_spite_of_a_slip(home: Home, maud: User, guichet: Actor) -> None:
    asked = ask(maud)
    found = families_of_child_for(
        guichet,
        first_name=asked.child_first_name,
        last_name=asked.child_last_name,
        birth_date=asked.child_birth_date,
    )
    assert [f.household for f in found] == [home.household]


def test_the_answer_makes_a_key_at_the_address_on_file(home: Home, maud: User, guichet: Actor) -> None:
    asked = ask(maud)
    key = services.answer_key_request(
        guichet,
        request_id=asked.pk,
        outcome=KeyRequestState.LETTER_SENT,
        household=home.household,
        adult=home.mother,
    )
    assert key is not None
    assert key.household == home.household
    assert kinds()[-1] == "families.key_request_answered"
    body = OutboxMessage.objects.order_by("-id")[0].body
    assert "rue des Écoles" not in body  # the mail says a letter leaves, not where
    assert AuditEvent.objects.filter(action="families.answer_key_request").count() == 1
    with pytest.raises(errors.RequestAlreadyAnswered):
        services.answer_key_request(
            guichet, request_id=asked.pk, outcome=KeyRequestState.REFUSED, answer="Non"
        )


def test_no_other_answer_without_a_sentence(home: Home, maud: User, guichet: Actor) -> None:
    asked = ask(maud, known=False)
    with pytest.raises(errors.ReasonRequired):
        services.answer_key_request(guichet, request_id=asked.pk, outcome=KeyRequestState.NEW_FAMILY)
    services.answer_key_request(
        guichet, request_id=asked.pk, outcome=KeyRequestState.NEW_FAMILY, answer="Passez au guichet."
    )
    assert not FamilyKey.objects.exists()
    ask(maud)  # another may be sent once the first is answered


def test_a_key_never_goes_to_the_other_parents_home(home: Home, maud: User, guichet: Actor) -> None:
    other = services.create_household(
        guichet, name="Autre", street="1, rue Basse", postcode="99450", city="C"
    )
    asked = ask(maud)
    with pytest.raises(errors.NotAnAdultHere):
        services.answer_key_request(
            guichet,
            request_id=asked.pk,
            outcome=KeyRequestState.LETTER_SENT,
            household=other,
            adult=home.mother,
        )
    asked.refresh_from_db()
    assert asked.state == KeyRequestState.OPEN


def linked(user: User, home: Home) -> Actor:
    home.mother.user = user
    home.mother.save()
    return actor_of(user)


def test_a_linked_account_asks_for_no_key(home: Home, maud: User) -> None:
    linked(maud, home)
    with pytest.raises(errors.AlreadyLinked):
        ask(maud)


def test_a_change_is_applied_and_told(home: Home, maud: User, guichet: Actor) -> None:
    changes = services.ask_record_change(
        linked(maud, home),
        household_id=home.household.pk,
        values={"street": "8, rue Neuve", "city": "Clairval"},
    )
    ids = [c.pk for c in changes]
    services.decide_record_change(guichet, change_ids=ids, apply=True)
    home.household.refresh_from_db()
    assert (home.household.street, home.household.city) == ("8, rue Neuve", "Clairval")
    assert kinds() == ["families.record_change"]
    with pytest.raises(errors.ChangeAlreadyDecided):
        services.decide_record_change(guichet, change_ids=ids, apply=True)


def test_a_refusal_says_why(home: Home, maud: User, guichet: Actor) -> None:
    change = services.ask_record_change(
        linked(maud, home),
        household_id=home.household.pk,
        person_id=home.mother.pk,
        values={"phone": "06 39 98 00 77"},
    )[0]
    with pytest.raises(errors.ReasonRequired):
        services.decide_record_change(guichet, change_ids=[change.pk], apply=False)
    services.decide_record_change(guichet, change_ids=[change.pk], apply=False, reason="Numéro incomplet")
    home.mother.refresh_from_db()
    assert home.mother.phone == "06 39 98 00 31"
    assert "Numéro incomplet" in OutboxMessage.objects.get().body


def test_a_town_may_trust_its_families(home: Home, maud: User) -> None:
    Municipality.objects.update(changes_need_review=False)
    services.ask_record_change(
        linked(maud, home),
        household_id=home.household.pk,
        person_id=home.mother.pk,
        values={"phone": "06 39 98 00 77"},
    )
    home.mother.refresh_from_db()
    assert home.mother.phone == "06 39 98 00 77"
    assert "0639980077" in home.mother.search_text


def test_asking_twice_keeps_one_task(home: Home, maud: User) -> None:
    actor = linked(maud, home)
    for street in ("8, rue Neuve", "9, rue Neuve"):
        services.ask_record_change(actor, household_id=home.household.pk, values={"street": street})
    assert RecordChange.objects.get().new_value == "9, rue Neuve"


def test_nobody_changes_what_is_not_theirs(home: Home, maud: User, guichet: Actor) -> None:
    other = services.create_household(
        guichet, name="Autre", street="1, rue Basse", postcode="99450", city="C"
    )
    actor = linked(maud, home)
    with pytest.raises(NotFound):
        services.ask_record_change(actor, household_id=other.pk, values={"street": "x"})
    with pytest.raises(NotFound):
        services.ask_record_change(
            actor,
            household_id=home.household.pk,
            person_id=home.father.pk,
            values={"phone": "06 39 98 00 77"},
        )
    with pytest.raises(NotFound):
        services.decide_record_change(actor, change_ids=[1], apply=True)
    with pytest.raises(NotFound):
        services.decide_record_change(guichet, change_ids=[10**15], apply=True)
    assert Household.objects.get(pk=other.pk).street == "1, rue Basse"
