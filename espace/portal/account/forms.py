"""Plain forms: they read what was typed, tidy it, and say in French what can't be taken."""

from __future__ import annotations

import unicodedata
from datetime import date
from typing import Any

from allauth.account.forms import LoginForm
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from espace.accounts import rules
from espace.kernel import clock
from espace.kernel.text import clean_line, has_forbidden_characters
from espace.ui.widgets import DateInput

ADDRESS_LENGTH = 254
PASSWORD_LENGTH = 200


class Line(forms.CharField):
    """One line of text, without control characters, direction marks or pictures."""

    def to_python(self, value: Any) -> str:
        text = str(value) if value is not None else ""
        if has_forbidden_characters(text) or any(unicodedata.category(c) in ("So", "Sk") for c in text):
            raise ValidationError(_("Ce texte contient un signe que nous ne pouvons pas garder. Retirez-le."))
        return clean_line(text)


class Name(Line):
    """A civil name: letters, accents, apostrophes, hyphens and spaces; one letter is a name."""

    def clean(self, value: Any) -> str:
        name = str(super().clean(value))
        if name and not rules.is_civil_name(name):
            raise ValidationError(
                _("Un nom s’écrit avec des lettres, des espaces, des apostrophes et des traits d’union.")
            )
        return name


class Phone(Line):
    """A telephone number, French or from abroad, kept in one form."""

    def clean(self, value: Any) -> str:
        typed = str(super().clean(value))
        if not typed:
            return ""
        number = rules.normalised_phone(typed)
        if number is None:
            raise ValidationError(
                _("Ce numéro n’est pas complet. Il a dix chiffres, ou commence par + et l’indicatif du pays.")
            )
        return number


class Email(forms.EmailField):
    """An address; what does not show in it would send it elsewhere than it reads."""

    def to_python(self, value: Any) -> str:
        text = str(super().to_python(value))
        if has_forbidden_characters(text):
            raise ValidationError(self.error_messages["invalid"])
        return text


def _password(label: Any, autocomplete: str) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(label=label, strip=False, max_length=PASSWORD_LENGTH, widget=widget)


class EmailForm(forms.Form):
    """The address; the service says whether it is one, so that one sentence serves everywhere."""

    email = Line(label=__("Votre adresse e-mail"), max_length=ADDRESS_LENGTH, widget=forms.EmailInput())


class CodeForm(forms.Form):
    """The six digits, typed or pasted with spaces."""

    code = Line(label=__("Le code reçu"), max_length=20)


class IdentityForm(forms.Form):
    """Who the person is, as on their papers."""

    first_name = Name(label=__("Prénom"), max_length=80)
    last_name = Name(label=__("Nom"), max_length=80)
    birth_date = forms.DateField(
        label=__("Date de naissance"),
        widget=DateInput(),
        input_formats=["%Y-%m-%d", "%d/%m/%Y"],
        error_messages={"invalid": __("Écrivez la date en chiffres : jour, mois, année.")},
    )

    def clean_birth_date(self) -> date:
        born: date = self.cleaned_data["birth_date"]
        age = rules.age_on(born, clock.today())
        if age < 0 or age > rules.OLDEST:
            raise ValidationError(_("Cette date de naissance n’est pas possible. Vérifiez l’année."))
        if age < rules.YOUNGEST:
            raise ValidationError(_("Écrivez votre date de naissance, pas celle de votre enfant."))
        return born


class AddressForm(forms.Form):
    """Where the person lives."""

    street = Line(label=__("Numéro et rue"), max_length=200)
    street_extra = Line(label=__("Complément (bâtiment, appartement)"), max_length=200, required=False)
    postcode = Line(label=__("Code postal"), max_length=10)
    city = Name(label=__("Commune"), max_length=100)

    def clean_postcode(self) -> str:
        postcode: str = self.cleaned_data["postcode"]
        if not rules.is_postcode(postcode):
            raise ValidationError(_("Un code postal a cinq chiffres en France, quatre en Belgique."))
        return postcode


class PhoneForm(forms.Form):
    """How to call the person; optional."""

    phone = Phone(label=__("Téléphone"), max_length=30, required=False)


class CredentialsForm(forms.Form):
    """What the person will sign in with. `draft` finds the sign-up again if the same form is sent twice."""

    username = Line(label=__("Nom d’utilisateur"), max_length=60)
    password = _password(__("Mot de passe"), "new-password")
    draft = forms.CharField(widget=forms.HiddenInput(), max_length=64, required=False)


class SignInForm(LoginForm):  # type: ignore[misc]
    """allauth's form in our words; an address is longer than a user name."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = forms.CharField(
            label=_("Nom d’utilisateur ou adresse e-mail"), max_length=ADDRESS_LENGTH
        )
        self.fields["password"] = _password(_("Mot de passe"), "current-password")
        self.order_fields(["login", "password"])


class ForgottenForm(forms.Form):
    """What the person remembers."""

    typed = Line(label=__("Votre adresse e-mail ou votre nom d’utilisateur"), max_length=ADDRESS_LENGTH)


class NewPasswordForm(forms.Form):
    """A new password, by a link received."""

    password = _password(__("Nouveau mot de passe"), "new-password")


class PasswordForm(forms.Form):
    """The current password, then the new one."""

    current = _password(__("Mot de passe actuel"), "current-password")
    password = _password(__("Nouveau mot de passe"), "new-password")


class UsernameForm(forms.Form):
    """Another user name."""

    username = Line(label=__("Nouveau nom d’utilisateur"), max_length=60)
    current = _password(__("Mot de passe actuel"), "current-password")


class NewEmailForm(forms.Form):
    """Another address."""

    email = Line(label=__("Nouvelle adresse e-mail"), max_length=ADDRESS_LENGTH, widget=forms.EmailInput())
    current = _password(__("Mot de passe actuel"), "current-password")


class ContactForm(AddressForm, PhoneForm):
    """Address and telephone together, as « Mon compte » shows them."""

    field_order = ["street", "street_extra", "postcode", "city", "phone"]


class SetUpFactorForm(forms.Form):
    """What the telephone shows, and the current password: a session left open sets nothing up."""

    code = Line(label=__("Le code que montre l’application"), max_length=20)
    current = _password(__("Mot de passe"), "current-password")
