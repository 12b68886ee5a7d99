"""Fields, their errors, and the summary that leads to them."""

from __future__ import annotations

from collections.abc import Mapping

from django import template
from django.forms import BaseForm, PasswordInput
from django.forms.boundfield import BoundField
from django.utils.safestring import SafeString
from django.utils.translation import ngettext

from espace.ui import fields
from espace.ui.tags.checks import one_of, render

register = template.Library()


@register.inclusion_tag("ui/error_summary.html")
def error_summary(form: BaseForm | None, *, title: str = "") -> dict[str, object]:
    """What is to be corrected, each point leading to its field. Nothing when nothing is wrong."""
    points = fields.points_to_correct(form) if form is not None and form.is_bound else []
    counted = ngettext("Un point à corriger", "%(count)d points à corriger", len(points)) % {
        "count": len(points)
    }
    secret = form is not None and any(isinstance(b.field.widget, PasswordInput) for b in form)
    return {"points": points, "title": title or counted, "secret": secret}


@register.simple_tag
def field(
    bound: BoundField,
    *,
    label: str = "",
    hint: str = "",
    optional: bool | None = None,
    autocomplete: str = "",
    inputmode: str = "",
    size: str = "",
    known: str = "",
    choice_hints: Mapping[str, str] | None = None,
) -> SafeString:
    """A whole field: label, hint, error, control, tied together for screen readers.

    `optional` defaults to what the form says; `known` says the town already had the value;
    `choice_hints` explains choices, by value.
    """
    if not isinstance(bound, BoundField):
        raise template.TemplateSyntaxError(f"{{% field %}}: expected a form field, got {bound!r}")
    one_of("field", "size", size, ("", "s", "m"))
    if bound.is_hidden:
        return bound.as_widget()
    shown_hint = hint or str(bound.help_text or "")
    described = fields.described_by(bound, has_hint=bool(shown_hint), has_known=bool(known))
    control = fields.Control(bound, described, autocomplete=autocomplete, inputmode=inputmode, size=size)
    return render(
        "ui/field.html",
        shape=control.shape,
        control=control,
        choices=control.choices(choice_hints or {}),
        id=bound.auto_id,
        for_id=bound.id_for_label,
        label=label or bound.label,
        hint=shown_hint,
        known=known,
        errors=[str(error) for error in bound.errors],
        optional=not bound.field.required if optional is None else optional,
    )


@register.simple_block_tag
def fieldset(content: str, legend: str, *, hint: str = "") -> SafeString:
    """Fields that answer one question together."""
    return render("ui/fieldset.html", content=content, legend=legend, hint=hint)
