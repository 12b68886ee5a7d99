"""Dates, hours and amounts as words: filters, plain text."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Protocol

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from espace.kernel import text as words

register = template.Library()


class HasCents(Protocol):
    """An amount: `espace.kernel.money.Money` or anything that counts cents."""

    @property
    def cents(self) -> int: ...


@register.filter
def money(value: int | HasCents | None) -> str:
    """Integer cents (or Money) as "12,40 €", with the narrow and plain no-break spaces of French."""
    if value is None:
        return ""
    return words.format_money(value if isinstance(value, int) else value.cents)


@register.filter
def date_long(value: date | None) -> str:
    """ "lundi 12 octobre 2026"; a moment is first brought to the town's time."""
    return "" if value is None else words.format_date_long(day_of(value))


@register.filter
def date_short(value: date | None) -> str:
    """The short date of `kernel.text`, for dense tables."""
    return "" if value is None else words.format_date_short(day_of(value))


@register.filter
def datetime_long(value: datetime | None) -> str:
    """ "lundi 12 octobre 2026 à 23 h 59", in the town's time."""
    return "" if value is None else words.format_datetime_long(local(value))


@register.filter
def hour(value: time | datetime | None) -> str:
    """ "23 h 59"."""
    if value is None:
        return ""
    return words.format_time(local(value).time() if isinstance(value, datetime) else value)


@register.filter
def email(value: object) -> SafeString:
    """An address that breaks, if it must, before its @ rather than in the middle of a word."""
    name, at, domain = str(value).partition("@")
    return format_html("{}<wbr>{}{}", name, at, domain) if at else format_html("{}", name)


@register.filter
def de_nom(value: object) -> str:
    """A name after a noun: "de Léo", "d’Ilyès"."""
    return words.de_nom(str(value))


@register.filter
def cap(value: object) -> str:
    """The first letter in capital, the rest untouched (unlike str.capitalize)."""
    text = str(value)
    return text[:1].upper() + text[1:]


def local(value: datetime) -> datetime:
    return localtime(value) if value.tzinfo else value


def day_of(value: date) -> date:
    return local(value).date() if isinstance(value, datetime) else value
