"""The six digits of the demonstration's agents are those the second factor accepts."""

from __future__ import annotations

import re
from io import StringIO

import time_machine
from allauth.mfa.totp.internal.auth import validate_totp_code
from django.core.management import call_command

from espace.demo.accounts import AGENT, REGISSEUR, totp_code


def test_the_code_of_now_is_accepted_and_no_other() -> None:
    with time_machine.travel("2026-11-24 10:00:29+01:00", tick=False) as machine:
        now, following = totp_code(AGENT.totp_secret), totp_code(AGENT.totp_secret, periods_ahead=1)
        assert validate_totp_code(AGENT.totp_secret, now)
        assert not validate_totp_code(REGISSEUR.totp_secret, now)
        assert not validate_totp_code(AGENT.totp_secret, following)
        machine.shift(1)
        assert validate_totp_code(AGENT.totp_secret, following)


def test_the_command_tells_the_code_of_now_and_the_next() -> None:
    with time_machine.travel("2026-11-24 10:00:29+01:00", tick=False):
        told = StringIO()
        call_command("code_demo", stdout=told)
        for account in (AGENT, REGISSEUR):
            line = next(row for row in told.getvalue().splitlines() if account.username in row)
            found = [a + b for a, b in re.findall(r"(\d{3}) (\d{3})", line)]
            assert found == [totp_code(account.totp_secret, periods_ahead=n) for n in (0, 1)]
