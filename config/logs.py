"""Structured logs: one JSON object a line, with the request's id and no personal data.

What is written: time, level, logger, event, request id, and for a request its route name (never its path,
which may hold a reference) with status and duration. Exceptions keep their type and stack, not their values.
"""

from __future__ import annotations

import json
import logging
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime

request_id: ContextVar[str] = ContextVar("request_id", default="-")
EXTRA_FIELDS = ("route", "status", "duration_ms", "task", "count")


class RequestIdFilter(logging.Filter):
    """Gives every record the id of the request it was written in."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get()
        return True


class JsonFormatter(logging.Formatter):
    """One line of JSON a record; the message's arguments are left out for Django's own request logger."""

    def format(self, record: logging.LogRecord) -> str:
        # django.request puts the path in its message, and a path may name a person's file
        event = record.getMessage() if not record.name.startswith("django.") else record.name
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "event": event,
            "request_id": getattr(record, "request_id", "-"),
        }
        line.update({name: getattr(record, name) for name in EXTRA_FIELDS if hasattr(record, name)})
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
            line["stack"] = [
                f"{frame.filename.rsplit('/', 3)[-1]}:{frame.lineno} {frame.name}"
                for frame in traceback.extract_tb(record.exc_info[2])
            ]
        return json.dumps(line, ensure_ascii=False)
