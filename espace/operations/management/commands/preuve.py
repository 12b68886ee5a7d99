"""`manage.py preuve`: re-proves bills, payments, places and journal; a sentence for each broken row, exit 1."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from espace.operations.proof import broken


class Command(BaseCommand):
    help = "Vérifie que factures, paiements, places et journal se prouvent."

    def handle(self, *args: Any, **options: Any) -> None:
        problems = [sentence for found in broken().values() for sentence in found]
        if problems:
            raise CommandError("\n".join(problems))
        self.stdout.write("Tout se prouve.")
