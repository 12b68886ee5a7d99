"""`manage.py banque --port N`: the demonstration bank, in a process of its own."""

from __future__ import annotations

import signal
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from espace.payments.providers.demo.bank import LATE, Bank, server


class Command(BaseCommand):
    help = "Joue la banque de démonstration (aucun argent)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8001)
        parser.add_argument("--late", type=float, default=LATE, help="secondes avant une réponse tardive")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.ENVIRONMENT.production:
            raise CommandError("La banque de démonstration n’existe pas en production.")
        desk = server(options["port"], Bank(settings.DATA_DIR / "banque.json", late=options["late"]))
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        self.stdout.write(f"Banque de démonstration sur http://127.0.0.1:{desk.server_address[1]}/")
        try:
            desk.serve_forever()
        except KeyboardInterrupt:
            pass
        finally:
            desk.server_close()
