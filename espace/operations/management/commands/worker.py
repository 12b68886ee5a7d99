"""`manage.py worker`: sends messages, seals the journal, asks the bank, purges drafts; stops cleanly on SIGTERM."""

from __future__ import annotations

import signal
import threading
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand

from espace.operations import tasks


class Command(BaseCommand):
    help = (
        "Envoie les messages, scelle le journal, interroge la banque ; s’arrête proprement (Ctrl-C, SIGTERM)."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()

        def ask_to_stop(signum: int, frame: FrameType | None) -> None:
            stop.set()

        signal.signal(signal.SIGTERM, ask_to_stop)
        signal.signal(signal.SIGINT, ask_to_stop)
        self.stdout.write("Le travail de fond est lancé.")
        self.stdout.flush()
        tasks.work(stop)
        self.stdout.write("Le travail de fond est arrêté.")
