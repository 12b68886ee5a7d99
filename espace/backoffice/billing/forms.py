"""What an agent types while billing."""

from __future__ import annotations

from django import forms

from espace.backoffice.fields import Sentence


class ReviewForm(forms.Form):
    """Why anomalies are passed over; nothing when there is none."""

    reason = Sentence(
        label="Pourquoi passer outre",
        required=False,
        help_text="Une phrase, gardée au journal. Sauf mention contraire, les prestations concernées ne seront pas facturées.",
    )
