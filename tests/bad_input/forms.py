"""What the table of addresses says of a form and of a page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.bad_input.samples import Field, Kind
from tests.support.small_world import World

Words = Callable[[World], Mapping[str, Any]]
K = Kind


def _none(world: World) -> Mapping[str, Any]:
    return {}


def ids(**named: str) -> Words:
    """Arguments of an address, by the names of the world's ids."""
    return lambda world: {argument: world.ids[name] for argument, name in named.items()}


@dataclass(frozen=True, slots=True)
class Form:
    """A form: who may send it, where, and its fields. `fields` may need the world (an id to choose).

    `done` is the answer to a good sending, which changes the data, unless `shows` says why it changes nothing.
    `leaves` are tables that a refusal may write besides the traces (a journal of failures). `once`: a second sending
    of the very same changes nothing more.
    """

    who: str
    args: Words = _none
    fields: Callable[[World], Mapping[str, Field]] | Mapping[str, Field] = field(default_factory=dict)
    leaves: frozenset[str] = frozenset()
    once: bool = True
    done: int = 303
    shows: str = ""
    as_json: bool = False

    @property
    def known(self) -> Iterable[Field]:
        """The fields that can be told without a world."""
        return () if callable(self.fields) else self.fields.values()

    def of(self, world: World) -> Mapping[str, Field]:
        return self.fields(world) if callable(self.fields) else self.fields


@dataclass(frozen=True, slots=True)
class Page:
    """An address that only shows: whatever is sent to it changes nothing, but `leaves` (who read what, when)."""

    who: str = "alice"
    args: Words = _none
    leaves: frozenset[str] = frozenset()
