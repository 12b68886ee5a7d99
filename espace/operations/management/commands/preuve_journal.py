"""`manage.py preuve_journal`: re-proves the sealed journal (I40); exits 1 and says which link is broken."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from espace.audit import services


class Command(BaseCommand):
    help = "Vérifie que le journal scellé est entier et inchangé."

    def handle(self, *args: Any, **options: Any) -> None:
        while services.seal_pending():
            pass
        problems = services.prove()
        if problems:
            raise CommandError("\n".join(problems))
        self.stdout.write("Le journal est entier.")
