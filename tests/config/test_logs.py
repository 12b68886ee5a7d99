"""Logs are JSON lines with the request's id, and hold no personal data."""

from __future__ import annotations

import json
import logging
import sys

import pytest

from config.logs import JsonFormatter, RequestIdFilter, request_id

pytestmark = pytest.mark.pure


def line(record: logging.LogRecord) -> dict[str, object]:
    RequestIdFilter().filter(record)
    parsed: dict[str, object] = json.loads(JsonFormatter().format(record))
    return parsed


def test_a_line_carries_the_request_and_its_route() -> None:
    token = request_id.set("abc123")
    record = logging.makeLogRecord(
        {"msg": "request", "name": "espace.access", "route": "invoice", "status": 200}
    )
    try:
        found = line(record)
    finally:
        request_id.reset(token)
    assert (found["request_id"], found["route"], found["status"]) == ("abc123", "invoice", 200)


def test_a_path_logged_by_django_is_not_kept() -> None:
    record = logging.makeLogRecord(
        {"msg": "Not Found: %s", "args": ("/factures/RC-2026-000123/",), "name": "django.request"}
    )
    assert "RC-2026" not in json.dumps(line(record))


def test_an_exception_keeps_its_place_and_not_its_values() -> None:
    try:
        raise ValueError("alice@exemple.fr")
    except ValueError:
        record = logging.makeLogRecord({"msg": "failed", "name": "espace", "exc_info": sys.exc_info()})
    found = line(record)
    assert found["error"] == "ValueError"
    assert "alice@exemple.fr" not in json.dumps(found)
