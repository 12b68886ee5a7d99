"""Addresses of accounts. allauth's own are not included: only the views that we need, under our paths.

allauth finds the pages of a sign-in by its own names (`account_login`, `mfa_authenticate`), so two paths have two.
"""

from django.urls import path

from espace.portal.account import reminders, second_factor, sign_in, sign_up, views

urlpatterns = [
    path("connexion/", sign_in.sign_in, name="sign_in"),
    path("connexion/", sign_in.sign_in, name="account_login"),
    path("connexion/code/", sign_in.second_factor_stage, name="mfa_authenticate"),
    path("deconnexion/", sign_in.sign_out, name="sign_out"),
    path("mot-de-passe-oublie/", sign_in.password_forgotten, name="password_forgotten"),
    path("mot-de-passe-oublie/envoye/", sign_in.password_sent, name="password_sent"),
    path("mot-de-passe-oublie/<str:link>/", sign_in.password_reset, name="password_reset"),
    path("creer-mon-espace/", sign_up.email_step, name="sign_up"),
    path("creer-mon-espace/code/", sign_up.code_step, name="sign_up_code"),
    path("creer-mon-espace/code/renvoyer/", sign_up.resend, name="sign_up_resend"),
    path("creer-mon-espace/identite/", sign_up.identity_step, name="sign_up_identity"),
    path("creer-mon-espace/adresse/", sign_up.address_step, name="sign_up_address"),
    path("creer-mon-espace/contact/", sign_up.contact_step, name="sign_up_contact"),
    path("creer-mon-espace/identifiants/", sign_up.credentials_step, name="sign_up_credentials"),
    path("mon-compte/", views.account, name="account"),
    path("mon-compte/rappels/", reminders.choose, name="account_reminders"),
    path("mon-compte/coordonnees/", views.contact, name="account_contact"),
    path("mon-compte/mot-de-passe/", views.password, name="account_password"),
    path("mon-compte/nom-utilisateur/", views.username, name="account_username"),
    path("mon-compte/adresse-e-mail/", views.email, name="account_new_email"),
    path("mon-compte/adresse-e-mail/code/", views.email_code, name="account_new_email_code"),
    path("agents/second-facteur/", second_factor.second_factor, name="agent_second_factor"),
    path("agents/second-facteur/codes/", second_factor.recovery_codes, name="agent_recovery_codes"),
]
