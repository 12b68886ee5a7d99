"""What `{% field %}` and `{% error_summary %}` need to know about a Django form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.safestring import SafeString

LISTS = (forms.RadioSelect, forms.CheckboxSelectMultiple)


@dataclass(frozen=True, slots=True)
class Choice:
    """One radio button or checkbox of a list."""

    tag: SafeString
    label: str
    hint: str


@dataclass(frozen=True, slots=True)
class Point:
    """One thing to correct: where (an element id, or nothing for the whole form) and what."""

    target: str
    label: str
    message: str


def described_by(bound: BoundField, *, has_hint: bool, has_known: bool) -> str:
    """The ids that describe the control, in reading order: hint, what is known, error."""
    parts = (("hint", has_hint), ("known", has_known and not bound.errors), ("err", bool(bound.errors)))
    return " ".join(f"{bound.auto_id}-{name}" for name, shown in parts if shown)


def target_of(bound: BoundField) -> str:
    """The id a link of the error summary leads to: the control, or the first one of a list."""
    first = isinstance(bound.field.widget, (*LISTS, forms.MultiWidget))
    return f"{bound.auto_id}_0" if first else bound.id_for_label or str(bound.auto_id)


def points_to_correct(form: forms.BaseForm) -> list[Point]:
    """Every error of a bound form, in the order of the page; those of the whole form come first."""
    points = [Point("", "", str(error)) for error in form.non_field_errors()]
    for bound in form:
        where, label = ("", "") if bound.is_hidden else (target_of(bound), str(bound.label))
        points += [Point(where, label, str(error)) for error in bound.errors]
    return points


@dataclass(frozen=True, slots=True)
class Control:
    """The control of a field with the attributes the design system gives it."""

    bound: BoundField
    described: str
    autocomplete: str = ""
    inputmode: str = ""
    size: str = ""

    @property
    def shape(self) -> str:
        """How the template lays it out: list, group, check, password or plain."""
        widget = self.bound.field.widget
        if isinstance(widget, LISTS):
            return "list"
        if isinstance(widget, forms.CheckboxInput):
            return "check"
        if widget.use_fieldset and not isinstance(widget, forms.FileInput):
            return "group"
        return "password" if isinstance(widget, forms.PasswordInput) else "plain"

    @property
    def attrs(self) -> dict[str, Any]:
        """Attributes of a plain control; what the widget itself says wins over our defaults."""
        own = self.bound.field.widget.attrs
        classes = [
            "box" if self.shape == "check" else "input",
            f"w-{self.size}" if self.size else "",
            own.get("class"),
        ]
        given = {
            "class": " ".join(filter(None, classes)),
            "aria-describedby": self.described or None,
            "autocomplete": self.autocomplete or own.get("autocomplete"),
            "inputmode": self.inputmode or own.get("inputmode"),
            "rows": self._rows(own),
        }
        return {name: value for name, value in given.items() if value is not None}

    def _rows(self, own: Mapping[str, Any]) -> Any:
        """Django's ten rows are more than a message needs; a form that asks for others gets them."""
        if not isinstance(self.bound.field.widget, forms.Textarea):
            return None
        return 4 if own.get("rows") in (None, "10") else own["rows"]

    @property
    def tag(self) -> SafeString:
        """The control as HTML."""
        return self.bound.as_widget(attrs=self.attrs)

    def choices(self, hints: Mapping[str, str]) -> list[Choice]:
        """The radios or checkboxes of a list; `hints` explains a choice, by its value as text."""
        if self.shape != "list":
            return []
        attrs: dict[str, Any] = {"class": "box"}
        if self.described:
            attrs["aria-describedby"] = self.described
        found = []
        for sub in self.bound.subwidgets:
            sub.data["attrs"] = {**sub.data["attrs"], **attrs}
            found.append(Choice(sub.tag(), str(sub.choice_label), str(hints.get(str(sub.data["value"]), ""))))
        return found
