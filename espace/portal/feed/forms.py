"""What an adult chooses of their calendar."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as __


class LimitsForm(forms.Form):
    """A box that is ticked or not: nothing else of what is sent counts."""

    limites = forms.BooleanField(
        required=False,
        initial=True,
        label=__("Me rappeler les derniers moments pour annuler sans frais"),
        help_text=__("Une ligne à l’heure de chaque limite ; le téléphone sonne la veille à 18 h."),
    )
