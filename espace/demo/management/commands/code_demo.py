"""`manage.py code_demo`: the codes that the telephones of the demonstration's agents show now, and next."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from espace.demo.accounts import AGENT, REGISSEUR, totp_code


class Command(BaseCommand):
    help = "Affiche le code à six chiffres du moment des agents de la démonstration."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.ENVIRONMENT.production:
            raise CommandError("La démonstration n’existe pas en production.")
        for account in (AGENT, REGISSEUR):
            now, following = (totp_code(account.totp_secret, periods_ahead=n) for n in (0, 1))
            codes = f"{now[:3]} {now[3:]}, puis {following[:3]} {following[3:]}"
            self.stdout.write(f"{codes}  {account.username} ({account.role.lower()})")
        self.stdout.write("Le code change toutes les 30 secondes et sert une seule fois.")
