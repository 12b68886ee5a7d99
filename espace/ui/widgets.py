"""Native pickers: the browser speaks the person's language, the value travels in ISO form."""

from __future__ import annotations

from typing import Any

from django import forms


class DateInput(forms.DateInput):
    """`<input type="date">`; `min` and `max` go in `attrs`, in ISO form."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class TimeInput(forms.TimeInput):
    """`<input type="time">`, to the minute."""

    input_type = "time"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%H:%M")


class MonthInput(forms.DateInput):
    """`<input type="month">`, for filters."""

    input_type = "month"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m")
