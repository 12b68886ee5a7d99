"""Fields: label, hint, error and control are one thing for a screen reader."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django import forms
from django.template import engines

from espace.ui.widgets import DateInput, MonthInput, TimeInput


class Profile(forms.Form):
    email = forms.EmailField(label="Adresse e-mail", help_text="Elle sert à vous connecter.")
    born_on = forms.DateField(label="Né le", widget=DateInput(attrs={"max": "2026-11-02"}))
    note = forms.CharField(label="Message", widget=forms.Textarea(), required=False)
    payer = forms.ChoiceField(
        label="Qui paie ?", choices=[("a", "Alice"), ("b", "Bob")], widget=forms.RadioSelect()
    )
    days = forms.MultipleChoiceField(
        label="Jours",
        choices=[("1", "Lundi"), ("2", "Mardi")],
        widget=forms.CheckboxSelectMultiple(),
        required=False,
    )
    secret = forms.CharField(label="Mot de passe", widget=forms.PasswordInput())
    sms = forms.BooleanField(label="Par SMS")
    token = forms.CharField(widget=forms.HiddenInput())

    def clean(self) -> dict[str, Any]:
        raise forms.ValidationError("Ces réponses ne vont pas ensemble.")


def draw(source: str, **context: Any) -> str:
    return engines["django"].from_string(source).render(context)


def test_a_valid_form_has_no_error_summary() -> None:
    assert draw("{% error_summary form %}", form=Profile()).strip() == ""
    assert draw("{% error_summary form %}", form=None).strip() == ""


def test_every_link_of_the_error_summary_leads_to_a_control_of_the_page() -> None:
    form = Profile({"email": "pas une adresse"})
    names = ("email", "born_on", "note", "payer", "days", "secret", "sms")
    html = "".join(draw("{% field bound %}", bound=form[name]) for name in names)
    summary = draw("{% error_summary form %}", form=form)
    targets = re.findall(r'href="#([^"]+)"', summary)
    assert {"id_email", "id_born_on", "id_payer_0", "id_secret", "id_sms"} == set(targets)
    assert all(f'id="{target}"' in html for target in targets)
    assert 'role="alert"' in summary
    assert 'tabindex="-1"' in summary
    assert "Ces réponses ne vont pas ensemble." in summary
    assert "7 points à corriger" in summary


def test_one_error_is_singular() -> None:
    class One(forms.Form):
        name = forms.CharField(label="Nom")

    assert "Un point à corriger" in draw("{% error_summary form %}", form=One({}))


def test_an_invalid_field_is_tied_to_its_hint_and_its_error() -> None:
    html = draw("{% field form.email autocomplete='email' %}", form=Profile({"email": "zut"}))
    assert 'aria-describedby="id_email-hint id_email-err"' in html
    assert 'aria-invalid="true"' in html
    assert 'id="id_email-hint"' in html
    assert 'id="id_email-err"' in html
    assert 'autocomplete="email"' in html
    assert '<label for="id_email">Adresse e-mail</label>' in html


def test_a_field_that_may_stay_empty_says_so() -> None:
    form = Profile()
    assert "(facultatif)" in draw("{% field form.note %}", form=form)
    assert "(facultatif)" not in draw("{% field form.email %}", form=form)
    assert "(facultatif)" not in draw("{% field form.note optional=False %}", form=form)


def test_what_the_town_knows_is_shown_until_it_is_wrong() -> None:
    assert "Déjà connue" in draw("{% field form.email known='Déjà connue' %}", form=Profile())
    assert "Déjà connue" not in draw("{% field form.email known='Déjà connue' %}", form=Profile({}))


@pytest.mark.parametrize(
    ("name", "kind", "first"), [("payer", "radio", "id_payer_0"), ("days", "checkbox", "id_days_0")]
)
def test_choices_are_a_group_with_a_legend(name: str, kind: str, first: str) -> None:
    html = draw(
        "{% field bound choice_hints=hints %}", bound=Profile()[name], hints={"a": "Une seule facture"}
    )
    assert "<fieldset" in html
    assert "<legend" in html
    assert html.count(f'type="{kind}"') == 2
    assert f'id="{first}"' in html
    assert ("Une seule facture" in html) is (name == "payer")


def test_a_chosen_answer_stays_chosen() -> None:
    form = Profile({"payer": "b", "days": ["2"]})
    assert re.search(r'value="b"[^>]*checked', draw("{% field form.payer %}", form=form))
    assert re.search(r'value="2"[^>]*checked', draw("{% field form.days %}", form=form))


def test_a_date_travels_in_iso_form_whatever_the_language() -> None:
    from datetime import date, time

    class Dates(forms.Form):
        day = forms.DateField(widget=DateInput())
        at = forms.TimeField(widget=TimeInput())
        month = forms.DateField(widget=MonthInput())

    form = Dates(initial={"day": date(2018, 2, 14), "at": time(7, 30), "month": date(2026, 11, 1)})
    html = draw("{% field form.day %}{% field form.at %}{% field form.month %}", form=form)
    assert 'type="date" name="day" value="2018-02-14"' in html
    assert 'type="time" name="at" value="07:30"' in html
    assert 'type="month" name="month" value="2026-11"' in html


def test_the_password_button_waits_for_scripts() -> None:
    html = draw("{% field form.secret %}", form=Profile())
    assert 'data-reveal="id_secret"' in html
    assert re.search(r"<button[^>]* hidden>", html)


def test_a_hidden_field_shows_nothing_but_itself() -> None:
    html = draw("{% field form.token %}", form=Profile())
    assert html.startswith('<input type="hidden"')
    assert "<label" not in html


def test_what_was_typed_comes_back_escaped() -> None:
    html = draw(
        "{% field form.note %}{% field form.email %}",
        form=Profile({"note": "</textarea><script>", "email": '"><script>'}),
    )
    assert "<script>" not in html
