"""« Plus »: what a phone's bar has no room for, on a page of its own: it needs no script."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.support.cast import Character, make_account, signed_in

pytestmark = pytest.mark.django_db
OUT = 'method="post" action="/deconnexion/"'


def page(someone: Character, name: str) -> str:
    answer = someone.client.get(reverse(name))
    assert answer.status_code == 200
    return answer.content.decode()


def main(someone: Character, name: str) -> str:
    return page(someone, name).partition("<main")[2]


def test_the_bar_leads_to_the_menu_and_the_menu_to_the_way_out(alice: Character) -> None:
    assert 'href="/menu/"' in page(alice, "dashboard")
    menu = main(alice, "menu")
    for name in ("account", "family", "help", "simulator"):
        assert f'<li><a href="{reverse(name)}">' in menu, name
    assert "(PDF)" in menu
    assert OUT in menu


def test_who_is_not_linked_yet_finds_the_key_there() -> None:
    answer = signed_in(make_account("Léa", "Martin")).get(reverse("menu"))
    assert "Saisir ma Clé Enfance" in answer.content.decode()


def test_my_account_lets_one_leave(alice: Character) -> None:
    assert OUT in main(alice, "account")
