"""The worker's round: what is done again and again, each thing at its own pace.

One job that fails is logged and tried again later; it never stops the others, nor the worker.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db import close_old_connections, connection

from espace.accounts import tasks as accounts
from espace.audit import services as audit
from espace.bookings import services as bookings
from espace.documents import services as documents
from espace.notifications import tasks as notifications
from espace.notifications.enums import Lane
from espace.operations import services
from espace.operations.proof import Nightly
from espace.payments import services as payments

log = logging.getLogger("espace.worker")
PAUSE = 0.5  # seconds between two rounds: a code leaves within two seconds of being written


@dataclass(slots=True)
class Job:
    """Something to do every so many seconds."""

    name: str
    every: float
    run: Callable[[], object]
    due: float = field(default=0.0)


def jobs() -> list[Job]:
    """The round: everything but what has a thread of its own (`own_lanes`)."""
    return [
        Job("heartbeat", 5, lambda: services.beat(worker_name())),
        Job("outbox", PAUSE, lambda: notifications.send_pending(limit=20)),
        Job("seal", 2, audit.seal_pending),
        Job("stale messages", 60, notifications.release_stale),
        Job("offers", 15, bookings.expire_offers),
        Job("waiting lists", 60, bookings.close_lists),
        Job("reminders", 600, bookings.send_reminders),
        Job("payment intents", 5, payments.poll_intents),
        Job("sign-up drafts", 600, accounts.purge_drafts),
        Job("ended sessions", 24 * 60 * 60, services.forget_ended),
        Job("documents", 3600, documents.purge),
    ]


def own_lanes() -> list[Job]:
    """The codes, that no slow notice may hold; the nightly proof, whose minutes must not hold the heartbeat."""
    return [
        Job("codes", PAUSE, lambda: notifications.send_pending(lane=Lane.CODE, limit=50)),
        Job("proof", 60, Nightly()),
    ]


def work_once() -> None:
    """One round of everything, at once: for tests and for people in a hurry."""
    for job in jobs():
        attempt(job)


def work(stop: threading.Event) -> None:
    """Rounds until told to stop; beside them, what no round may hold back, and what would hold a round back."""
    lanes = [
        threading.Thread(target=_repeat, args=(stop, job), name=job.name, daemon=True) for job in own_lanes()
    ]
    for lane in lanes:
        lane.start()
    round_of = jobs()
    while not stop.is_set():
        for job in round_of:
            if stop.is_set():
                break
            if time.monotonic() >= job.due:
                attempt(job)
                job.due = time.monotonic() + job.every
        stop.wait(PAUSE)
    lanes[0].join(timeout=1.5)  # a code half sent is finished; a proof, which only reads, is dropped
    connection.close()


def attempt(job: Job) -> None:
    """Runs a job; whatever happens, the next one has a working connection."""
    try:
        job.run()
    except Exception:
        log.exception("job failed", extra={"task": job.name})
        if not connection.in_atomic_block:  # a test's own transaction is left alone
            connection.close()
    if not connection.in_atomic_block:
        close_old_connections()


def _repeat(stop: threading.Event, job: Job) -> None:
    try:
        while not stop.is_set():
            attempt(job)
            stop.wait(job.every)
    finally:
        connection.close()


def worker_name() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"[:60]
