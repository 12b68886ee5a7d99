"""The five accounts that `bin/demo` prints, and the six digits an agent's telephone would show.

Importable before Django is ready: the browser journeys, the bench and the screenshots sign in with them.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

import django
from django.apps import apps

PASSWORD = "Tanneries-2026"  # noqa: S105 - of a town that does not exist, refused in production


@dataclass(frozen=True, slots=True)
class Account:
    """Someone who can sign in to the demonstration. `totp_secret` is base32; agents alone have one."""

    role: str
    username: str
    password: str
    full_name: str
    email: str
    totp_secret: str = ""

    @property
    def first_name(self) -> str:
        return self.full_name.partition(" ")[0]

    @property
    def last_name(self) -> str:
        return self.full_name.partition(" ")[2]


LINKED_PARENT = Account(
    "Parent dont le compte est déjà lié à sa famille",
    "camille.perrin",
    PASSWORD,
    "Camille Perrin",
    "camille.perrin@exemple.fr",
)
PARENT_WITH_KEY = Account(
    "Parent qui a un compte et une Clé Enfance toute neuve",
    "nadia.belkacem",
    PASSWORD,
    "Nadia Belkacem",
    "nadia.belkacem@exemple.fr",
)
OTHER_PARENT = Account(
    "Autre parent d’un enfant en résidence alternée",
    "yann.lebihan",
    PASSWORD,
    "Yann Lebihan",
    "yann.lebihan@exemple.fr",
)
AGENT = Account(
    "Agent du guichet unique",
    "sylvie.marchand",
    PASSWORD,
    "Sylvie Marchand",
    "sylvie.marchand@clairval-sur-aune.example",
    "KRUGKICRNZUXC5LFEBUWG2JAMFWGYZJA",
)
REGISSEUR = Account(
    "Régisseur",
    "karim.duval",
    PASSWORD,
    "Karim Duval",
    "karim.duval@clairval-sur-aune.example",
    "ONUWK4RAMRSXGIDUMFXG4ZLSNFSXG4ZA",
)
ACCOUNTS = (LINKED_PARENT, PARENT_WITH_KEY, OTHER_PARENT, AGENT, REGISSEUR)


def totp_code(secret: str, *, periods_ahead: int = 0) -> str:
    """The six digits of now by allauth's own sums, hence by the machine's own clock, which `ESPACE_NOW` does not move.

    The same code is accepted once, and until its half minute ends: wait for the next to sign in again.
    """
    if not apps.ready:  # a picture or a bench signs in from outside Django, and allauth only exists within
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
        django.setup()
    from allauth.mfa.totp.internal import auth

    counters = list(auth.yield_hotp_counters_from_time())  # as many after now as before
    now = counters[len(counters) // 2]
    return str(auth.format_hotp_value(auth.hotp_value(secret, now + periods_ahead)))
