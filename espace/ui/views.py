"""The gallery of components, with invented data: what a developer or a designer looks at first."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django import forms
from django.contrib.messages import SUCCESS, WARNING
from django.contrib.messages.storage.base import Message
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from espace.ui.items import DayMark, FileItem, PriceStep, Tab, TimelineEntry
from espace.ui.tags.checks import icon_names
from espace.ui.tags.elements import DRAWINGS
from espace.ui.widgets import DateInput

PARIS = ZoneInfo("Europe/Paris")


class SampleForm(forms.Form):
    """One field of each kind, filled wrong where an error has to be seen."""

    email = forms.EmailField(label="Adresse e-mail")
    born_on = forms.DateField(label="Date de naissance de l’enfant", widget=DateInput())
    key = forms.CharField(
        label="Clé Enfance",
        required=False,
        min_length=9,
        error_messages={
            "min_length": "Huit caractères, il en manque un. Elle est en haut du courrier de la Ville."
        },
    )
    password = forms.CharField(label="Mot de passe", widget=forms.PasswordInput(render_value=True))
    school = forms.ChoiceField(
        label="École",
        choices=[("t", "École élémentaire des Tilleuls"), ("f", "École maternelle La Fontaine")],
    )
    message = forms.CharField(label="Message au service", widget=forms.Textarea(), required=False)
    payer = forms.ChoiceField(
        label="Qui paie la facture ?",
        choices=[("one", "Alice Ferrand"), ("two", "Chacun sa semaine")],
        widget=forms.RadioSelect(),
    )
    days = forms.MultipleChoiceField(
        label="Quels jours ?",
        choices=[("mon", "Lundi"), ("tue", "Mardi"), ("thu", "Jeudi")],
        widget=forms.CheckboxSelectMultiple(),
        required=False,
    )
    photo = forms.FileField(label="Attestation d’assurance", required=False)
    sms = forms.BooleanField(label="Me prévenir aussi par SMS", required=False)


def sample_form() -> SampleForm:
    """The sample form with two mistakes in it."""
    return SampleForm(
        data={
            "email": "alice.ferrand@exemple.fr",
            "born_on": "",
            "key": "K7M4-2QX",
            "password": "petit train bleu",
            "school": "t",
            "message": "Bonjour, Isaac sera chez sa grand-mère mardi soir.",
            "payer": "one",
            "days": ["mon"],
            "sms": "on",
        }
    )


def gallery(request: HttpRequest) -> HttpResponse:
    """Every component with its options. Public, no query."""
    context = {
        "form": sample_form(),
        "icons": sorted(icon_names()),
        "drawings": DRAWINGS,
        "monday": date(2026, 11, 2),
        "thursday": date(2026, 11, 5),
        "friday": date(2026, 11, 13),
        "moment": datetime(2026, 10, 12, 23, 59, tzinfo=PARIS),
        "cents": 123456,
        "page": Paginator(range(240), 20).page(5),
        "steps": ["Déposée", "Pièces vérifiées", "Avis du médecin scolaire", "Signature"],
        "tabs": [
            Tab("Maëlys", "#onglets", current=True),
            Tab("Isaac", "#onglets"),
            Tab("Les deux", "#onglets", count=2),
        ],
        "choice_hints": {
            "one": "Une seule facture, pour toute la famille",
            "two": "Deux factures, selon le calendrier de garde",
        },
        "entries": [
            TimelineEntry("Déposée", "Mardi 13 octobre 2026 à 21 h 12"),
            TimelineEntry(
                "Avis du médecin scolaire", "Docteur Lemoine, avant le vendredi 20 novembre 2026", state="now"
            ),
            TimelineEntry("Signature", "Par vous et par l’école", state="next"),
        ],
        "files": [
            FileItem(
                "Attestation Caf",
                "#fichiers",
                "Valable jusqu’au 31 décembre 2026 · utilisée pour le quotient",
                action_label="Remplacer",
                action_url="#fichiers",
            ),
            FileItem(
                "Assurance scolaire de Maëlys",
                note="Manque. À déposer avant le vendredi 13 novembre 2026",
                missing=True,
                action_label="Déposer",
                action_url="#fichiers",
            ),
        ],
        "price": [
            PriceStep("812", "votre quotient familial"),
            PriceStep("Tranche 4", "de 701 à 900"),
            PriceStep("3,62 €", "le repas en tranche 4"),
            PriceStep("+ 25 %", "hors délai", "plus"),
            PriceStep("4,53 €", "facturé ce jour-là", "sum"),
        ],
        "marks": [
            DayMark(
                date(2026, 11, 2) + timedelta(days=n),
                *(("V", "chez vous", "mine") if n < 7 else ("A", "autre foyer", "other")),
            )
            for n in range(14)
        ],
        "said": [
            Message(SUCCESS, "Repas du jeudi 19 retiré."),
            Message(WARNING, "Un e-mail n’a pas pu être remis."),
        ],
    }
    return render(request, "ui/gallery.html", context)
