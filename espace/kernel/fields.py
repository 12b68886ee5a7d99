"""Model fields of ours: an amount of money stored as integer cents, a state declared by a StrEnum."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.db import models

from espace.kernel.money import Money

if TYPE_CHECKING:
    MoneyColumn = models.BigIntegerField[Money, Money]
else:
    MoneyColumn = models.BigIntegerField


class MoneyField(MoneyColumn):
    """Integer cents in the database, `Money` in code."""

    def from_db_value(self, value: int | None, expression: Any, connection: Any) -> Money | None:
        return None if value is None else Money(value)

    def to_python(self, value: Any) -> Any:
        return value if value is None or isinstance(value, Money) else Money(int(value))

    def get_prep_value(self, value: Any) -> Any:
        return value.cents if isinstance(value, Money) else super().get_prep_value(value)

    def value_to_string(self, obj: models.Model) -> str:
        return str(self.get_prep_value(self.value_from_object(obj)))


def choices_of(enum: type[StrEnum]) -> list[tuple[str, str]]:
    """The choices of a state column: its values, as stored (labels are the screens' business)."""
    return [(member.value, member.value) for member in enum]


def one_of(enum: type[StrEnum], column: str, name: str) -> models.CheckConstraint:
    """A named CHECK that a column holds a value of the enum, so that an impossible state is unstorable."""
    return models.CheckConstraint(condition=models.Q(**{f"{column}__in": [m.value for m in enum]}), name=name)
