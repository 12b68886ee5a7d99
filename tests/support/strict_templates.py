"""A template that names something undefined fails, where Django would print nothing.

Undefined is allowed in `{% if %}` and `{% firstof %}` (asking is not printing) and before `|default`; it is
refused in `{{ }}`, in the arguments of tags, in `{% for … in %}` and in `{% blocktranslate %}`. Templates of
third parties, Django's form widgets first, live by other rules and are left alone.
"""

from __future__ import annotations

from copy import copy
from typing import Any

from django.template.base import FilterExpression, TokenType, VariableDoesNotExist
from django.template.context import Context
from django.template.defaulttags import ForNode
from django.templatetags.i18n import BlockTranslateNode

TOLERANT_FILTERS = {"default", "default_if_none"}


class UndefinedInTemplate(AssertionError):
    """Ours, so that no template machinery swallows it."""


class _StrictSequence:
    """What `{% for %}` runs over: Django asks it to hide its failures, and it does not."""

    def __init__(self, expression: FilterExpression) -> None:
        self.expression = expression

    def resolve(self, context: Context, ignore_failures: bool = False) -> Any:
        return self.expression.resolve(context, ignore_failures and not _is_ours(context))

    def __str__(self) -> str:
        return str(self.expression)


def install() -> None:
    """Makes every template strict for the rest of the process."""
    lenient_resolve = FilterExpression.resolve
    lenient_for = ForNode.__init__
    lenient_translate = BlockTranslateNode.render

    def resolve(self: FilterExpression, context: Context, ignore_failures: bool = False) -> Any:
        if not ignore_failures and self.is_var and _is_ours(context):
            first = self.filters[0][0] if self.filters else None
            if getattr(first, "_filter_name", getattr(first, "__name__", "")) not in TOLERANT_FILTERS:
                return _resolve_strictly(self, context, lenient_resolve)
        return lenient_resolve(self, context, ignore_failures)

    def for_init(self: ForNode, loopvars: Any, sequence: Any, *rest: Any, **named: Any) -> None:
        lenient_for(self, loopvars, _StrictSequence(sequence), *rest, **named)  # type: ignore[arg-type]

    def translate(self: BlockTranslateNode, context: Context, nested: bool = False) -> str:
        if _is_ours(context):
            known = {*self.extra_context, self.countervar}
            for token in [*self.singular, *self.plural]:
                name = token.contents
                if token.token_type == TokenType.VAR and name not in known and name not in context:
                    raise UndefinedInTemplate(f"{{{{ {name} }}}} in {_name(context)} (blocktranslate)")
        return str(lenient_translate(self, context, nested))

    FilterExpression.resolve = resolve  # type: ignore[method-assign]
    ForNode.__init__ = for_init  # type: ignore[method-assign]
    BlockTranslateNode.render = translate  # type: ignore[method-assign]


def _resolve_strictly(expression: FilterExpression, context: Context, resolve: Any) -> Any:
    """Resolves once (a callable is called once), with failures that show."""
    variable = expression.var

    class Watched:
        def resolve(self, context: Context) -> Any:
            try:
                return variable.resolve(context)
            except VariableDoesNotExist as missing:
                raise UndefinedInTemplate(
                    f"{{{{ {expression.token} }}}} in {_name(context)}: {missing}"
                ) from None

    strict = copy(expression)
    strict.var = Watched()
    return resolve(strict, context)


def _current(context: Context) -> Any:
    return getattr(context.render_context, "template", None) or context.template


def _name(context: Context) -> str:
    return str(getattr(_current(context).origin, "template_name", None) or "a template")


def _is_ours(context: Context) -> bool:
    template = _current(context)
    return template is not None and "site-packages" not in str(template.origin.name)
