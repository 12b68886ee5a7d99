"""« Demandé le »: an agent who keys a request left at the counter says when it was made; the recap is judged then."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Protocol, TypeVar

from django import forms
from django.utils.translation import gettext_lazy as _

from espace.bookings.errors import StampRefusal
from espace.kernel import clock
from espace.kernel.actor import Actor, Channel
from espace.kernel.calendar import at
from espace.kernel.http import told
from espace.portal.bookings.forms import PlainTextMixin
from espace.ui.widgets import DateInput, TimeInput

Seen = TypeVar("Seen", covariant=True)


class Judged(Protocol[Seen]):
    """A preview or a page that depends on when the family asked."""

    def __call__(self, *, stamped_at: datetime | None) -> Seen: ...


class StampForm(PlainTextMixin):
    """`demande_jour` and `demande_heure`: when the family asked; `demande_vue`: the instant that the recap was judged at.

    Shown to an agent who acts for a family, and to no one else; what anyone else sends in it is refused.
    """

    demande_jour = forms.DateField(
        label=_("Demandé le"),
        required=False,
        widget=DateInput(),
        error_messages={"invalid": _("Indiquez une date, par exemple 01/12/2026.")},
    )
    demande_heure = forms.TimeField(
        label=_("À"),
        required=False,
        widget=TimeInput(),
        error_messages={"invalid": _("Indiquez une heure, par exemple 09:30.")},
    )
    demande_vue = forms.CharField(required=False, max_length=40)
    motif = forms.CharField(required=False, max_length=500, label=_("Pourquoi elle est saisie après coup"))

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_shown = actor.channel is Channel.COUNTER
        self.fields["demande_jour"].widget.attrs["max"] = clock.today().isoformat()

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if not self.errors and (typed["demande_jour"] is None) != (typed["demande_heure"] is None):
            missing = "demande_jour" if typed["demande_jour"] is None else "demande_heure"
            self.add_error(missing, _("Indiquez le jour et l’heure de la demande, ou aucun des deux."))
        return typed

    @property
    def stamped_at(self) -> datetime | None:
        """The instant given, in Europe/Paris; None when there is none, or none that can be read."""
        if not self.is_bound or not self.is_valid() or self.cleaned_data["demande_jour"] is None:
            return None
        return at(self.cleaned_data["demande_jour"], self.cleaned_data["demande_heure"])

    @property
    def has_moved(self) -> bool:
        """Whether the date is another than the one the recap was made with: it is then to be read again."""
        if not self.is_valid():
            return True
        seen: str = self.cleaned_data["demande_vue"]
        return seen != (self.stamped_at.isoformat() if self.stamped_at else "")

    def judged(self, look: Judged[Seen]) -> Seen:
        """What `look` shows at the instant given; as of now, and the reason beside the field, when it is refused."""
        try:
            return look(stamped_at=self.stamped_at)
        except StampRefusal as refusal:
            self.add_error("demande_jour", told(refusal))
            return look(stamped_at=None)
