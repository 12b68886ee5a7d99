"""`manage.py demo`: loads the demonstration town, or says how to sign in to it."""

from __future__ import annotations

import os
import sys
import time
from argparse import BooleanOptionalAction
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import QuerySet

from espace.billing.services.maintenance import open_switch
from espace.demo.accounts import ACCOUNTS, PARENT_WITH_KEY, totp_code
from espace.demo.builder import build, key_of
from espace.demo.bulk import build_in_bulk
from espace.demo.plan import TooFewHouseholds, make_plan
from espace.demo.school_calendar import CalendarNotPublished
from espace.families.models import FamilyKey, Household, Person
from espace.kernel import clock
from espace.kernel.db import write_transaction
from espace.town.models import Municipality

LARGE = 200
FULL = "La base contient déjà une ville. Pour tout effacer et repartir : manage.py demo --reset"


def empty() -> None:
    """Erases everything, issued invoices included, which nothing else may do."""
    with write_transaction(), open_switch("manage.py demo --reset"):
        call_command("flush", interactive=False, verbosity=0)


def _adults_with_a_key() -> QuerySet[Person]:
    """Those of the demonstration whose key nobody has typed, revoked or printed yet."""
    ready = FamilyKey.objects.filter(
        used_at__isnull=True, revoked_at__isnull=True, letter_made_at__isnull=True
    )
    return Person.objects.filter(pk__in=ready.values("adult_id")).order_by("id")


class Command(BaseCommand):
    help = "Charge la ville de démonstration (aucune personne réelle)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--reset", action="store_true", help="efface d'abord toute la base")
        parser.add_argument("--accounts", action="store_true", help="affiche seulement les comptes")
        parser.add_argument("--households", type=int, default=40, help="nombre de foyers (40)")
        parser.add_argument("--bulk", action=BooleanOptionalAction, help="en masse (d'office au-delà de 200)")
        parser.add_argument("--quiet", action="store_true", help="n'affiche rien")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.ENVIRONMENT.production:
            raise CommandError("La démonstration n’existe pas en production.")
        if options["accounts"]:
            self._accounts()
            return
        if Municipality.objects.exists() or Household.objects.exists():
            if not options["reset"]:
                raise CommandError(FULL)
            empty()
        started = time.monotonic()
        try:
            plan = make_plan(clock.today(), options["households"])
        except TooFewHouseholds:
            raise CommandError("La démonstration compte au moins 12 foyers.") from None
        except CalendarNotPublished as unknown:
            raise CommandError(str(unknown)) from None
        in_bulk = options["bulk"] if options["bulk"] is not None else plan.households > LARGE
        write = build_in_bulk if in_bulk else build
        write(plan, self._silence if options["quiet"] else self._progress)
        if not options["quiet"]:
            self.stdout.write(f"\n{plan.households} foyers en {time.monotonic() - started:.0f} s.")

    def _silence(self, done: int, of: int) -> None:
        """Says nothing."""

    def _progress(self, done: int, of: int) -> None:
        step = max(1, of // 20)
        if done % step == 0 or done == of:
            sys.stderr.write(f"\rVille de démonstration : {100 * done // of} %")
            sys.stderr.flush()

    def _accounts(self) -> None:
        say = self.stdout.write
        say("\nComptes de démonstration (aucune personne réelle)\n")
        for account in ACCOUNTS:
            say(f"\n  {account.role}")
            say(f"    Nom d’utilisateur : {account.username}")
            say(f"    Mot de passe      : {account.password}")
            if account is PARENT_WITH_KEY:
                say(f"    Clé Enfance       : {self._key(account.full_name)}")
            if account.totp_secret:
                code = totp_code(account.totp_secret)
                say(f"    Second facteur    : {account.totp_secret}")
                say(f"    Code du moment    : {code[:3]} {code[3:]}")
            if account is PARENT_WITH_KEY:
                self._without_account()
        say("\nCode suivant d’un agent : .venv/bin/python manage.py code_demo")
        say(f"E-mails (le plus récent est le dernier) : {os.path.relpath(settings.MAIL_DIR)}/")

    def _without_account(self) -> None:
        """The other parent of the same family: a key, and no account."""
        others = _adults_with_a_key().exclude(user__isnull=False).exclude(email=PARENT_WITH_KEY.email)
        for person in others:
            self.stdout.write("\n  L’autre parent, sans compte encore (créez un espace, puis tapez sa clé)")
            self.stdout.write(f"    Nom               : {person}")
            self.stdout.write(f"    Clé Enfance       : {self._key(str(person))}")

    def _key(self, name: str) -> str:
        person = next((p for p in _adults_with_a_key() if str(p) == name), None)
        return key_of(person) if person is not None else "déjà utilisée, annulée, ou partie par courrier"
